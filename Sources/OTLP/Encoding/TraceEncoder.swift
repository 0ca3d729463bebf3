/// How a request is written.
public enum TraceEncoding: String, Sendable, CaseIterable {
    /// Protobuf.
    case protobuf = "proto"
    /// OTLP/JSON.
    case json

    /// The content type of an OTLP/HTTP request.
    var contentType: StaticString {
        switch self {
        case .protobuf: "application/x-protobuf"
        case .json: "application/json"
        }
    }
}

/// Writes spans as ExportTraceServiceRequests, grouped by resource, in one scope. Not for several threads at once; one
/// that is used again allocates nothing.
public final class TraceEncoder {
    private var protobuf = ProtobufEncoder()
    private var json = JSONEncoder()
    private let buffer = ByteBuffer()
    private let encoding: TraceEncoding

    /// An encoder.
    public init(_ encoding: TraceEncoding) { self.encoding = encoding }

    /// Hands over the request with a batch's spans, for the time of the call. JSON is one line, without its end.
    public func encode<R>(_ batch: SpanBatch, _ body: (UnsafeRawBufferPointer) throws -> R) rethrows -> R {
        buffer.removeAll()
        encode([SpanSlice(batch)], into: buffer)
        return try body(buffer.bytes)
    }

    /// Appends the request with the slices' spans.
    func encode(_ slices: [SpanSlice], into buffer: ByteBuffer) {
        switch encoding {
        case .protobuf: protobuf.encode(slices, into: buffer)
        case .json: json.encode(slices, into: buffer)
        }
    }
}
