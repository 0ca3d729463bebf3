/// How a request is written.
public enum TelemetryEncoding: String, Sendable, CaseIterable {
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

/// Writes telemetry as Export…ServiceRequests: our own spans grouped by resource, in one scope, and what was received as
/// it came. Not for several threads at once; one that is used again allocates nothing.
public final class TelemetryEncoder {
    private var protobuf = ProtobufEncoder()
    private var json = JSONEncoder()
    private let buffer = ByteBuffer()
    private let encoding: TelemetryEncoding
    private let signal: Signal

    /// An encoder.
    public init(_ encoding: TelemetryEncoding, _ signal: Signal = .traces) {
        self.encoding = encoding
        self.signal = signal
    }

    /// Hands over the request with a batch's spans, for the time of the call. JSON is one line, without its end.
    public func encode<R>(_ batch: SpanBatch, _ body: (UnsafeRawBufferPointer) throws -> R) rethrows -> R {
        buffer.removeAll()
        encode([.spans(SpanSlice(batch))], into: buffer)
        return try body(buffer.bytes)
    }

    /// Appends the request with the contents of a portion.
    func encode(_ contents: [Portion.Content], into target: ByteBuffer) {
        let own = contents.compactMap(\.own)
        switch encoding {
        case .protobuf: encodeProtobuf(contents, own, into: target)
        case .json where own.count == contents.count: json.encode(own, into: target)
        case .json:
            // Joined in protobuf, where that means joining bytes, and put into JSON as one.
            let joined = ByteBuffer()
            encodeProtobuf(contents, own, into: joined)
            TelemetryToJSON.append(joined.bytes, signal: signal, to: target)
        }
    }

    private func encodeProtobuf(_ contents: [Portion.Content], _ own: [SpanSlice], into target: ByteBuffer) {
        if !own.isEmpty { protobuf.encode(own, into: target) }
        for case .received(let batch) in contents { batch.bytes.withUnsafeBytes { target.append($0) } }
    }
}

extension Portion.Content {
    /// Our own spans, if that is what it is.
    fileprivate var own: SpanSlice? {
        if case .spans(let slice) = self { slice } else { nil }
    }
}
