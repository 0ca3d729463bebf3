/// A page of metrics as text (Prometheus' format 0.0.4), read for its whole numbers. What answers at an address may be
/// anybody: a line that is none is passed over, and nothing is taken from it.
struct MetricText {
    private struct Series {
        var labels: [String: String]
        var value: Int64
    }

    /// Most series that are read.
    private static let maximum = 65_536

    private var series: [String: [Series]] = [:]

    /// Reads a page.
    init(_ bytes: [UInt8]) {
        var count = 0
        for line in bytes.split(separator: UInt8(ascii: "\n")) where line.first != UInt8(ascii: "#") {
            guard count < Self.maximum else { return }
            guard let (name, read) = Self.read(line) else { continue }
            series[name, default: []].append(read)
            count += 1
        }
    }

    /// Whether there is such a metric.
    func has(_ metric: String) -> Bool { series[metric] != nil }

    /// All series of a metric that have these labels, together; nil when there is none.
    func sum(_ metric: String, _ labels: [String: String]) -> Int64? {
        let found = (series[metric] ?? []).filter { series in
            labels.allSatisfy { series.labels[$0.key] == $0.value }
        }
        return found.isEmpty ? nil : found.reduce(0) { $0 &+ $1.value }
    }

    /// The values of a label of a metric, each once, in order.
    func values(of label: String, on metric: String) -> [String] {
        Set((series[metric] ?? []).compactMap { $0.labels[label] }).sorted()
    }

    /// `name{label="value",...} number`
    private static func read(_ line: ArraySlice<UInt8>) -> (String, Series)? {
        guard let end = line.firstIndex(where: { $0 == UInt8(ascii: "{") || $0 == UInt8(ascii: " ") }) else {
            return nil
        }
        var rest = line[end...]
        var labels: [String: String] = [:]
        if rest.first == UInt8(ascii: "{") {
            rest = rest.dropFirst()
            while rest.first != UInt8(ascii: "}") {
                guard let (name, value) = readLabel(&rest) else { return nil }
                labels[name] = value
                if rest.first == UInt8(ascii: ",") { rest = rest.dropFirst() }
            }
            rest = rest.dropFirst()
        }
        let words = rest.split(separator: UInt8(ascii: " "))
        guard let word = words.first, let number = Double(String(decoding: word, as: UTF8.self)),
            let value = Int64(exactly: number)
        else { return nil }
        return (String(decoding: line[..<end], as: UTF8.self), Series(labels: labels, value: value))
    }

    private static func readLabel(_ rest: inout ArraySlice<UInt8>) -> (String, String)? {
        guard let equals = rest.firstIndex(of: UInt8(ascii: "=")) else { return nil }
        let name = String(decoding: rest[..<equals], as: UTF8.self)
        rest = rest[(equals + 1)...]
        guard rest.popFirst() == UInt8(ascii: "\"") else { return nil }
        var value: [UInt8] = []
        while let byte = rest.popFirst() {
            switch byte {
            case UInt8(ascii: "\""): return (name, String(decoding: value, as: UTF8.self))
            case UInt8(ascii: "\\"):
                guard let escaped = rest.popFirst() else { return nil }
                value.append(escaped == UInt8(ascii: "n") ? UInt8(ascii: "\n") : escaped)
            default: value.append(byte)
            }
        }
        return nil
    }
}
