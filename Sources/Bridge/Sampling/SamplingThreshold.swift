internal import OTLP

/// A rejection threshold of consistent probability sampling (OpenTelemetry specification, "TraceState: Probability
/// Sampling"): a trace is kept when its 56 bits of randomness are not below it. Whoever keeps a larger share of the traces
/// keeps all that one with a smaller share keeps, wherever they decide.
struct SamplingThreshold: Sendable, Equatable {
    /// One more than the greatest randomness.
    static let end: UInt64 = 1 << 56
    /// Keeps every trace.
    static let all = SamplingThreshold(value: 0)
    /// Keeps none. It has no text: never is no probability.
    static let none = SamplingThreshold(value: end)
    /// Most digits of its text.
    static let maximumDigits = 14
    /// Digits behind leading `f`s that a threshold of a probability has, as SDKs have by default: who asks for the same
    /// share keeps the same traces, and the text stays short.
    private static let precision = 4

    /// How many of 2⁵⁶ equally likely traces are dropped. 0...2⁵⁶.
    let value: UInt64

    private init(value: UInt64) { self.value = value }

    /// That of a share of the traces. 0...1; what lies outside is taken for the nearer of the two.
    init(probability: Double) {
        guard probability > 0x1p-56 else {
            self = .none
            return
        }
        guard probability < 1 else {
            self = .all
            return
        }
        let exact = UInt64(((1 - probability) * 0x1p56).rounded())
        let digits = max(1, min(12, Self.precision + Self.leadingFs(of: probability)))
        let unit: UInt64 = 1 << UInt64(4 * (Self.maximumDigits - digits))
        value = min((exact &+ unit / 2) / unit &* unit, Self.end &- unit)
    }

    /// That of a text: 1 to 14 hexadecimal digits, those that are missing at the end are zeros.
    init?(_ digits: UnsafeRawBufferPointer) {
        guard 1...Self.maximumDigits ~= digits.count else { return nil }
        var number: UInt64 = 0
        for digit in digits {
            guard let digit = digit.hexadecimal else { return nil }
            number = number << 4 | digit
        }
        value = number << UInt64(4 * (Self.maximumDigits - digits.count))
    }

    /// Whether a trace of this randomness is kept.
    func keeps(_ randomness: UInt64) -> Bool { randomness >= value }

    /// Its text, for the time of the call; trailing zeros are left out.
    func withText<R>(_ body: (UnsafeRawBufferPointer) -> R) -> R {
        withUnsafeTemporaryAllocation(of: UInt8.self, capacity: Self.maximumDigits) { digits in
            var count = 0
            for place in 0..<Self.maximumDigits {
                let digit = UInt8(truncatingIfNeeded: value >> UInt64(4 * (Self.maximumDigits - 1 - place))) & 0xF
                digits[place] = digit < 10 ? 0x30 + digit : 0x57 + digit
                if digit != 0 || place == 0 { count = place + 1 }
            }
            return body(UnsafeRawBufferPointer(rebasing: UnsafeRawBufferPointer(digits)[..<count]))
        }
    }

    /// How many digits of the threshold of a share are `f` for its being small.
    private static func leadingFs(of probability: Double) -> Int {
        // The exponent of a significand in 0.5..<1, as the specification counts.
        -(Int(probability.exponent) + 1) / 4
    }
}

extension TraceID {
    /// The 56 bits by which is decided whether the trace is kept: the last seven bytes (W3C Trace Context, level 2,
    /// "Randomness of trace-id").
    var randomness: UInt64 { low & (SamplingThreshold.end - 1) }
}

extension UInt8 {
    /// What it is worth as a hexadecimal digit, of either case.
    var hexadecimal: UInt64? {
        switch self {
        case 0x30...0x39: UInt64(self - 0x30)
        case 0x41...0x46: UInt64(self - 0x37)
        case 0x61...0x66: UInt64(self - 0x57)
        default: nil
        }
    }
}
