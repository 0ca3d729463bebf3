import NIOCore

/// The body of one request as it comes in, piece by piece; copied once, out of the buffers of the socket.
struct RequestBody {
    /// What became of a piece.
    enum Outcome: Equatable {
        case taken
        case refused(ExportRefusal)
    }

    /// What has come.
    private(set) var bytes: [UInt8] = []
    private let limit: Int
    /// What the peer says there will be; not believed before it comes.
    private let expected: Int

    /// - Parameters:
    ///   - expected: bytes that the peer announced, 0 if it did not.
    ///   - limit: bytes that are taken.
    init(expected: Int, limit: Int) {
        self.limit = limit
        self.expected = min(max(expected, 0), limit)
    }

    /// Bytes that were taken from the budget for it.
    var charge: Int { bytes.count }

    /// Adds a piece, if it fits.
    mutating func append(_ piece: UnsafeRawBufferPointer, budget: inout BodyBudget) -> Outcome {
        guard piece.count <= limit - bytes.count else { return .refused(.tooLarge(limit: limit)) }
        guard budget.take(piece.count) else { return .refused(.busy) }
        let needed = bytes.count + piece.count
        if bytes.capacity < needed {
            // A peer that announces much and sends little does not get much.
            bytes.reserveCapacity(max(needed, min(expected, needed * 4)))
        }
        bytes.append(contentsOf: piece)
        return .taken
    }
}
