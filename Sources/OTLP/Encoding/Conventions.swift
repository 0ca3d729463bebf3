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
}
