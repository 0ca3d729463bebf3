/// The dialects of trace context that are read, by the names that `OTEL_PROPAGATORS` and the configuration use.
public enum Propagator: String, CaseIterable, Sendable {
    /// W3C Trace Context, level 1 and 2.
    case tracecontext
    /// SkyWalking's `sw8`.
    case sw8
    /// Jaeger's `uber-trace-id`.
    case jaeger
    /// Zipkin's B3, in one header or several.
    case b3
    /// AWS X-Ray.
    case xray
    /// OpenTracing's `ot-tracer-…`.
    case ottrace
    /// Datadog.
    case datadog
    /// Google Cloud.
    case cloudtrace
    /// brpc's `x-bd-…`.
    case brpc
    /// Names that the configuration gives (`merge.keys`). Not a value of `merge.propagators`: read after all of those.
    case keys

    /// Those that a configuration may name, in the order in which they count by default.
    public static let configurable: [Propagator] = allCases.filter { $0 != .keys }

    /// The names, in lower case, of the headers or properties that a context of this dialect stands in. On the wire they
    /// match in any case. Of ``keys`` there are none: the configuration has them.
    public var names: [String] { ContextName.allCases.filter { $0.propagator == self }.map(\.rawValue) }

    /// Its place among all, from 0.
    var index: Int {
        switch self {
        case .tracecontext: 0
        case .sw8: 1
        case .jaeger: 2
        case .b3: 3
        case .xray: 4
        case .ottrace: 5
        case .datadog: 6
        case .cloudtrace: 7
        case .brpc: 8
        case .keys: 9
        }
    }
}

/// Some of the dialects.
struct PropagatorSet: OptionSet {
    let rawValue: UInt16

    init(rawValue: UInt16) { self.rawValue = rawValue }

    init(_ propagator: Propagator) { rawValue = 1 << UInt16(propagator.index) }
}
