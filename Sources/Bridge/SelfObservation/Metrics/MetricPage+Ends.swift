internal import OTLP

/// What receivers and exporters count, in the Collector's names.
extension MetricPage {
    mutating func write(_ receivers: [(name: String, counters: ReceiverCounters)]) {
        func each(_ value: (ReceiverCounters) -> UInt64) -> [Sample] {
            receivers.map { ([("receiver", $0.name)], .integer(value($0.counters))) }
        }
        for signal in Signal.allCases {
            let items = signal.snakeCase
            add(
                "interspan_receiver_accepted_" + items, .counter, "Items that were taken.", each { $0[signal].accepted }
            )
            add(
                "interspan_receiver_refused_" + items, .counter,
                "Items that there was no room or no pipeline for; their senders were told so.",
                each { $0[signal].refused })
            add(
                "interspan_receiver_rejected_" + items, .counter,
                "Items that are ill-formed; their senders were told so.",
                each { $0[signal].rejected })
        }
        add(
            "interspan_receiver_requests", .counter, "Requests that were answered, whatever the answer.",
            each(\.requests))
        add(
            "interspan_receiver_failed_requests", .counter, "Requests and connections that came to nothing, by reason.",
            receivers.flatMap { name, counters in
                counters.failures.map { ([("receiver", name), ("reason", $0.reason)], .integer($0.count)) }
            })
        add(
            "interspan_receiver_accepted_connections", .counter, "Connections that were taken.",
            each(\.connectionsAccepted))
        add(
            "interspan_receiver_connections", .gauge, "Connections that are open.",
            each { UInt64(max($0.connectionsOpen, 0)) })
        add(
            "interspan_receiver_in_flight_bytes", .gauge, "Bytes of requests that have not been answered.",
            each { UInt64(max($0.bytesInFlight, 0)) })
    }

    mutating func write(_ exporters: [ExporterStatus]) {
        for signal in Signal.allCases {
            let some = exporters.filter { $0.signal == signal }
            let items = signal.snakeCase
            func each(_ value: (ExporterCounters) -> UInt64) -> [Sample] {
                some.map { ([("exporter", $0.name)], .integer(value($0.counters))) }
            }
            add(
                "interspan_exporter_accepted_" + items, .counter,
                "Items that were taken into the queue: sent, dropped or queued.", each(\.accepted))
            add("interspan_exporter_sent_" + items, .counter, "Items that were delivered.", each(\.sent))
            add(
                "interspan_exporter_queued_" + items, .gauge, "Items that wait or are on their way.", each(\.queued))
            add(
                "interspan_exporter_send_failed_" + items, .counter,
                "Items that were taken and not delivered because sending, or writing, failed for good.",
                each { counters in DropReason.allCases.filter(\.isFailure).reduce(0) { $0 &+ counters.dropped($1) } })
            add(
                "interspan_exporter_enqueue_failed_" + items, .counter,
                "Items that were not taken because the queue was full.", each(\.refused))
            add(
                "interspan_exporter_dropped_" + items, .counter, "Items that were taken and not delivered, by reason.",
                some.flatMap { exporter in
                    DropReason.allCases.map { reason in
                        (
                            [("exporter", exporter.name), ("reason", reason.rawValue)],
                            .integer(exporter.counters.dropped(reason))
                        )
                    }
                })
        }
        func each(_ some: [ExporterStatus], _ value: (ExporterStatus) -> Value) -> [Sample] {
            some.map { ([("exporter", $0.name), ("data_type", $0.signal.pipelineType)], value($0)) }
        }
        add(
            "interspan_exporter_queue_size", .gauge, "What the queue holds, in the unit of its sizer.",
            each(exporters) { .signed($0.counters.queueSize) })
        add(
            "interspan_exporter_queue_capacity", .gauge, "What the queue may hold, in the same unit.",
            each(exporters) { .signed($0.counters.queueCapacity) })
        add(
            "interspan_exporter_retries", .counter, "Requests that were sent again.",
            each(exporters) { .integer($0.counters.retries) })
        let reached = exporters.filter { $0.backend != nil }
        add(
            "interspan_exporter_backend_up", .gauge,
            "Whether whom it delivers to answered last: 1, else 0. Without service.telemetry.health only requests tell.",
            each(reached) { .integer($0.backend == .answering ? 1 : 0) })
        add(
            "interspan_exporter_request_seconds", .histogram, "How long requests took, answered or not.",
            each(reached) { .durations($0.requests?.durations ?? DurationHistogram()) })
        add(
            "interspan_exporter_failed_requests", .counter,
            "Requests that were not answered, or answered with a call to come again.",
            each(reached) { .integer($0.requests?.failed ?? 0) })
        add(
            "interspan_exporter_probes", .counter, "Connections that were tried while there was nothing to deliver.",
            each(reached) { .integer($0.requests?.probes ?? 0) })
    }
}

extension ReceiverCounters {
    /// Requests and connections that came to nothing, by reason.
    var failures: [(reason: String, count: UInt64)] {
        [
            ("malformed", malformed), ("too_large", tooLarge), ("busy", busy), ("unsupported", unsupported),
            ("timeouts", timeouts), ("aborted", aborted), ("protocol_errors", protocolErrors),
            ("tls_failures", tlsFailures), ("connections_refused", connectionsRefused),
        ]
    }
}

extension DropReason {
    /// Whether it was the delivery that failed, rather than the time or the room that was missing.
    fileprivate var isFailure: Bool {
        switch self {
        case .retriesExhausted, .notRetryable, .rejected, .encoding, .writeFailed: true
        case .shutdown, .evicted, .corrupt: false
        }
    }
}
