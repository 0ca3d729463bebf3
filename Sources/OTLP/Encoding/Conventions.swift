/// What every request of ours says about who made its spans.
public enum Conventions {
    /// The instrumentation scope of our spans.
    public static let scopeName: StaticString = "interspan"
    /// The version of our scope, which is that of the program.
    public static let scopeVersion: StaticString = "0.1.0"
    /// The version of OpenTelemetry's semantic conventions that resources and spans follow.
    public static let schemaURL: StaticString = "https://opentelemetry.io/schemas/1.44.0"
    /// The attribute that says how a span was joined to its parent.
    public static let linkMethod: StaticString = "interspan.link.method"
    /// The attribute that says how sure that is.
    public static let linkConfidence: StaticString = "interspan.link.confidence"
    /// The attribute that says which exchange a span is an end of.
    public static let exchangeID: StaticString = "interspan.exchange.id"
    /// The attribute with the trace that a span said it belonged to, before it was joined to another.
    public static let originalTraceID: StaticString = "interspan.original.trace_id"
    /// The attribute that says by how much the clocks of a span and its parent differ, ns.
    public static let clockSkew: StaticString = "interspan.clock.skew_ns"
}
