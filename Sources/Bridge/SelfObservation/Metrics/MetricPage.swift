internal import OTLP

/// Metrics as text: Prometheus' text format 0.0.4
/// (https://prometheus.io/docs/instrumenting/exposition_formats/) or OpenMetrics 1.0
/// (https://prometheus.io/docs/specs/om/open_metrics_spec/), which differ in how counters are announced and in how a page
/// ends. A value; what is written goes into ``bytes`` at once.
struct MetricPage {
    /// A way of writing.
    enum Format: Equatable {
        case text
        case openMetrics
        /// Not as text: for OTLP, in ``MetricPage/data``.
        case data

        /// What a scraper asks for: OpenMetrics if it names it and does not rule it out, whatever else it would take.
        init(accepting accept: String) {
            let asks = accept.split(separator: ",").contains { part in
                let words = part.split(separator: ";").map { $0.filter { $0 != " " && $0 != "\t" }.lowercased() }
                return words.first == "application/openmetrics-text" && !words.contains("q=0")
            }
            self = asks ? .openMetrics : .text
        }

        /// The type of the page.
        var contentType: String {
            switch self {
            case .text, .data: "text/plain; version=0.0.4; charset=utf-8"
            case .openMetrics: "application/openmetrics-text; version=1.0.0; charset=utf-8"
            }
        }
    }

    /// What a family is.
    enum Kind: String {
        /// Grows only.
        case counter
        /// Goes up and down.
        case gauge
        /// Durations in s, by bucket.
        case histogram
    }

    /// A family that was written.
    struct Family: Equatable {
        /// Its name as it is asked for: with `_total` if it is a counter.
        var name: String
        var kind: Kind
        var help: String
        /// The names of its labels.
        var labels: [String]
    }

    /// A value of one series.
    enum Value {
        case integer(UInt64)
        case signed(Int)
        case real(Double)
        case durations(DurationHistogram)
    }

    /// One series of a family, with its value.
    typealias Sample = (labels: [(String, String)], value: Value)

    /// What was written.
    private(set) var bytes: [UInt8] = []
    /// The families that were written, in order.
    private(set) var families: [Family] = []
    /// The families that were written, for OTLP.
    private(set) var data: [MetricData] = []
    private let format: Format

    /// An empty page.
    init(format: Format = .text) {
        self.format = format
        bytes.reserveCapacity(32_768)
    }

    /// The page as it is sent.
    consuming func finished() -> [UInt8] {
        if format == .openMetrics { write("# EOF\n") }
        return bytes
    }

    /// Adds a family. One without a series is left out.
    ///
    /// - Parameters:
    ///   - name: without `_total`, which counters get.
    ///   - help: what it means, on one line.
    mutating func add(_ name: String, _ kind: Kind, _ help: String, _ samples: [Sample]) {
        guard let first = samples.first else { return }
        if format == .data { return data.append(MetricData(name, kind, help, samples)) }
        let full = kind == .counter ? name + "_total" : name
        families.append(Family(name: full, kind: kind, help: help, labels: first.labels.map(\.0)))
        let announced = format == .openMetrics ? name : full
        write("# HELP \(announced) ")
        LabelText.append(help, quotes: false, to: &bytes)
        write("\n# TYPE \(announced) \(kind.rawValue)\n")
        for sample in samples {
            switch sample.value {
            case .integer(let number): line(full, sample.labels, String(number))
            case .signed(let number): line(full, sample.labels, String(number))
            case .real(let number): line(full, sample.labels, Self.text(number))
            case .durations(let durations): write(durations, full, sample.labels)
            }
        }
    }

    /// Adds a counter without labels.
    mutating func counter(_ name: String, _ help: String, _ value: UInt64) {
        add(name, .counter, help, [([], .integer(value))])
    }

    /// Adds a gauge without labels.
    mutating func gauge(_ name: String, _ help: String, _ value: UInt64) {
        add(name, .gauge, help, [([], .integer(value))])
    }

    /// A number as both formats take it.
    static func text(_ number: Double) -> String {
        if number.isNaN { return "NaN" }
        if number.isInfinite { return number < 0 ? "-Inf" : "+Inf" }
        return number.description
    }

    /// Nanoseconds as seconds.
    static func seconds(_ nanoseconds: UInt64) -> Double { Double(nanoseconds) / 1_000_000_000 }

    private mutating func write(_ durations: DurationHistogram, _ name: String, _ labels: [(String, String)]) {
        var below: UInt64 = 0
        for bucket in 0..<DurationHistogram.bounds {
            below &+= durations[bucket]
            let bound = Self.text(Self.seconds(DurationHistogram.bound(bucket)))
            line(name + "_bucket", labels + [("le", bound)], String(below))
        }
        line(name + "_bucket", labels + [("le", "+Inf")], String(durations.count))
        line(name + "_sum", labels, Self.text(Self.seconds(durations.sum)))
        line(name + "_count", labels, String(durations.count))
    }

    private mutating func line(_ name: String, _ labels: [(String, String)], _ value: String) {
        write(name)
        if !labels.isEmpty {
            for (index, label) in labels.enumerated() {
                write(index == 0 ? "{" : ",")
                write(label.0)
                write("=\"")
                LabelText.append(label.1, quotes: true, to: &bytes)
                write("\"")
            }
            write("}")
        }
        write(" ")
        write(value)
        write("\n")
    }

    private mutating func write(_ text: String) { bytes.append(contentsOf: text.utf8) }
}

extension MetricData {
    /// A family of a page. Its unit is what its name ends in.
    fileprivate init(_ name: String, _ kind: MetricPage.Kind, _ help: String, _ samples: [MetricPage.Sample]) {
        let own: MetricData.Kind =
            switch kind {
            case .counter: .sum
            case .gauge: .gauge
            case .histogram: .histogram
            }
        let unit = name.hasSuffix("_seconds") ? "s" : name.hasSuffix("_bytes") ? "By" : ""
        let points = samples.map { sample in
            let value: MetricData.Value =
                switch sample.value {
                case .integer(let number): .integer(Int64(clamping: number))
                case .signed(let number): .integer(Int64(number))
                case .real(let number): .real(number)
                case .durations(let durations): .durations(durations)
                }
            return Point(attributes: sample.labels.map { (key: $0.0, value: $0.1) }, value: value)
        }
        self.init(name: name, description: help, unit: unit, kind: own, points: points)
    }
}
