/// Durations in nanoseconds as the OpenTelemetry Collector (and Go) write them.
enum DurationText {
    private static let units: [(name: String, nanoseconds: UInt64)] = [
        ("ns", 1), ("us", 1_000), ("µs", 1_000), ("ms", 1_000_000), ("s", 1_000_000_000), ("m", 60_000_000_000),
        ("h", 3_600_000_000_000),
    ]

    /// Nanoseconds of `10s`, `1.5s`, `1m30s`, `0`; nil for anything else, a number without a unit included.
    static func parse(_ text: String) -> UInt64? {
        if text == "0" { return 0 }
        guard !text.isEmpty, text.utf8.count <= 64 else { return nil }
        var rest = text[...]
        var total: UInt64 = 0
        while !rest.isEmpty {
            let number = rest.prefix { $0.isASCII && ($0.isWholeNumber || $0 == ".") }
            rest = rest[number.endIndex...]
            let unit = rest.prefix { !($0.isWholeNumber || $0 == ".") }
            rest = rest[unit.endIndex...]
            guard let factor = units.first(where: { $0.name == unit })?.nanoseconds,
                let part = scaled(number, by: factor)
            else { return nil }
            let (sum, overflow) = total.addingReportingOverflow(part)
            guard !overflow else { return nil }
            total = sum
        }
        return total
    }

    private static func scaled(_ number: Substring, by factor: UInt64) -> UInt64? {
        if let whole = UInt64(number) {
            let (product, overflow) = whole.multipliedReportingOverflow(by: factor)
            return overflow ? nil : product
        }
        guard let fraction = Double(number) else { return nil }
        let product = (fraction * Double(factor)).rounded()
        return product >= 0 && product < 9e18 ? UInt64(product) : nil
    }

    /// The largest unit that divides it: `5m`, `90s`, `200ms`.
    static func format(_ nanoseconds: UInt64) -> String {
        guard nanoseconds > 0 else { return "0s" }
        for (name, size) in units.reversed() where name != "µs" && nanoseconds.isMultiple(of: size) {
            return "\(nanoseconds / size)\(name)"
        }
        return "\(nanoseconds)ns"
    }
}

/// Numbers with a fraction, written without one when there is none.
enum DecimalText {
    /// `0.5`, `1`.
    static func format(_ number: Double) -> String {
        Int64(exactly: number).map { String($0) } ?? String(number)
    }
}
