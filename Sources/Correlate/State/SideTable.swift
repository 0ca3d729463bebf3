/// What one stage remembers of each entry of a ``SlabTable`` beside what is in it, by the entry's slot.
///
/// The memory is reserved once and touched only as entries come. Values must be plain data.
struct SideTable<Value>: ~Copyable {
    // A pointer rather than an array: reserved at once it costs no memory until touched, and never moves.
    private let values: UnsafeMutablePointer<Value>
    private let capacity: Int
    private let initial: Value
    /// Entries below are initialized.
    private var touched = 0

    /// Room for as many entries as a ``SlabTable`` of this capacity has.
    init(capacity: Int, initial: Value) {
        self.capacity = min(max(capacity, 1), 1 << 30)
        self.initial = initial
        values = .allocate(capacity: self.capacity)
    }

    deinit { values.deallocate() }

    /// Forgets what an earlier entry left in a slot. To be called for each entry that comes.
    mutating func reset(_ slot: UInt32) {
        let slot = Int(slot)
        precondition(slot < capacity)
        while touched <= slot {
            (values + touched).initialize(to: initial)
            touched += 1
        }
        values[slot] = initial
    }

    /// What is remembered of an entry, which ``reset(_:)`` must have been called for.
    subscript(slot: UInt32) -> Value {
        _read {
            precondition(slot < touched)
            yield values[Int(slot)]
        }
        _modify {
            precondition(slot < touched)
            yield &values[Int(slot)]
        }
    }
}
