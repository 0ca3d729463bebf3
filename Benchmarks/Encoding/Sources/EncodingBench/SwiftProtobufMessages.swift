import Foundation
import GeneratedTraces
import OTLP
import SwiftProtobuf

/// swift-protobuf as its documentation uses it: the generated messages are made of plain Swift values, and serialized.
/// That the strings are Swift's already, keys included, spares it what our own side pays when it fills a batch.
enum SwiftProtobufMessages {
    /// The message with a request's spans.
    static func request(_ request: PlainRequest) -> BenchExportTraceServiceRequest {
        var scope = BenchInstrumentationScope()
        scope.name = Conventions.scopeName.description
        scope.version = Conventions.scopeVersion.description
        var scopeSpans = BenchScopeSpans()
        scopeSpans.scope = scope
        scopeSpans.schemaURL = Conventions.schemaURL.description
        scopeSpans.spans = request.spans.map { span($0) }
        var resourceSpans = BenchResourceSpans()
        resourceSpans.resource.attributes = request.resource.map { keyValue($0) }
        resourceSpans.schemaURL = Conventions.schemaURL.description
        resourceSpans.scopeSpans = [scopeSpans]
        var message = BenchExportTraceServiceRequest()
        message.resourceSpans = [resourceSpans]
        return message
    }

    private static func span(_ span: PlainSpan) -> BenchSpan {
        var message = BenchSpan()
        message.traceID = data((span.traceID.high.bigEndian, span.traceID.low.bigEndian))
        message.spanID = data(span.spanID.bigEndian)
        if span.parentSpanID != 0 { message.parentSpanID = data(span.parentSpanID.bigEndian) }
        message.name = span.name
        message.kind = BenchSpan.SpanKind(rawValue: Int(span.kind)) ?? .unspecified
        message.startTimeUnixNano = span.start
        message.endTimeUnixNano = span.end
        message.flags = span.flags
        message.attributes = span.attributes.map { keyValue($0) }
        if let failure = span.failure {
            var status = BenchStatus()
            status.code = .error
            status.message = failure
            message.status = status
        }
        return message
    }

    private static func keyValue(_ attribute: PlainAttribute) -> BenchKeyValue {
        var value = BenchAnyValue()
        switch attribute.value {
        case .string(let string): value.stringValue = string
        case .int(let number): value.intValue = number
        }
        var message = BenchKeyValue()
        message.key = attribute.key.string
        message.value = value
        return message
    }

    private static func data(_ id: some BitwiseCopyable) -> Data { withUnsafeBytes(of: id) { Data($0) } }
}
