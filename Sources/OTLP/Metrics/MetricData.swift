/// A metric with its points, as OTLP has it (opentelemetry-proto, metrics.proto); sums and histograms are cumulative.
public struct MetricData: Sendable {
    /// What it is.
    public enum Kind: Sendable {
        /// Grows only.
        case sum
        /// Goes up and down.
        case gauge
        /// Durations, by bucket.
        case histogram
    }

    /// What a point says.
    public enum Value: Sendable {
        /// A whole number.
        case integer(Int64)
        /// Any number.
        case real(Double)
        /// How many durations lie in each bucket, s.
        case durations(DurationHistogram)
    }

    /// One value of a metric.
    public struct Point: Sendable {
        /// What tells it from others.
        public var attributes: [(key: String, value: String)]
        /// What it says.
        public var value: Value

        /// A point.
        public init(attributes: [(key: String, value: String)], value: Value) {
            self.attributes = attributes
            self.value = value
        }
    }

    /// Its name.
    public var name: String
    /// What it means.
    public var description: String
    /// In what it is measured, as UCUM has it; empty for a number of things.
    public var unit: String
    /// What it is.
    public var kind: Kind
    /// Its values.
    public var points: [Point]

    /// A metric.
    public init(name: String, description: String, unit: String, kind: Kind, points: [Point]) {
        self.name = name
        self.description = description
        self.unit = unit
        self.kind = kind
        self.points = points
    }
}
