/// `processors.merge.keys`: names of headers, or of what a protocol has for them, beside those of the propagators. They are
/// in lower case, and match in any.
public struct MergeKeysConfiguration: Sendable, Equatable {
    /// Most names in a list: each message is asked for each.
    static let maximumNames = 16

    /// `trace_id`: headers that hold a trace's id. Default none.
    public var traceID: [String] = []
    /// `span_id`: headers that hold the id of the caller's span. Default none.
    public var spanID: [String] = []
    /// `request_id`: headers by which proxies mark a request. Default those of well-known proxies.
    public var requestID = ["x-request-id", "x-correlation-id", "x-bfe-log-id", "stgw-request-id", "x-blb-request-id"]

    /// The defaults.
    public init() {}
}

extension MergeKeysConfiguration: ConfigurationSection {
    static let keys: [ConfigurationKey<Self>] = [
        .list("trace_id", \.traceID, of: .headerName, "Headers that hold the id of the caller's trace, in hex."),
        .list("span_id", \.spanID, of: .headerName, "Headers that hold the id of the caller's span, in hex."),
        .list(
            "request_id", \.requestID, of: .headerName,
            "Headers by which proxies mark a request: one value on both sides of a proxy ties them together."),
    ]

    func check(at path: String, _ origin: ConfigurationNode.Origin, _ problems: inout ConfigurationProblems) {
        for (key, names) in [("trace_id", traceID), ("span_id", spanID), ("request_id", requestID)]
        where names.count > Self.maximumNames {
            problems.add(path + "." + key, origin, "expected at most \(Self.maximumNames) names")
        }
        if traceID.isEmpty, !spanID.isEmpty {
            problems.warn(path + ".span_id", origin, "has no effect without trace_id, since a span is one of a trace")
        }
    }
}
