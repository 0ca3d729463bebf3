import COTLPMessages
import CProtobufC
import Glibc
import OTLP

/// protobuf-c as its documentation uses it
/// (https://github.com/protobuf-c/protobuf-c/wiki/Examples): every message, array and text is allocated by itself, the
/// whole is packed into memory of its packed size, and `free_unpacked` gives all of it back.
///
/// It reads the batch that our encoder reads: to take its text out of Swift strings would cost it more.
struct ProtobufC {
    private let batch: SpanBatch
    private let bytes: UnsafeRawBufferPointer

    /// Hands over the request with a batch's spans, for the time of the call.
    static func encode<R>(_ batch: SpanBatch, _ body: (UnsafeRawBufferPointer) throws -> R) rethrows -> R {
        let request = batch.bytes.withUnsafeBytes { ProtobufC(batch: batch, bytes: $0).request() }
        defer { otlp__export_trace_service_request__free_unpacked(request, nil) }
        let size = otlp__export_trace_service_request__get_packed_size(request)
        let packed = Self.allocate(UInt8.self, count: size)
        defer { free(packed) }
        let written = otlp__export_trace_service_request__pack(request, packed)
        return try body(UnsafeRawBufferPointer(start: packed, count: written))
    }

    private func request() -> UnsafeMutablePointer<Otlp__ExportTraceServiceRequest> {
        let scope = Self.make(otlp__instrumentation_scope__init)
        scope.pointee.name = copy(Conventions.scopeName)
        scope.pointee.version = copy(Conventions.scopeVersion)
        let scopeSpans = Self.make(otlp__scope_spans__init)
        scopeSpans.pointee.scope = scope
        scopeSpans.pointee.schema_url = copy(Conventions.schemaURL)
        scopeSpans.pointee.n_spans = batch.count
        scopeSpans.pointee.spans = array(of: batch.spans) { span($0) }
        let resource = Self.make(otlp__resource__init)
        resource.pointee.n_attributes = batch.resources[0].attributes.count
        resource.pointee.attributes = array(of: batch.resources[0].attributes) { attribute in
            switch attribute.value {
            case .string(let string): pair(copy(attribute.key)) { set($0, copy(string)) }
            case .int(let number): pair(copy(attribute.key)) { set($0, number) }
            case .strings: fatalError("the resource has none")
            }
        }
        let resourceSpans = Self.make(otlp__resource_spans__init)
        resourceSpans.pointee.resource = resource
        resourceSpans.pointee.schema_url = copy(Conventions.schemaURL)
        resourceSpans.pointee.n_scope_spans = 1
        resourceSpans.pointee.scope_spans = array(of: CollectionOfOne(scopeSpans)) { $0 }
        let request = Self.make(otlp__export_trace_service_request__init)
        request.pointee.n_resource_spans = 1
        request.pointee.resource_spans = array(of: CollectionOfOne(resourceSpans)) { $0 }
        return request
    }

    private func span(_ span: SpanData) -> UnsafeMutablePointer<Otlp__Span> {
        let message = Self.make(otlp__span__init)
        message.pointee.trace_id = copy(id: (span.traceID.high.bigEndian, span.traceID.low.bigEndian))
        message.pointee.span_id = copy(id: span.spanID.bigEndian)
        if span.parentSpanID != 0 { message.pointee.parent_span_id = copy(id: span.parentSpanID.bigEndian) }
        message.pointee.name = copy(span.name)
        message.pointee.kind = Otlp__Span__SpanKind(UInt32(span.kind.rawValue))
        message.pointee.start_time_unix_nano = span.start
        message.pointee.end_time_unix_nano = span.end
        message.pointee.flags = span.flags
        let attributes = Int(span.attributes.start)..<Int(span.attributes.start + span.attributes.count)
        message.pointee.n_attributes = attributes.count
        message.pointee.attributes = array(of: batch.attributes[attributes]) { self.attribute($0) }
        if span.status != .unset {
            let status = Self.make(otlp__status__init)
            status.pointee.code = Otlp__Status__StatusCode(UInt32(span.status.rawValue))
            status.pointee.message = copy(span.statusMessage)
            message.pointee.status = status
        }
        return message
    }

