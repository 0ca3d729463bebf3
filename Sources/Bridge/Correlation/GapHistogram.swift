import Glibc

/// How long something takes, as seen so far: the share of each of a number of logarithmic bins. Times may be negative, by
/// as much as clocks differ.
struct GapHistogram {
    /// Two bins for each doubling, from 1 us to a minute; as many below 0 as lead to 4 s.
    private static let above = 52
    private static let below = 44
    private static let bins = above + below + 1

    private var weights = [Float](repeating: 0, count: GapHistogram.bins)
    /// How much was taken in.
    private(set) var total: Float = 0

    /// Takes in a time, ns, that counts so much.
    mutating func add(_ gap: Int64, weight: Float) {
        weights[GapHistogram.bin(of: gap)] += weight
        total += weight
    }

    /// Forgets everything.
    mutating func removeAll() {
        for index in weights.indices { weights[index] = 0 }
        total = 0
    }

    /// How likely such a time is, per ns; of what was never seen as if it had been a little.
    func density(_ gap: Int64) -> Double {
        let bin = GapHistogram.bin(of: gap)
        // What lies beside a bin speaks for it too: there is little to learn from.
        let near = weights[max(bin - 1, 0)] + weights[min(bin + 1, GapHistogram.bins - 1)]
        let share =
            (Double(weights[bin]) + 0.25 * Double(near) + 0.02)
            / (1.5 * Double(total) + 0.02 * Double(GapHistogram.bins))
        return share / GapHistogram.width(of: bin)
    }

    private static func bin(of gap: Int64) -> Int {
        let size = gap.magnitude
        guard size >= 1000 else { return below }
        // The leading bit, and the one behind it.
        let leading = 63 - size.leadingZeroBitCount
        let step = 2 * leading + Int((size >> UInt64(leading - 1)) & 1) - 18
        return gap > 0 ? below + min(max(step, 1), above) : below - min(max(step, 1), GapHistogram.below)
    }

    private static func width(of bin: Int) -> Double {
        let step = abs(bin - below)
        guard step > 0 else { return 2000 }
        return exp2(Double(step + 18) / 2) * 0.42
    }
}
