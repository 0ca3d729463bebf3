internal import OTLP

/// What the requests that were seen say, in the names of Tempo's metrics generator
/// (https://grafana.com/docs/tempo/latest/metrics-from-traces/).
extension MetricPage {
    /// The label of the series that stands for all that there was no room for, as in the OpenTelemetry SDKs.
    private static let overflow = [("otel_metric_overflow", "true")]

    mutating func write(_ derived: DerivedMetrics) {
        func spans(_ value: (DerivedMetrics.SpanValues) -> Value) -> [Sample] {
            derived.spans.all.map { labels, values in
                (labels.map { zip(DerivedMetrics.spanLabels, $0).map { ($0, $1) } } ?? Self.overflow, value(values))
            }
        }
        func edges(_ value: (DerivedMetrics.EdgeValues) -> Value) -> [Sample] {
            derived.edges.all.map { labels, values in
                (labels.map { zip(DerivedMetrics.edgeLabels, $0).map { ($0, $1) } } ?? Self.overflow, value(values))
            }
        }
        add("traces_spanmetrics_calls", .counter, "Spans.", spans { .integer($0.durations.count) })
        add("traces_spanmetrics_latency", .histogram, "How long they took.", spans { .durations($0.durations) })
        add("traces_service_graph_request", .counter, "Requests between two services.", edges { .integer($0.requests) })
        add(
            "traces_service_graph_request_failed", .counter, "Those of them that failed.", edges { .integer($0.failed) }
        )
        add(
            "traces_service_graph_request_server_seconds", .histogram, "How long they took at the server.",
            edges { .durations($0.server) })
        add(
            "traces_service_graph_request_client_seconds", .histogram, "How long they took at the client.",
            edges { .durations($0.client) })
        func both(_ spans: UInt64, _ edges: UInt64) -> [Sample] {
            [([("metric", "spanmetrics")], .integer(spans)), ([("metric", "service_graph")], .integer(edges))]
        }
        add(
            "interspan_derived_series", .gauge, "Series of derived metrics.",
            both(UInt64(derived.spans.count), UInt64(derived.edges.count)))
        add(
            "interspan_derived_overflowed", .counter, "What was counted in the overflow series for want of room.",
            both(derived.spans.overflowed, derived.edges.overflowed))
        add(
            "interspan_derived_swept_series", .counter, "Series that were forgotten since nothing came for them.",
            both(derived.spans.swept, derived.edges.swept))
        counter(
            "interspan_derived_unpaired_spans",
            "Spans whose other end was not seen and is nobody that has a name: no request of the service graph.",
            derived.unpaired)
        counter(
            "interspan_derived_dropped_spans", "Spans that the service graph had no room for.", derived.dropped)
    }
}
