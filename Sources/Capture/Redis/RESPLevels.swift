/// The aggregates that lie in one another at one place of a message, by what each still waits for.
struct RESPLevels {
    private struct Level {
        /// Values that are still to come; `streamed` when an end will tell.
        var left: UInt64
        /// Whether it is an attribute.
        var isAside: Bool
    }

    /// Most of them. Redis's own replies have a handful.
    static let deepest = 128
    private static let streamed = UInt64.max

    private var levels: ContiguousArray<Level> = []
    private var reserved = 0
    /// How many of the levels are attributes.
    private var asides = 0

    /// How many there are.
    var count: Int { levels.count }
    /// Whether this place is in an attribute.
    var isAside: Bool { asides > 0 }
    /// Whether an end will tell how many values the innermost has.
    var isStreaming: Bool { levels.last?.left == RESPLevels.streamed }

    /// Enters an aggregate; false where it lies too deep or there is no memory.
    ///
    /// - Parameter count: of how many values, at least one; nil when an end will tell.
    mutating func push(_ count: UInt64?, isAside: Bool, in exchanges: inout ExchangeTable) -> Bool {
        guard levels.count < RESPLevels.deepest else { return false }
        if levels.count == reserved {
            guard exchanges.reserve(MemoryLayout<Level>.stride) else { return false }
            reserved += 1
        }
        levels.append(Level(left: count ?? RESPLevels.streamed, isAside: isAside))
        if isAside { asides += 1 }
        return true
    }

    /// The innermost, which was streaming, has ended.
    ///
    /// - Returns: whether the message is complete with it.
    mutating func endStream() -> Bool { pop() ? false : element() }

    /// A value is complete.
    ///
    /// - Returns: whether the message is as well.
    mutating func element() -> Bool {
        while let last = levels.indices.last {
            guard levels[last].left != RESPLevels.streamed else { return false }
            levels[last].left -= 1
            if levels[last].left > 0 || pop() { return false }
        }
        return true
    }

    /// Leaves all of them.
    mutating func clear(in exchanges: inout ExchangeTable) {
        exchanges.unreserve(reserved * MemoryLayout<Level>.stride)
        reserved = 0
        asides = 0
        levels = []
    }

    /// Leaves the innermost level.
    ///
    /// - Returns: whether it was an attribute, so that the value it stands beside is still to come.
    private mutating func pop() -> Bool {
        guard let level = levels.popLast() else { return false }
        if level.isAside { asides -= 1 }
        return level.isAside
    }
}
