public import Propagation

/// `processors.merge`: joining the traces that exist. It runs with its defaults unless it is disabled.
public struct MergeConfiguration: Sendable, Equatable {
    /// `enabled`: whether contexts on requests are heeded. Default true.
    public var isEnabled = true
    /// `propagators`: the formats that are read, first wins. Default all there are.
    public var propagators: [Propagator] = [.tracecontext]

    /// The defaults.
    public init() {}
}

extension MergeConfiguration: ConfigurationComponent {
    static let type = "merge"
    static let summary =
        "Joins the traces that the requests' contexts name. Runs with its defaults unless disabled; one per agent."
    static let laterKeys = ["native", "sql_comments", "sdk_spans", "reroot", "ttl", "wait", "keys"]
    static let laterPropagators = ["sw8", "jaeger", "b3", "xray", "ottrace", "datadog", "cloudtrace", "brpc"]
    static let keys: [ConfigurationKey<Self>] = [
        .value("enabled", \.isEnabled, .boolean, "Whether trace contexts on requests are heeded."),
        .list(
            "propagators", \.propagators, of: .choice(later: laterPropagators),
            "The formats of contexts that are read; the first that is there wins."),
    ]
}
