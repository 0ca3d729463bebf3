/// `service.telemetry`: what the agent tells of itself.
public struct TelemetryConfiguration: Sendable, Equatable {
    /// `metrics`: how it fares, in numbers.
    public var metrics = MetricsConfiguration()
    /// `health`: whether it is well, and whether it is ready.
    public var health = HealthConfiguration()
    /// `logs`: its logs, on stderr.
    public var logs = LogsConfiguration()

    /// The defaults.
    public init() {}

    /// Whether anybody asks for what the requests that are seen say together.
    var derives: Bool { metrics.isDerived && metrics.isRead }
}

extension TelemetryConfiguration: ConfigurationSection {
    static let laterKeys = ["traces", "resource"]
    static let keys: [ConfigurationKey<Self>] = [
        .section("metrics", \.metrics, "How the agent fares, in numbers."),
        .section("health", \.health, "Whether the agent is well, and whether it is ready."),
        .section("logs", \.logs, "The agent's logs, on stderr."),
    ]
}
