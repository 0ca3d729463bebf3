/// How many bytes of requests may be held at once, by all connections together.
struct BodyBudget {
    /// Bytes that are taken.
    private(set) var used = 0
    private let limit: Int

    /// - Parameter limit: bytes.
    init(limit: Int) { self.limit = limit }

    /// Takes so many bytes; false, and none, when they are not there.
    mutating func take(_ count: Int) -> Bool {
        guard count <= limit - used else { return false }
        used += count
        return true
    }

    /// Gives them back.
    mutating func give(_ count: Int) { used = max(used - count, 0) }
}
