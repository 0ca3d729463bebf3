/// The end of a statement that is longer than what is kept of one. Its last bytes come with the end of its message, or are
/// some of those that came with the message's head and were too many to be kept.
struct StatementEnd {
    /// Most bytes of an end.
    static let limit = 1024
    /// Most bytes of a beginning that has an end of its own: so many less that no byte is in both.
    private static let beginning = FieldBuffer.maximumValue - limit

    /// What the message's head has of the statement beside the beginning: of that the last bytes.
    private var kept: [UInt8] = []
    /// How many bytes of the message are not in its head.
    private var missing: UInt64 = 0

    /// None.
    init() {}

    /// Divides the bytes of a statement that a message's head has, of which more follows or which are too many.
    ///
    /// - Parameter missing: bytes of the message that are not in its head.
    /// - Returns: the beginning.
    mutating func divide(_ text: UnsafeRawBufferPointer, missing: UInt64) -> UnsafeRawBufferPointer {
        let count = min(text.count, StatementEnd.beginning)
        keep(UnsafeRawBufferPointer(rebasing: text[count...]), missing: missing)
        return UnsafeRawBufferPointer(rebasing: text[..<count])
    }

    /// The head of another message that carries the same statement on.
    mutating func keep(_ bytes: UnsafeRawBufferPointer, missing: UInt64) {
        kept.removeAll(keepingCapacity: true)
        kept.append(contentsOf: bytes.suffix(StatementEnd.limit))
        self.missing = missing
    }

    /// Calls `body` with the end, as far as it is known.
    ///
    /// - Parameters:
    ///   - tail: the statement's bytes among the last known ones of the message that are not in its head.
    ///   - count: how many of those are known, the statement's or not.
    mutating func with<R>(_ tail: UnsafeRawBufferPointer, of count: Int, _ body: (UnsafeRawBufferPointer) -> R) -> R {
        // Where others are missing between the two, they do not belong together.
        guard !kept.isEmpty, UInt64(count) == missing else {
            return body(UnsafeRawBufferPointer(rebasing: tail.suffix(StatementEnd.limit)))
        }
        kept.append(contentsOf: tail)
        return kept.withUnsafeBytes { body(UnsafeRawBufferPointer(rebasing: $0.suffix(StatementEnd.limit))) }
    }
}
