/// Slots of a table in an order in which any can leave: a list linked both ways, in arrays that the table's slots index.
struct SlotOrder: Sendable {
    private static let none = -1

    private var before: [Int] = []
    private var after: [Int] = []
    private var last = none
    /// The one that has been in it for longest.
    private(set) var first: Int?

    /// Puts a slot, which is not in it, at the end.
    mutating func append(_ slot: Int) {
        while after.count <= slot {
            before.append(Self.none)
            after.append(Self.none)
        }
        before[slot] = last
        after[slot] = Self.none
        if last == Self.none { first = slot } else { after[last] = slot }
        last = slot
    }

    /// Takes a slot out that is in it.
    mutating func remove(_ slot: Int) {
        let (previous, next) = (before[slot], after[slot])
        if previous == Self.none { first = next == Self.none ? nil : next } else { after[previous] = next }
        if next == Self.none { last = previous } else { before[next] = previous }
        before[slot] = Self.none
        after[slot] = Self.none
    }
}
