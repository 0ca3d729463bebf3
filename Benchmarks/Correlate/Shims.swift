/// What the windowed stage needs of Capture.
enum Mixer {
    /// SplitMix64's finaliser.
    static func mix(_ value: UInt64) -> UInt64 {
        var z = value
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }
}

/// A process.
struct OwnerKey: SlabKey {
    var number: UInt64
    var slabHash: UInt64 { number }
}
