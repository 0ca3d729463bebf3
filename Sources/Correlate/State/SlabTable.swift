import Capture
internal import Glibc

/// What a ``SlabTable`` finds its entries by.
protocol SlabKey: Equatable {
    /// A number that equal keys share. The table mixes it with a seed of its own.
    var slabHash: UInt64 { get }
}

/// Names an entry of a ``SlabTable``, and notices when another has taken its place.
struct SlotReference: Equatable {
    var slot: UInt32
    var generation: UInt32

    static let none = SlotReference(slot: .max, generation: 0)
}

/// A table of fixed capacity whose entries stay where they are, each in one of up to four queues, oldest first.
///
/// The memory is reserved once and touched only as entries come, so nothing is allocated or moved per event. Keys and
/// values must be plain data: nothing is destroyed when an entry goes. The index is open addressing with a random seed,
/// so that a hostile capture cannot choose keys that collide; no order in which entries are visited depends on it.
struct SlabTable<Key: SlabKey, Value>: ~Copyable {
    private struct Entry {
        var key: Key
        var value: Value
        var generation: UInt32
        var previous: UInt32
        var next: UInt32
        /// ``vacant`` when there is no entry.
        var queue: UInt32
    }

    /// No slot.
    static var none: UInt32 { .max }
    private static var vacant: UInt32 { .max }

    /// Most entries.
    let capacity: Int
    /// Entries at the moment.
    private(set) var count = 0
    // Pointers rather than arrays: reserved at once they cost no memory until touched, and never move.
    private let entries: UnsafeMutablePointer<Entry>
    /// By hash: 32 bits of the hash above the slot plus one, 0 for none. At most half of it is used. With the hash here, an
    /// entry is looked at only when it is very likely the right one; entries are many and mostly not in the cache.
    private let index: UnsafeMutablePointer<UInt64>
    private let mask: Int
    private let seed = UInt64.random(in: .min ... .max)
    private var used: UInt32 = 0
    private var free = SlabTable.none
    private var heads = InlineArray<4, UInt32>(repeating: SlabTable.none)
    private var tails = InlineArray<4, UInt32>(repeating: SlabTable.none)

    /// An empty table for 1 to 2^30 entries.
    init(capacity: Int) {
        self.capacity = min(max(capacity, 1), 1 << 30)
        var size = 4
        while size < 2 * self.capacity { size *= 2 }
        mask = size - 1
        entries = .allocate(capacity: self.capacity)
        // Zero as it comes, and not touched until it is used.
        guard let zeroed = calloc(size, MemoryLayout<UInt64>.stride) else { fatalError("out of memory") }
        index = zeroed.bindMemory(to: UInt64.self, capacity: size)
    }

    deinit {
        entries.deallocate()
        Glibc.free(UnsafeMutableRawPointer(index))
    }

    /// Whether an entry must go before another comes.
    var isFull: Bool { count == capacity }

    /// The value of an entry. The slot must be that of one.
    subscript(slot: UInt32) -> Value {
        _read {
            assert(slot < used && entries[Int(slot)].queue != SlabTable.vacant)
            yield entries[Int(slot)].value
        }
        _modify {
            assert(slot < used && entries[Int(slot)].queue != SlabTable.vacant)
            yield &entries[Int(slot)].value
        }
    }

    /// The key of an entry.
    func key(of slot: UInt32) -> Key { entries[Int(slot)].key }

    /// A reference to an entry.
    func reference(to slot: UInt32) -> SlotReference {
        SlotReference(slot: slot, generation: entries[Int(slot)].generation)
    }

    /// Whether the entry referred to is still there.
    func contains(_ reference: SlotReference) -> Bool {
        guard reference.slot < used else { return false }
        let entry = entries + Int(reference.slot)
        return entry.pointee.queue != SlabTable.vacant && entry.pointee.generation == reference.generation
    }

