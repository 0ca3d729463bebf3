/// How sure a parent is, roughly: from a bound on, up to the next.
public enum ConfidenceBucket: Int, Sendable, CaseIterable {
    /// Below 0.5: less than `min_confidence` is by default.
    case lowest = 0
    /// From 0.5.
    case low
    /// From 0.7.
    case middle
    /// From 0.9.
    case high
    /// From 0.99.
    case highest

    /// The one that a confidence, 0...1, lies in.
    public init(_ confidence: Double) {
        self =
            switch confidence {
            case 0.99...: .highest
            case 0.9...: .high
            case 0.7...: .middle
            case 0.5...: .low
            default: .lowest
            }
    }

    /// As it is exported: `0.9-0.99`.
    public var label: String {
        switch self {
        case .lowest: "0-0.5"
        case .low: "0.5-0.7"
        case .middle: "0.7-0.9"
        case .high: "0.9-0.99"
        case .highest: "0.99-1"
        }
    }
}
