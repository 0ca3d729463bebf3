internal import Capture

/// The places of exchanges' ends, by end. They are large and change where they lie, in pages that stay where they are: a
/// dictionary of them would copy each of them at every change, and all of them whenever it grows.
struct EndPlaces {
    private static let pageShift = 8
    private static let pageSize = 1 << pageShift

    private var slots: [ExchangeEnd: UInt32] = [:]
    private var pages: [[SpanContext?]] = []
    /// Slots without a place.
    private var free: [UInt32] = []

    init() { slots.reserveCapacity(1024) }

    /// How many there are.
    var count: Int { slots.count }

    /// Whether an end's place is known.
    func contains(_ end: ExchangeEnd) -> Bool { slots[end] != nil }

    /// The place of an end. Nil forgets it.
    subscript(end: ExchangeEnd) -> SpanContext? {
        get {
            guard let slot = slots[end] else { return nil }
            return pages[Int(slot) >> Self.pageShift][Int(slot) & (Self.pageSize - 1)]
        }
        set {
            guard let newValue else { return remove(end) }
            let slot = slots[end] ?? add(end)
            pages[Int(slot) >> Self.pageShift][Int(slot) & (Self.pageSize - 1)] = newValue
        }
    }

    /// Changes a place, if it is known, where it lies.
    mutating func update(_ end: ExchangeEnd, _ change: (inout SpanContext) -> Void) {
        guard let slot = slots[end] else { return }
        change(&pages[Int(slot) >> Self.pageShift][Int(slot) & (Self.pageSize - 1)]!)
    }

    /// Forgets all. The memory stays.
    mutating func removeAll() {
        for end in Array(slots.keys) { remove(end) }
    }

    private mutating func add(_ end: ExchangeEnd) -> UInt32 {
        if free.isEmpty {
            let first = UInt32(pages.count << Self.pageShift)
            pages.append([SpanContext?](repeating: nil, count: Self.pageSize))
            free.append(contentsOf: (first..<first + UInt32(Self.pageSize)).reversed())
        }
        let slot = free.removeLast()
        slots[end] = slot
        return slot
    }

    private mutating func remove(_ end: ExchangeEnd) {
        guard let slot = slots.removeValue(forKey: end) else { return }
        pages[Int(slot) >> Self.pageShift][Int(slot) & (Self.pageSize - 1)] = nil
        free.append(slot)
    }
}
