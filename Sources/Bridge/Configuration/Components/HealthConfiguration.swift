/// `service.telemetry.health`: whether the agent is well, and whether it is ready.
public struct HealthConfiguration: Sendable, Equatable {
    /// `address`: where `/healthz` and `/readyz` are answered; `none` for nowhere. Default `127.0.0.1:13133`, the port of the
    /// Collector's health check.
    public var address = "127.0.0.1:13133"

    /// The defaults.
    public init() {}

    /// Where it listens; nil for nowhere.
    public var place: HostPort? { HostPort(address) }
}

extension HealthConfiguration: ConfigurationSection {
    static let keys: [ConfigurationKey<Self>] = [
        .value(
            "address", \.address, .listenAddressOrNone,
            "Where `/healthz` and `/readyz` are answered (docs/telemetry.md); `none` for nowhere.")
    ]
}
