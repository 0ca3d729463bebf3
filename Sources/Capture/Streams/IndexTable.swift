/// Indices by 64-bit key: open addressing with linear probing and deletion by shifting back, so that a look-up costs
/// one cache line most of the time. Keys are the kernel's numbers (or hashes of them), never zero; nobody hostile
/// chooses them.
struct IndexTable {
    private var keys: ContiguousArray<UInt64>
    private var values: ContiguousArray<Int32>
    private var mask: Int
    /// How many keys are in it.
    private(set) var count = 0

    /// An empty table.
    init() {
        keys = ContiguousArray(repeating: 0, count: 64)
        values = ContiguousArray(repeating: -1, count: 64)
        mask = 63
    }

    /// The index stored for a key; nil when there is none.
    subscript(key: UInt64) -> Int32? {
        var place = home(of: key)
        while keys[place] != 0 {
            if keys[place] == key { return values[place] }
            place = (place &+ 1) & mask
        }
        return nil
    }

    /// Stores an index for a key, which must not be zero.
    mutating func insert(_ key: UInt64, _ value: Int32) {
        if (count &+ 1) &* 2 > keys.count { grow() }
        var place = home(of: key)
        while keys[place] != 0 {
            if keys[place] == key {
                values[place] = value
                return
            }
            place = (place &+ 1) & mask
        }
        keys[place] = key
        values[place] = value
        count &+= 1
    }

    /// Forgets a key.
    mutating func remove(_ key: UInt64) {
        var hole = home(of: key)
        while keys[hole] != key {
            if keys[hole] == 0 { return }
            hole = (hole &+ 1) & mask
        }
        count &-= 1
        var place = hole
        while true {
            place = (place &+ 1) & mask
            guard keys[place] != 0 else { break }
            // An entry may fill the hole when its home does not lie between the hole and where it stands.
            let distance = (place &- home(of: keys[place])) & mask
            if distance >= (place &- hole) & mask {
                keys[hole] = keys[place]
                values[hole] = values[place]
                hole = place
            }
        }
        keys[hole] = 0
    }

    private func home(of key: UInt64) -> Int {
        Int(truncatingIfNeeded: (key &* 0x9E37_79B9_7F4A_7C15) >> 32) & mask
    }

    private mutating func grow() {
        let oldKeys = keys
        let oldValues = values
        keys = ContiguousArray(repeating: 0, count: oldKeys.count * 2)
        values = ContiguousArray(repeating: -1, count: oldKeys.count * 2)
        mask = keys.count - 1
        count = 0
        for place in oldKeys.indices where oldKeys[place] != 0 { insert(oldKeys[place], oldValues[place]) }
    }
}
