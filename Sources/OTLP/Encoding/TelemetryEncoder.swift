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
    /// What is our own of the contents that are being encoded. Empty in between, so that no batch is kept.
    private var own: [SpanSlice] = []

    /// An encoder.
    public init(_ encoding: TelemetryEncoding, _ signal: Signal = .traces) {
        self.encoding = encoding
        self.signal = signal
    }

    /// Hands over the request with a batch's spans, for the time of the call. JSON is one line, without its end.
    public func encode<R>(_ batch: SpanBatch, _ body: (UnsafeRawBufferPointer) throws -> R) rethrows -> R {
        buffer.removeAll()
        own.append(SpanSlice(batch))
        encode(received: [], into: buffer)
        return try body(buffer.bytes)
    }

    /// Appends the request with the contents of a portion.
    func encode(_ contents: [Portion.Content], into target: ByteBuffer) {
        for case .spans(let slice) in contents { own.append(slice) }
        encode(received: own.count < contents.count ? contents : [], into: target)
    }

    /// Appends what is in ``own``, which is empty afterwards, and what of the contents was received.
    private func encode(received contents: [Portion.Content], into target: ByteBuffer) {
        defer { own.removeAll(keepingCapacity: true) }
        switch encoding {
        case .protobuf: encodeProtobuf(received: contents, into: target)
        case .json where contents.isEmpty: json.encode(own, into: target)
        case .json:
            // Joined in protobuf, where that means joining bytes, and put into JSON as one.
            let joined = ByteBuffer()
            encodeProtobuf(received: contents, into: joined)
            TelemetryToJSON.append(joined.bytes, signal: signal, to: target)
        }
    }

    private func encodeProtobuf(received contents: [Portion.Content], into target: ByteBuffer) {
        if !own.isEmpty { protobuf.encode(own, into: target) }
        for case .received(let batch) in contents { batch.bytes.withUnsafeBytes { target.append($0) } }
    }
}
