import Capture

/// Random numbers from a constant seed (SplitMix64): the same calls give the same result.
struct WindowRandom {
    private var state: UInt64 = 0x1234_5678_9ABC_DEF0

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        return Mixer.mix(state)
    }

    /// In 0..<1.
    mutating func unit() -> Float { Float(next() >> 40) * 0x1p-24 }
}
