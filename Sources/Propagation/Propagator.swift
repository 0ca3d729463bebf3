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

    /// The names, in lower case, of the headers or properties that a context of this dialect stands in. On the wire they
    /// match in any case.
    public var names: [String] { ContextName.allCases.filter { $0.propagator == self }.map(\.rawValue) }
}

/// A name that a part of a context stands under.
enum ContextName: String, CaseIterable {
    case traceparent
    case tracestate

    /// The dialect it is a part of.
    var propagator: Propagator {
        switch self {
        case .traceparent, .tracestate: .tracecontext
        }
    }

    /// What a name on the wire means, whatever its case; nil when it carries no context.
    init?(_ name: UnsafeRawBufferPointer) {
        if name.equalsIgnoringCase("traceparent") {
            self = .traceparent
        } else if name.equalsIgnoringCase("tracestate") {
            self = .tracestate
        } else {
            return nil
        }
    }
}
