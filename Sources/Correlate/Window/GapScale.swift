/// The bins in which gaps of time are counted: logarithmic, since the delays of services spread over seven decades and
/// what tells one from another is their ratio.
struct GapScale {
    /// Bins for gaps below zero, which clocks that disagree produce, the one around zero, four an octave from 1 us to
    /// 275 s, and one for what is longer.
    static let count = negative + 1 + octaves * perOctave + 1

    private static let negative = 4
    private static let perOctave = 4
    private static let octaves = 28
    private static let firstOctave = 10

    /// The bin of a gap in ns.
    static func bin(_ gap: Int64) -> Int {
        if gap < 0 {
            if gap >= -10_000 { return 3 }
            if gap >= -1_000_000 { return 2 }
            return gap >= -100_000_000 ? 1 : 0
        }
        let value = UInt64(gap)
        guard value >> UInt64(firstOctave) != 0 else { return negative }
        let octave = 63 - value.leadingZeroBitCount
        guard octave < firstOctave + octaves else { return count - 1 }
        let part = Int(truncatingIfNeeded: value >> UInt64(octave - 2)) & 3
        return negative + 1 + (octave - firstOctave) * perOctave + part
    }

    /// The width of a bin, ns.
    static func width(_ bin: Int) -> Float {
        switch bin {
        case 0: return 1e10
        case 1: return 99_000_000
        case 2: return 990_000
        case 3: return 10_000
        case negative: return 1024
        case count - 1: return 1e12
        default:
            let octave = firstOctave + (bin - negative - 1) / perOctave
            return Float(UInt64(1) << UInt64(octave - 2))
        }
    }

    /// How likely a bin is as long as nothing is known: short gaps and long ones alike up to a second, longer ones less,
    /// and hardly ever one below zero.
    static func prior(_ bin: Int) -> Float {
        switch bin {
        case 0, 1: return 0.0005
        case 2: return 0.002
        case 3: return 0.007
        case count - 1: return 0.001
        default:
            let octave = bin == negative ? 0 : (bin - negative - 1) / perOctave
            return octave < 20 ? 0.0112 : octave < 24 ? 0.004 : 0.0015
        }
    }
}
