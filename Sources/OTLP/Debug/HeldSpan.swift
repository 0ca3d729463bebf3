import Glibc

/// A span with what is shown of it, on its own: the batch it came in is gone by then.
struct HeldSpan: Sendable {
    var traceID: TraceID
    var spanID: UInt64
    var parentSpanID: UInt64
    var start: UInt64
    var end: UInt64
    var kind: SpanKind
    var service: String
    var name: String
    /// What it was about, for spans whose names are kept general: the path of a request.
    var target = ""
    /// HTTP's, 0 if there is none.
    var statusCode: Int64 = 0
    /// Nil unless it is an error.
    var error: String?
    /// How it was joined to its parent; empty if it says nothing.
    var linkMethod = ""

    /// What is shown of a span of a batch.
    init(_ span: SpanData, of batch: SpanBatch) {
        traceID = span.traceID
        spanID = span.spanID
        parentSpanID = span.parentSpanID
        start = span.start
        end = span.end
        kind = span.kind
        let resources = batch.resources
        service = Int(span.resource) < resources.count ? resources[Int(span.resource)].serviceName.printable() : "?"
        name = Self.text(span.name, of: batch)
        if span.status == .error { error = Self.text(span.statusMessage, of: batch) }
        for attribute in batch.attributes[batch.attributes.indices(of: span.attributes)] {
            if Self.isKey(attribute.key, Conventions.linkMethod, of: batch) {
                switch attribute.value {
                case .string(let range): linkMethod = Self.text(range, of: batch)
                case .text(let text): linkMethod = text.description
                default: break
                }
            } else if case .string(let range) = attribute.value, Self.isKey(attribute.key, "url.path", of: batch) {
                target = Self.text(range, of: batch)
            } else if case .string(let range) = attribute.value, Self.isKey(attribute.key, "url.full", of: batch) {
                target = Self.path(ofURL: Self.text(range, of: batch))
            } else if case .int(let number) = attribute.value,
                Self.isKey(attribute.key, "http.response.status_code", of: batch)
            {
                statusCode = number
            }
        }
    }

    private static func text(_ range: ArenaRange, of batch: SpanBatch) -> String {
        batch.bytes.withUnsafeBytes { String(decoding: $0.bytes(of: range), as: UTF8.self).printable() }
    }

    /// What follows the authority, without the query.
    private static func path(ofURL url: String) -> String {
        guard let colon = url.firstIndex(of: ":") else { return url }
        let authority = url[colon...].dropFirst(3)
        guard let slash = authority.firstIndex(of: "/") else { return "" }
        return String(authority[slash...].prefix { $0 != "?" })
    }

    private static func isKey(_ key: AttributeKey, _ wanted: StaticString, of batch: SpanBatch) -> Bool {
        wanted.withUTF8Buffer { wanted in
            switch key {
            case .known(let text): text.withUTF8Buffer { equal(UnsafeRawBufferPointer($0), wanted) }
            case .named(let range): batch.bytes.withUnsafeBytes { equal($0.bytes(of: range), wanted) }
            }
        }
    }

    private static func equal(_ left: UnsafeRawBufferPointer, _ right: UnsafeBufferPointer<UInt8>) -> Bool {
        left.count == right.count && left.elementsEqual(right)
    }
}
