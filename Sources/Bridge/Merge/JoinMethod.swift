internal import Correlate
internal import Propagation

/// How a span was joined to its parent: exported as `interspan.link.method`.
enum JoinMethod {
    /// By what Correlate found.
    case link(LinkMethod)
    /// By a context on the wire.
    case context(Propagator, ContextPlace)

    /// See ``LinkMethod/isLikelihood``.
    var isLikelihood: Bool {
        if case .link(let method) = self { method.isLikelihood } else { false }
    }

    /// As it is exported.
    var name: StaticString {
        switch self {
        case .link(let method): method.name
        case .context(_, .sqlComment): "sql-comment"
        case .context(let propagator, _): propagator.methodName
        }
    }
}

extension LinkMethod {
    /// Whether it is what looks likeliest rather than what was seen to happen. However likely, a context on the wire is surer.
    var isLikelihood: Bool { self == .values || self == .timing }

    /// As it is exported.
    var name: StaticString {
        switch self {
        case .none: "none"
        case .flow: "flow"
        case .thread: "thread"
        case .socket: "socket"
        case .fork: "fork"
        case .requestID: "x-request-id"
        case .goroutine: "goroutine"
        case .task: "task"
        case .values: "values"
        case .timing: "timing"
        }
    }
}

extension Propagator {
    /// The header that a context of this dialect stands in, or the dialect's name where it has several.
    fileprivate var methodName: StaticString {
        switch self {
        case .tracecontext: "traceparent"
        case .sw8: "sw8"
        case .jaeger: "uber-trace-id"
        case .b3: "b3"
        case .xray: "x-amzn-trace-id"
        case .ottrace: "ot-tracer"
        case .datadog: "x-datadog"
        case .cloudtrace: "x-cloud-trace-context"
        case .brpc: "x-bd"
        case .keys: "keys"
        }
    }
}