    private func attribute(_ attribute: Attribute) -> UnsafeMutablePointer<Otlp__KeyValue> {
        let key =
            switch attribute.key {
            case .known(let text): copy(text)
            case .named(let range): copy(range)
            }
        return pair(key) { message in
            switch attribute.value {
            case .string(let range): set(message, copy(range))
            case .text(let text): set(message, copy(text))
            case .int(let number): set(message, number)
            case .double, .bool: fatalError("the spans have none")
            }
        }
    }

    @inline(__always)
    private func pair(
        _ key: ProtobufCBinaryData, _ set: (UnsafeMutablePointer<Otlp__AnyValue>) -> Void
    ) -> UnsafeMutablePointer<Otlp__KeyValue> {
        let message = Self.make(otlp__key_value__init)
        message.pointee.key = key
        let value = Self.make(otlp__any_value__init)
        set(value)
        message.pointee.value = value
        return message
    }

    @inline(__always)
    private func set(_ message: UnsafeMutablePointer<Otlp__AnyValue>, _ text: ProtobufCBinaryData) {
        message.pointee.value_case = OTLP__ANY_VALUE__VALUE_STRING_VALUE
        message.pointee.string_value = text
    }

    @inline(__always)
    private func set(_ message: UnsafeMutablePointer<Otlp__AnyValue>, _ number: Int64) {
        message.pointee.value_case = OTLP__ANY_VALUE__VALUE_INT_VALUE
        message.pointee.int_value = number
    }

    // MARK: Memory

    @inline(__always)
    private static func allocate<T>(_ type: T.Type, count: Int = 1) -> UnsafeMutablePointer<T> {
        guard let memory = malloc(MemoryLayout<T>.stride * count) else { fatalError("no memory") }
        return memory.assumingMemoryBound(to: type)
    }

    @inline(__always)
    private static func make<T>(_ initialize: (UnsafeMutablePointer<T>?) -> Void) -> UnsafeMutablePointer<T> {
        let message = allocate(T.self)
        initialize(message)
        return message
    }

    @inline(__always)
    private func array<Element, Message>(
        of elements: some Collection<Element>, _ message: (Element) -> UnsafeMutablePointer<Message>
    ) -> UnsafeMutablePointer<UnsafeMutablePointer<Message>?> {
        let array = Self.allocate(UnsafeMutablePointer<Message>?.self, count: elements.count)
        for (index, element) in elements.enumerated() { array[index] = message(element) }
        return array
    }

    @inline(__always)
    private func copy(_ source: UnsafeRawBufferPointer) -> ProtobufCBinaryData {
        guard let start = source.baseAddress, source.count > 0 else { return ProtobufCBinaryData() }
        let data = Self.allocate(UInt8.self, count: source.count)
        memcpy(data, start, source.count)
        return ProtobufCBinaryData(len: source.count, data: data)
    }

    @inline(__always)
    private func copy(_ range: ArenaRange) -> ProtobufCBinaryData {
        copy(UnsafeRawBufferPointer(rebasing: bytes[Int(range.offset)..<Int(range.offset + range.count)]))
    }

    @inline(__always)
    private func copy(_ text: StaticString) -> ProtobufCBinaryData {
        copy(UnsafeRawBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount))
    }

    @inline(__always)
    private func copy(_ string: String) -> ProtobufCBinaryData {
        var string = string
        return string.withUTF8 { copy(UnsafeRawBufferPointer($0)) }
    }

    @inline(__always)
    private func copy(id: some BitwiseCopyable) -> ProtobufCBinaryData { withUnsafeBytes(of: id) { copy($0) } }
}
