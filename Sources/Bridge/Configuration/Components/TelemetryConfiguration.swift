/// `service.telemetry`: what the agent tells of itself.
public struct TelemetryConfiguration: Sendable, Equatable {
    /// `logs`: its logs, on stderr.
    public var logs = LogsConfiguration()

    /// The defaults.
    public init() {}
}

extension TelemetryConfiguration: ConfigurationSection {
    static let laterKeys = ["metrics", "health", "traces", "resource"]
    static let keys: [ConfigurationKey<Self>] = [
        .section("logs", \.logs, "The agent's logs, on stderr.")
    ]
}
