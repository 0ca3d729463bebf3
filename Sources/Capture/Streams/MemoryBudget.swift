/// Bytes that all connections together may hold back: segments that wait, lines that are incomplete, fields of open
/// exchanges. Each of these has a bound of its own; many connections at their bounds would still be too much.
struct MemoryBudget {
    /// Most bytes.
    let limit: Int
    /// Bytes held.
    private(set) var used = 0

    /// A budget of so many bytes.
    init(limit: Int = 64 << 20) { self.limit = limit }

    /// Takes bytes; false when there is no room for them.
    mutating func take(_ count: Int) -> Bool {
        guard count <= limit - used else { return false }
        used += count
        return true
    }

    /// Gives bytes back.
    mutating func give(_ count: Int) { used -= count }
}
