import Glibc

/// How a span of time is distributed; all in microseconds.
indirect enum Delay: Sendable {
    case constant(Double)
    case uniform(Double, Double)
    case exponential(mean: Double)
    /// Sigma is that of the logarithm.
    case lognormal(median: Double, sigma: Double)
    /// Heavy-tailed below 2, without a mean below 1.
    case pareto(least: Double, shape: Double)
    /// A cache: the first with that probability, else the second.
    case either(Double, Delay, Delay)

    /// Draws one, ns.
    func draw(_ random: inout SeededGenerator) -> Double {
        switch self {
        case .constant(let value): value * 1000
        case .uniform(let low, let high): (low + (high - low) * random.unit()) * 1000
        case .exponential(let mean): -mean * 1000 * log(1 - random.unit())
        case .lognormal(let median, let sigma): median * 1000 * exp(sigma * random.normal())
        case .pareto(let least, let shape): min(least * pow(1 - random.unit(), -1 / shape), least * 10_000) * 1000
        case .either(let share, let one, let other):
            random.unit() < share ? one.draw(&random) : other.draw(&random)
        }
    }
}

extension SeededGenerator {
    /// In 0..<1.
    mutating func unit() -> Double { Double(next() >> 11) * 0x1p-53 }

    /// Of the standard normal distribution (Box and Muller).
    mutating func normal() -> Double { sqrt(-2 * log(1 - unit())) * cos(2 * .pi * unit()) }
}
