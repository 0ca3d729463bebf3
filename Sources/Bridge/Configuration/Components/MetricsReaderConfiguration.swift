/// One of `service.telemetry.metrics.readers`: who is given the agent's own metrics, in the Collector's terms, which are those of
/// OpenTelemetry's declarative configuration (github.com/open-telemetry/opentelemetry-configuration).
public struct MetricsReaderConfiguration: Sendable, Equatable {
    /// `periodic`: sends them now and then.
    public var periodic: PeriodicReaderConfiguration?
    /// `pull`: has them asked for.
    public var pull: PullReaderConfiguration?

    /// Neither.
    public init() {}
}

extension MetricsReaderConfiguration: ConfigurationSection {
    /// Most of them.
    static let maximum = 16
    static let keys: [ConfigurationKey<Self>] = [
        .optionalSection("periodic", \.periodic, heedsEmpty: true, "Sends them by OTLP, now and then."),
        .optionalSection(
            "pull", \.pull, heedsEmpty: true, "Has them asked for by Prometheus, instead of at `address`."),
    ]

    func check(at path: String, _ origin: ConfigurationNode.Origin, _ problems: inout ConfigurationProblems) {
        if (periodic == nil) == (pull == nil) { problems.add(path, origin, "expected periodic or pull") }
    }
}

/// `periodic`: the agent's own metrics, sent now and then.
public struct PeriodicReaderConfiguration: Sendable, Equatable {
    /// `interval`: from one time to the next, ms. 1000...86400000, default 60000.
    public var interval: UInt32 = 60_000
    /// `exporter`: by whom.
    public var exporter = PeriodicExporterConfiguration()

    /// The defaults.
    public init() {}
}

extension PeriodicReaderConfiguration: ConfigurationSection {
    static let laterKeys = ["producers", "cardinality_limits"]
    /// An exporter of ours never makes its reader wait.
    static let ignoredKeys = ["timeout"]
    static let keys: [ConfigurationKey<Self>] = [
        .value("interval", \.interval, .integer(1000...86_400_000), "From one time to the next, ms."),
        .section("exporter", \.exporter, "By whom they are sent."),
    ]

    func check(at path: String, _ origin: ConfigurationNode.Origin, _ problems: inout ConfigurationProblems) {
        let place = path + ".exporter"
        if exporter.otlp == nil, !problems.errors.contains(where: { $0.path.hasPrefix(place) }) {
            problems.add(place, origin, "expected otlp with an endpoint")
        }
    }
}

/// `exporter`: who sends the agent's own metrics.
public struct PeriodicExporterConfiguration: Sendable, Equatable {
    /// `otlp`: by OTLP.
    public var otlp: MetricsExporterConfiguration?

    /// Nobody.
    public init() {}
}

extension PeriodicExporterConfiguration: ConfigurationSection {
    static let laterKeys = ["console"]
    static let keys: [ConfigurationKey<Self>] = [
        .optionalSection("otlp", \.otlp, heedsEmpty: true, "By OTLP, with a queue and retries of its own.")
    ]
}

/// `pull`: the agent's own metrics for whoever asks.
public struct PullReaderConfiguration: Sendable, Equatable {
    /// `exporter`: how they are told.
    public var exporter = PullExporterConfiguration()

    /// The defaults.
    public init() {}
}

extension PullReaderConfiguration: ConfigurationSection {
    static let laterKeys = ["producers", "cardinality_limits"]
    static let keys: [ConfigurationKey<Self>] = [.section("exporter", \.exporter, "How they are told.")]
}

/// `exporter`: how the agent's own metrics are told to whoever asks.
public struct PullExporterConfiguration: Sendable, Equatable {
    /// `prometheus`: as Prometheus asks for them.
    public var prometheus = PrometheusReaderConfiguration()

    /// The defaults.
    public init() {}
}

extension PullExporterConfiguration: ConfigurationSection {
    static let keys: [ConfigurationKey<Self>] = [.section("prometheus", \.prometheus, "As Prometheus asks for them.")]
}

/// `prometheus`: where `/metrics` is answered.
public struct PrometheusReaderConfiguration: Sendable, Equatable {
    /// `host`: at which address. Default localhost.
    public var host = "localhost"
    /// `port`: at which port. 1...65535, default 8888, as the Collector's.
    public var port: UInt16 = 8888

    /// The defaults.
    public init() {}
}

extension PrometheusReaderConfiguration: ConfigurationSection {
    static let ignoredKeys = [
        "without_scope_info", "without_units", "without_type_suffix", "with_resource_constant_labels",
        "translation_strategy", "without_target_info",
    ]
    static let keys: [ConfigurationKey<Self>] = [
        .value("host", \.host, .host("a host's name or address"), "At which address `/metrics` is answered."),
        .value("port", \.port, .integer(1...65_535), "At which port."),
    ]
}
