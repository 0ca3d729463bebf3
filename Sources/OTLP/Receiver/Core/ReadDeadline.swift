/// When a peer that sends nothing whole is given up. CLOCK_MONOTONIC, ns.
struct ReadDeadline {
    private let timeout: UInt64
    private var last: UInt64

    /// - Parameters:
    ///   - timeout: ns.
    ///   - now: when the connection, or the call, began.
    init(timeout: UInt64, now: UInt64) {
        self.timeout = timeout
        last = now
    }

    /// Something whole came, or something was answered.
    mutating func extend(now: UInt64) { last = now }

    /// Whether it is over.
    func isOver(now: UInt64) -> Bool { now >= last && now - last >= timeout }
}
