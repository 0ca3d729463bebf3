/// Where one direction of a connection has got to, in bytes since its beginning.
///
/// TCP numbers its bytes modulo 2^32; here they are extended to 64 bits by taking the nearest position to the one that
/// is expected (RFC 9293, 3.4). Without numbers (AF_UNIX), bytes count from where they were first seen.
struct StreamPosition {
    /// Offset of the byte that is expected next.
    private(set) var next: UInt64 = 0
    /// Whether ``next`` is known: the beginning was seen, or some byte.
    private(set) var isKnown = false

    /// The direction has sent nothing yet.
    mutating func beginAtZero() {
        guard !isKnown else { return }
        isKnown = true
    }

    /// The offset of a byte by its number.
    ///
    /// - Parameters:
    ///   - sequence: its TCP sequence number.
    ///   - first: the number of the direction's first byte.
    func offset(of sequence: UInt32, first: UInt32) -> UInt64 {
        let low = sequence &- first
        guard isKnown else { return UInt64(low) }
        let difference = Int32(bitPattern: low &- UInt32(truncatingIfNeeded: next))
        let offset = Int64(bitPattern: next) &+ Int64(difference)
        // Before the beginning: a number from another life of the connection. It can only be a repetition.
        return offset < 0 ? 0 : UInt64(offset)
    }

    /// Everything before this offset has been dealt with.
    mutating func advance(to offset: UInt64) {
        isKnown = true
        next = offset
    }
}