    /// The slot of a key's entry.
    func find(_ key: Key) -> UInt32? {
        let tag = tag(of: key)
        var position = home(of: tag)
        while index[position] != 0 {
            let slot = UInt32(truncatingIfNeeded: index[position]) &- 1
            if index[position] >> 32 == tag >> 32, entries[Int(slot)].key == key { return slot }
            position = (position + 1) & mask
        }
        return nil
    }

    /// Adds an entry at the end of a queue. The key must be new and the table not full.
    mutating func insert(_ key: Key, _ value: Value, queue: Int = 0) -> UInt32 {
        precondition(!isFull)
        let slot: UInt32
        if free != SlabTable.none {
            slot = free
            free = entries[Int(slot)].next
            entries[Int(slot)].generation &+= 1
            entries[Int(slot)].key = key
            entries[Int(slot)].value = value
        } else {
            slot = used
            used += 1
            (entries + Int(slot)).initialize(
                to: Entry(
                    key: key, value: value, generation: 0, previous: SlabTable.none, next: SlabTable.none,
                    queue: SlabTable.vacant))
        }
        let tag = tag(of: key)
        var position = home(of: tag)
        while index[position] != 0 { position = (position + 1) & mask }
        index[position] = tag | UInt64(slot &+ 1)
        count += 1
        append(slot, queue)
        return slot
    }

    /// Takes an entry out.
    mutating func remove(_ slot: UInt32) {
        unlink(slot)
        vacate(slot)
        entries[Int(slot)].queue = SlabTable.vacant
        entries[Int(slot)].next = free
        free = slot
        count -= 1
    }

    /// The entry that has been in a queue for longest.
    func oldest(_ queue: Int = 0) -> UInt32? { heads[queue] == SlabTable.none ? nil : heads[queue] }

    /// The queue an entry is in.
    func queue(of slot: UInt32) -> Int { Int(entries[Int(slot)].queue) }

    /// Puts an entry at the end of a queue.
    mutating func move(_ slot: UInt32, to queue: Int = 0) {
        if tails[queue] == slot { return }
        unlink(slot)
        append(slot, queue)
    }

    /// The upper half of what stands in the index for a key.
    private func tag(of key: Key) -> UInt64 { Mixer.mix(key.slabHash ^ seed) & ~0xFFFF_FFFF }

    /// Where what stands in the index belongs.
    private func home(of tag: UInt64) -> Int { Int(truncatingIfNeeded: tag >> 32) & mask }

    private mutating func append(_ slot: UInt32, _ queue: Int) {
        entries[Int(slot)].queue = UInt32(queue)
        entries[Int(slot)].next = SlabTable.none
        entries[Int(slot)].previous = tails[queue]
        if tails[queue] == SlabTable.none {
            heads[queue] = slot
        } else {
            entries[Int(tails[queue])].next = slot
        }
        tails[queue] = slot
    }

    private mutating func unlink(_ slot: UInt32) {
        let (previous, next) = (entries[Int(slot)].previous, entries[Int(slot)].next)
        let queue = Int(entries[Int(slot)].queue)
        if previous == SlabTable.none { heads[queue] = next } else { entries[Int(previous)].next = next }
        if next == SlabTable.none { tails[queue] = previous } else { entries[Int(next)].previous = previous }
    }

    /// Removes a slot from the index; what was displaced past it moves back, so that no marks are left behind.
    private mutating func vacate(_ slot: UInt32) {
        let entry = tag(of: entries[Int(slot)].key) | UInt64(slot &+ 1)
        var hole = home(of: entry)
        while index[hole] != entry { hole = (hole + 1) & mask }
        var position = (hole + 1) & mask
        while index[position] != 0 {
            if (position &- home(of: index[position])) & mask >= (position &- hole) & mask {
                index[hole] = index[position]
                hole = position
            }
            position = (position + 1) & mask
        }
        index[hole] = 0
    }
}
