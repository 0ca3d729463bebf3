import Capture

/// A request id as one owner uses it: a keyed 128-bit hash of both.
struct RequestIDKey: SlabKey {
    private var high: UInt64
    private var low: UInt64

    /// Longer than what any proxy makes. Longer ones may have been cut, so that they cannot be told apart.
    private static let maximumLength = 256

    /// The key of a value; nil of one that is no id.
    init?(_ value: UnsafeRawBufferPointer, of owner: OwnerKey, seed: UInt64) {
        guard !value.isEmpty, value.count <= RequestIDKey.maximumLength else { return nil }
        var hash = Mixer(seed: seed ^ owner.slabHash)
        hash.absorb(UInt64(value.count))
        var offset = 0
        while offset < value.count {
            var word: UInt64 = 0
            for index in offset..<min(offset + 8, value.count) { word = word << 8 | UInt64(value[index]) }
            hash.absorb(word)
            offset += 8
        }
        (high, low) = hash.finish()
    }

    /// Fills places that are not looked at.
    init() { (high, low) = (0, 0) }

    var slabHash: UInt64 { low }
}

/// The request ids of one message, and whose they are.
struct CarriedIDs {
    /// Most ids of a message that are looked at.
    static let maximum = 4

    let owner: OwnerKey
    private var keys = InlineArray<4, RequestIDKey>(repeating: RequestIDKey())
    private(set) var count = 0

    init(of owner: OwnerKey) { self.owner = owner }

    subscript(index: Int) -> RequestIDKey { keys[index] }

    /// Adds an id that is not there yet: proxies send one under several names.
    mutating func add(_ key: RequestIDKey) {
        guard count < CarriedIDs.maximum else { return }
        for index in 0..<count where keys[index] == key { return }
        keys[count] = key
        count += 1
    }
}
