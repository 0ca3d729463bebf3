/// How long Kafka's messages are: the first four bytes say how many follow.
enum KafkaFraming {
    /// How long a request is.
    ///
    /// - Parameter isNegotiating: whether it may be anything behind its size.
    static func request(_ bytes: UnsafeRawBufferPointer, isNegotiating: Bool) -> MessageLength {
        if isNegotiating { return message(bytes, shortest: 0) }
        switch KafkaRequestHeader.read(bytes) {
        case .invalid: return .invalid
        // What its name is, is read when it is there: here only that it can be a request.
        case .needs(let count): return count <= 12 ? .needs(count) : message(bytes, shortest: 8)
        case .header(let header): return .total(UInt64(header.size) + 4)
        }
    }

    /// How long a response is.
    static func response(_ bytes: UnsafeRawBufferPointer) -> MessageLength { message(bytes, shortest: 0) }

    private static func message(_ bytes: UnsafeRawBufferPointer, shortest: Int32) -> MessageLength {
        guard bytes.count >= 4 else { return .needs(4) }
        let size = bytes.loadUnaligned(as: Int32.self).bigEndian
        guard size >= shortest, size <= KafkaRequestHeader.largest else { return .invalid }
        return .total(UInt64(size) + 4)
    }
}
