internal import OTLP

/// What was counted of traces that leave or do not, and of what is written into spans.
extension MetricPage {
    mutating func write(_ sample: SampleCounters) {
        add(
            "interspan_sample_left_out_spans", .counter,
            "Spans that were left out with their trace, by who made them and by why.",
            [("captured", sample.out), ("received", sample.receivedOut)].flatMap { origin, out in
                [
                    ([("origin", origin), ("reason", "ratio")], .integer(out.ratio)),
                    ([("origin", origin), ("reason", "rate_limit")], .integer(out.rateLimit)),
                ]
            })
        counter(
            "interspan_sample_refused_spans",
            "Spans of SDKs that were held and kept, and that no exporter had room for then.", sample.receivedRefused)
        add(
            "interspan_sample_kept_traces", .counter,
            "Traces that were kept by a rule and would have been left out otherwise, by the rule.",
            CounterFields.of(sample.keptByRule).map { ([("rule", $0.name)], .integer($0.count)) })
        add(
            "interspan_sample_given_up_traces", .counter,
            "Traces that were held and left out in the end, by what ended the waiting.",
            CounterFields.of(sample.ended).map { ([("reason", $0.name)], .integer($0.count)) })
        counter(
            "interspan_sample_forgotten_traces",
            "Traces of which it was forgotten what had been decided, to make room.",
            sample.forgotten)
        counter(
            "interspan_sample_overflowed_traces",
            "Traces that were counted as of one operation with others, since there were too many operations.",
            sample.overflowed)
        gauge("interspan_sample_held_spans", "Spans that are held while their trace is undecided.", sample.heldSpans)
        gauge("interspan_sample_held_bytes", "Bytes of them.", sample.heldBytes)
        gauge("interspan_sample_open_traces", "Traces that are undecided.", sample.openTraces)
    }

    mutating func write(_ mapping: MappingCounters, labelsLeftOut: UInt64) {
        add(
            "interspan_mapping_redacted_texts", .counter,
            "Texts of spans in which something was replaced, by what was found.",
            CounterFields.of(mapping.redaction).map { ([("finding", $0.name)], .integer($0.count)) })
        let routes = [("server", mapping.serverRoutes), ("client", mapping.clientRoutes)]
        add(
            "interspan_mapping_route_services", .gauge, "Services of which routes are known, by the end that was seen.",
            routes.map { ([("role", $0.0)], .integer($0.1.services)) })
        add(
            "interspan_mapping_route_parts", .gauge, "Parts of the routes that are known.",
            routes.map { ([("role", $0.0)], .integer($0.1.parts)) })
        add(
            "interspan_mapping_refused_routes", .counter,
            "Paths for which no route was looked for, since there were too many services.",
            routes.map { ([("role", $0.0)], .integer($0.1.refused)) })
        counter(
            "interspan_identity_labels_left_out", "Labels of containers that were too long, or too many.", labelsLeftOut
        )
    }
}
