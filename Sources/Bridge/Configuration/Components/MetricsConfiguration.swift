/// `service.telemetry.metrics`: how the agent fares, in numbers, and what it tells of the requests that it sees.
public struct MetricsConfiguration: Sendable, Equatable {
    /// `address`: where `/metrics` is answered; `none` for nowhere. Default `127.0.0.1:8889`.
    public var address = "127.0.0.1:8889"
    /// `derived`: whether rate, errors and durations of the requests that were seen are among the metrics. Default false.
    public var isDerived = false

    /// `readers`: who is given the metrics beside that, as the Collector has it. Default none.
    public var readers: [MetricsReaderConfiguration] = []

    /// The defaults.
    public init() {}

    /// Where it listens; nil for nowhere.
    public var place: HostPort? {
        let pull = readers.lazy.compactMap(\.pull?.exporter.prometheus).first
        return pull.map { HostPort(host: $0.host, port: $0.port) } ?? HostPort(address)
    }

    /// Whether anybody is given them.
    var isRead: Bool { place != nil || readers.contains { $0.periodic != nil } }
}

extension MetricsConfiguration: ConfigurationSection {
    static let laterKeys = ["views"]
    static let ignoredKeys = ["level"]
    static let keys: [ConfigurationKey<Self>] = [
        .value(
            "address", \.address, .listenAddressOrNone,
            "Where `/metrics` is answered, for Prometheus (docs/telemetry.md); `none` for nowhere."),
        .value(
            "derived", \.isDerived, .boolean,
            "Whether rate, errors and durations of the requests that were seen, and who calls whom, are among the metrics."
        ),
        .sections(
            "readers", \.readers, maximum: MetricsReaderConfiguration.maximum,
            "Who is given the metrics, as the Collector has it: `periodic` has them sent by OTLP, `pull` has `/metrics` answered "
                + "elsewhere than at `address`."),
    ]

    func check(at path: String, _ origin: ConfigurationNode.Origin, _ problems: inout ConfigurationProblems) {
        if readers.count(where: { $0.pull != nil }) > 1 {
            problems.add(path + ".readers", origin, "expected at most one pull")
        }
    }
}
