/// The one message of a unary call as it comes in: a byte that says whether it is compressed, its length in 4 bytes, big
/// end first, and the message.
struct GRPCMessage {
    /// What became of a piece.
    enum Outcome: Equatable {
        case taken
        case refused(ExportRefusal)
        /// A second message begins, or something that is none.
        case notUnary
    }

    private var prefix: (read: Int, compressed: UInt8, length: Int) = (0, 0, 0)
    private var body: RequestBody?
    private let limit: Int

    /// - Parameter limit: bytes that the message may have.
    init(limit: Int) { self.limit = limit }

    /// Bytes that were taken from the budget for it.
    var charge: Int { body?.charge ?? 0 }

    /// Takes the next piece of the call's data, cut anywhere.
    mutating func append(_ piece: UnsafeRawBufferPointer, budget: inout BodyBudget) -> Outcome {
        var index = 0
        while prefix.read < 5, index < piece.count {
            if prefix.read == 0 {
                prefix.compressed = piece[index]
            } else {
                prefix.length = prefix.length << 8 | Int(piece[index])
            }
            prefix.read += 1
            index += 1
        }
        guard prefix.read == 5 else { return .taken }
        if body == nil {
            guard prefix.length <= limit else { return .refused(.tooLarge(limit: limit)) }
            guard prefix.compressed <= 1 else {
                return .refused(.malformed("the message's first byte is neither 0 nor 1"))
            }
            body = RequestBody(expected: prefix.length, limit: prefix.length)
        }
        guard index < piece.count else { return .taken }
        guard piece.count - index <= prefix.length - charge else { return .notUnary }
        switch body?.append(UnsafeRawBufferPointer(rebasing: piece[index...]), budget: &budget) {
        case .refused(let refusal): return .refused(refusal)
        case .taken, nil: return .taken
        }
    }

    /// What the call is about, once its data has ended.
    /// - Returns: nil when there is no message or it is not whole.
    func end(signal: Signal, compression: ExportRequest.Compression) -> Result<ExportRequest, ExportRefusal>? {
        guard prefix.read > 0 else { return nil }
        guard let body, body.bytes.count == prefix.length else {
            return .failure(.malformed("the message is shorter than it says"))
        }
        if prefix.compressed == 1, compression == .identity {
            return .failure(.malformed("the message is compressed, but grpc-encoding does not say how"))
        }
        return .success(
            ExportRequest(
                signal: signal, encoding: .protobuf, compression: prefix.compressed == 1 ? .gzip : .identity,
                body: body.bytes))
    }
}
