import Logging

/// One line of a log, as text for people or as JSON.
struct LogLine {
    /// Wall clock, ns since 1970.
    var time: UInt64
    var level: Logger.Level
    var message: String
    /// Key and value, sorted by key.
    var metadata: [(key: String, value: String)]

    /// `2025-01-31T12:34:56.789Z info  message key=value`.
    func text(coloured: Bool) -> String {
        let name = Self.name(level)
        let padded = name + String(repeating: " ", count: max(0, 5 - name.count))
        let painted: String
        switch level {
        case .error, .critical: painted = Terminal.paint(padded, .red, if: coloured)
        case .warning: painted = Terminal.paint(padded, .yellow, if: coloured)
        case .trace, .debug: painted = Terminal.paint(padded, .dim, if: coloured)
        case .info, .notice: painted = padded
        }
        let pairs = metadata.map { " " + Terminal.paint($0.key + "=", .dim, if: coloured) + Self.quoted($0.value) }
        return "\(Timestamp.text(time)) \(painted) \(Self.oneLine(message))\(pairs.joined())"
    }

    /// `{"time":...,"level":...,"message":...,key:value}`.
    var json: String {
        let head: [(String, JSONText)] = [
            ("time", .string(Timestamp.text(time))), ("level", .string(Self.name(level))),
            ("message", .string(message)),
        ]
        let taken: Set = ["time", "level", "message"]
        let pairs = metadata.map { pair in
            (taken.contains(pair.key) ? "_" + pair.key : pair.key, JSONText.string(pair.value))
        }
        return JSONText.object(head + pairs).text()
    }

    private static func name(_ level: Logger.Level) -> String {
        switch level {
        case .trace: "trace"
        case .debug: "debug"
        case .info, .notice: "info"
        case .warning: "warn"
        case .error, .critical: "error"
        }
    }

    /// Control characters would let what a peer sent write lines, or colours, of its own.
    private static func oneLine(_ text: String) -> String {
        guard text.unicodeScalars.contains(where: isControl) else { return text }
        return String(String.UnicodeScalarView(text.unicodeScalars.map { isControl($0) ? " " : $0 }))
    }

    private static func isControl(_ character: Unicode.Scalar) -> Bool {
        character.value < 32 || (127...159).contains(character.value)
    }

    private static func quoted(_ value: String) -> String {
        let isPlain =
            !value.isEmpty && !value.unicodeScalars.contains { $0 == " " || $0 == "\"" || $0 == "=" || isControl($0) }
        return isPlain ? value : JSONText.string(oneLine(value)).text()
    }
}
