/// The kinds of telemetry that OTLP carries. Each has an endpoint, a queue and counters of its own.
public enum Signal: Int, Sendable, CaseIterable {
    /// Spans.
    case traces
    /// Metrics; counted by data point.
    case metrics
    /// Log records.
    case logs

    /// What OTLP/HTTP adds to a base URL (https://opentelemetry.io/docs/specs/otlp/#otlphttp-request).
    public var path: StaticString {
        switch self {
        case .traces: "v1/traces"
        case .metrics: "v1/metrics"
        case .logs: "v1/logs"
        }
    }

    /// The path of the gRPC method (opentelemetry-proto, collector/*/v1/*_service.proto).
    public var method: StaticString {
        switch self {
        case .traces: "/opentelemetry.proto.collector.trace.v1.TraceService/Export"
        case .metrics: "/opentelemetry.proto.collector.metrics.v1.MetricsService/Export"
        case .logs: "/opentelemetry.proto.collector.logs.v1.LogsService/Export"
        }
    }

    /// What is counted, for people.
    public var items: StaticString {
        switch self {
        case .traces: "spans"
        case .metrics: "data points"
        case .logs: "log records"
        }
    }
}
