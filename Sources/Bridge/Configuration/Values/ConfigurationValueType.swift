/// How one kind of value is written: reads it from text, writes it back, and says what is expected.
struct ConfigurationValueType<Value: Sendable>: Sendable {
    /// The kind, as the documentation's tables name it.
    let name: String
    /// Ends the sentence "expected ...".
    let expectation: String
    /// Values that are documented and come with a later version.
    var later: [String] = []
    /// The value; nil when the text is none.
    let parse: @Sendable (String) -> Value?
    /// The text that reads back as the value.
    let format: @Sendable (Value) -> String

    /// What is wrong with a text that ``parse`` refused.
    func complaint(about text: String) -> String {
        if later.contains(String(text.lowercased().prefix { $0 != "/" })) {
            return "'\(text)' is not available in this version, expected \(expectation)"
        }
        return "expected \(expectation), found '\(ConfigurationProblems.printable(HTTPURL.masked(text)))'"
    }
}

extension ConfigurationValueType<Bool> {
    /// `true` or `false`, in any case.
    static var boolean: Self {
        .init(name: "boolean", expectation: "true or false") { text in
            switch text.lowercased() {
            case "true": true
            case "false": false
            default: nil
            }
        } format: {
            String($0)
        }
    }
}

extension ConfigurationValueType where Value: FixedWidthInteger {
    /// A whole number.
    static func integer(_ range: ClosedRange<Value>) -> Self {
        let bounds = "\(range.lowerBound) to \(range.upperBound)"
        return .init(name: "integer, " + bounds, expectation: "a whole number of " + bounds) { text in
            Value(text).flatMap { range.contains($0) ? $0 : nil }
        } format: {
            String($0)
        }
    }

    /// A number of bytes: `8MiB`, `64KiB`, `1GB`, or a plain number.
    static func byteSize(_ range: ClosedRange<Value>) -> Self {
        let bounds = ByteSize.format(UInt64(range.lowerBound)) + " to " + ByteSize.format(UInt64(range.upperBound))
        return .init(name: "byte size, " + bounds, expectation: "a byte size of \(bounds), such as 8MiB") { text in
            ByteSize.parse(text).flatMap(Value.init(exactly:)).flatMap { range.contains($0) ? $0 : nil }
        } format: {
            ByteSize.format(UInt64($0))
        }
    }
}

extension ConfigurationValueType<UInt64> {
    /// A time in nanoseconds, written as `10s`, `200ms` or `1m30s`.
    static func duration(_ range: ClosedRange<UInt64>) -> Self {
        let bounds = DurationText.format(range.lowerBound) + " to " + DurationText.format(range.upperBound)
        return .init(name: "duration, " + bounds, expectation: "a duration of \(bounds), such as 10s or 200ms") {
            text in
            DurationText.parse(text).flatMap { range.contains($0) ? $0 : nil }
        } format: {
            DurationText.format($0)
        }
    }
}

extension ConfigurationValueType<UInt64> {
    /// How long a request may take, in nanoseconds: 1 ms to 1 h. The Collector's 0, no limit at all, is the longest.
    static var requestTimeout: Self {
        let longest: UInt64 = 3_600_000_000_000
        let duration = Self.duration(1_000_000...longest)
        return .init(name: duration.name, expectation: duration.expectation) { text in
            DurationText.parse(text) == 0 ? longest : duration.parse(text)
        } format: {
            duration.format($0)
        }
    }
}

extension ConfigurationValueType<Double> {
    /// A number.
    static func number(_ range: ClosedRange<Double>) -> Self {
        let bounds = DecimalText.format(range.lowerBound) + " to " + DecimalText.format(range.upperBound)
        return .init(name: "number, " + bounds, expectation: "a number of " + bounds) { text in
            guard text.utf8.allSatisfy({ "0123456789.-+eE".utf8.contains($0) }), let number = Double(text) else {
                return nil
            }
            return range.contains(number) ? number : nil
        } format: {
            DecimalText.format($0)
        }
    }
}

extension ConfigurationValueType where Value: RawRepresentable & CaseIterable, Value.RawValue == String {
    /// One of the cases, in any case of letters.
    ///
    /// - Parameters:
    ///   - values: The cases that can be chosen.
    ///   - aliases: Other spellings, in lower case.
    ///   - later: Values that are documented and come with a later version.
    static func choice(
        _ values: [Value] = Array(Value.allCases), aliases: [String: Value] = [:], later: [String] = []
    ) -> Self {
        let names = values.map(\.rawValue)
        let expectation = names.count == 1 ? names[0] : names.dropLast().joined(separator: ", ") + " or " + names.last!
        return .init(name: names.joined(separator: ", "), expectation: expectation, later: later) { text in
            let text = text.lowercased()
            return values.first { $0.rawValue == text } ?? aliases[text]
        } format: {
            $0.rawValue
        }
    }
}

extension ConfigurationValueType<String> {
    /// A text on one line that is not empty.
    static func text(_ expectation: String) -> Self {
        .init(name: "text", expectation: expectation) { text in
            text.isEmpty || text.unicodeScalars.contains { $0.value < 32 || $0.value == 127 } ? nil : text
        } format: {
            $0
        }
    }

    /// The path of a file.
    static var path: Self { text("the path of a file") }

    /// The path of a folder.
    static var folder: Self { text("the path of a folder") }

    /// The name of a host, perhaps with a port: nothing that would end it in a header or a URL.
    static func host(_ expectation: String) -> Self {
        .init(name: "host", expectation: expectation) { text in
            let isHost = text.utf8.allSatisfy { $0 > 32 && $0 < 127 && !"/?#@\"\\".utf8.contains($0) }
            return isHost && !text.isEmpty && text.utf8.count <= 1024 ? text : nil
        } format: {
            $0
        }
    }

    /// The path of a URL, from its slash on.
    static var urlPath: Self {
        .init(name: "URL path", expectation: "a path such as /v1/traces") { text in
            let isPath = text.hasPrefix("/") && text.utf8.count <= 1024
            return isPath && text.utf8.allSatisfy { $0 > 32 && $0 < 127 && $0 != UInt8(ascii: "?") } ? text : nil
        } format: {
            $0
        }
    }

    /// An `http` or `https` URL.
    static var url: Self {
        .init(name: "URL", expectation: "a URL such as http://localhost:4318") { text in
            HTTPURL(text) == nil ? nil : text
        } format: {
            $0
        }
    }
}
