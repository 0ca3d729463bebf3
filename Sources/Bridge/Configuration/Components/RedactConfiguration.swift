/// `processors.redact`: what of the requests leaves in spans. It always runs, last, on the spans that are made here; naming
/// it sets more.
public struct RedactConfiguration: Sendable, Equatable {
    /// `headers`: which headers become attributes.
    public var headers = RedactHeadersConfiguration()
    /// `query`: what is done with queries of URLs. Default mask.
    public var query = TextRule.mask
    /// `sql`: what is done with statements. Default mask.
    public var sql = TextRule.mask
    /// `patterns`: what is replaced wherever it occurs. Default none.
    public var patterns: [RedactionPattern] = []

    /// The defaults.
    public init() {}
}

extension RedactConfiguration: ConfigurationComponent {
    static let type = "redact"
    static let summary =
        "What of the requests leaves in the spans that are made here; SDKs' spans pass as they are. Always runs, last; one per"
        + " agent."
    static let keys: [ConfigurationKey<Self>] = [
        .section("headers", \.headers, "Headers of requests and responses."),
        .value(
            "query", \.query, .choice(),
            "What is done with the queries of URLs: `mask` leaves names and replaces all values, `drop` leaves queries out,"
                + " `keep` replaces only values whose names are those of secrets."),
        .value(
            "sql", \.sql, .choice(),
            "What is done with SQL statements: `mask` replaces their literals, `drop` leaves only their summary, `keep` leaves"
                + " them as they were sent, but for those that deal with passwords and their like."),
        .patterns("patterns", \.patterns),
    ]

    func check(at path: String, _ origin: ConfigurationNode.Origin, _ problems: inout ConfigurationProblems) {
        do throws(Pattern.Mistake) {
            _ = try PatternSet(patterns)
        } catch {
            problems.add(path + ".patterns", origin, "expected less in all patterns together: \(error.message)")
        }
    }
}

/// `processors.redact.headers`: which headers become attributes.
public struct RedactHeadersConfiguration: Sendable, Equatable {
    /// Most names: each header of each message is held against them.
    static let maximumNames = 32

    /// `allow`: headers that become attributes, in lower case. Default none.
    public var allowed: [String] = []

    /// The defaults.
    public init() {}
}

extension RedactHeadersConfiguration: ConfigurationSection {
    static let keys: [ConfigurationKey<Self>] = [
        .list(
            "allow", \.allowed, of: .headerName,
            "Headers that become attributes `http.request.header.<name>` and `http.response.header.<name>`. Values of those"
                + " that carry credentials are replaced even so.")
    ]

    func check(at path: String, _ origin: ConfigurationNode.Origin, _ problems: inout ConfigurationProblems) {
        if allowed.count > Self.maximumNames {
            problems.add(path + ".allow", origin, "expected at most \(Self.maximumNames) names")
        }
    }
}
