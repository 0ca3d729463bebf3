/// What was noted last, by key. Bounded: the oldest key makes room.
struct RecentTable<Key: Hashable & Sendable, Value: Sendable>: Sendable {
    private let maximum: Int
    private var values: [Key: Value] = [:]
    private var order: [Key] = []
    private var oldest = 0

    /// - Parameter maximum: most keys that are remembered, at least 1.
    init(maximum: Int) { self.maximum = max(maximum, 1) }

    /// Whether nothing was noted.
    var isEmpty: Bool { values.isEmpty }

    /// What was noted of a key last; nil when nothing was, or it made room.
    subscript(key: Key) -> Value? { values[key] }

    /// Notes a value. It takes the place of one that the key has, which grows no younger by it.
    mutating func note(_ value: Value, of key: Key) {
        guard values.updateValue(value, forKey: key) == nil else { return }
        if order.count < maximum {
            order.append(key)
        } else {
            values[order[oldest]] = nil
            order[oldest] = key
            oldest = (oldest + 1) % maximum
        }
    }
}
