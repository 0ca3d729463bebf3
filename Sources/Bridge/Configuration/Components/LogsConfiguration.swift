/// `service.telemetry.logs`: the agent's logs, on stderr.
public struct LogsConfiguration: Sendable, Equatable {
    /// How much is logged.
    public enum Level: String, Sendable, CaseIterable {
        /// Everything, single records included.
        case trace
        /// What helps to find a mistake of ours.
        case debug
        /// What an operator wants to know.
        case info
        /// What an operator should look at.
        case warn
        /// What failed.
        case error
    }

    /// How a line looks.
    public enum Format: String, Sendable, CaseIterable {
        /// For people.
        case text
        /// One JSON object a line.
        case json
    }

    /// `level`: the least severe that is written. Default info.
    public var level = Level.info
    /// `format`: how a line looks. Default text.
    public var format = Format.text

    /// The defaults.
    public init() {}
}

extension LogsConfiguration: ConfigurationSection {
    static let laterKeys = ["encoding", "sampling", "processors", "output_paths", "error_output_paths"]
    static let levelAliases: [String: Level] = ["warning": .warn]
    static let keys: [ConfigurationKey<Self>] = [
        .value("level", \.level, .choice(aliases: levelAliases), "The least severe that is written."),
        .value("format", \.format, .choice(), "How a line looks."),
    ]
}
