internal import Capture
internal import Correlate

/// What the capture thread counts.
extension MetricPage {
    mutating func write(_ counted: CaptureLoop.Counted) {
        let capture = counted.capture
        add(
            "interspan_capture_info", .gauge, "1, with the way of hooking that is in use.",
            [([("hook", counted.hook)], .integer(1))])
        counter(
            "interspan_capture_hooked", "Events that the kernel programs were called for and did not filter.",
            capture.hooked)
        counter(
            "interspan_capture_submitted",
            "Records that the kernel programs handed over. Hooked less what was dropped.",
            capture.submitted)
        counter(
            "interspan_capture_consumed", "Records that were read. Submitted less what lies in the rings.",
            capture.consumed)
        add(
            "interspan_capture_lost", .counter,
            "What was not seen, by reason; each reason counts what it says: records, connections, messages.",
            LossReason.allCases.map { ([("reason", $0.snakeCase)], .integer(capture.losses[$0])) })
        writeShedding(capture.shedding)
        counter("interspan_capture_opened_exchanges", "Ends of exchanges that were opened.", capture.opened)
        counter(
            "interspan_capture_closed_exchanges", "Ends of exchanges that were closed. Opened less what is under way.",
            capture.closed)
        counter(
            "interspan_capture_passed_over_exchanges",
            "Ends of exchanges that were never opened, being of interest only when they fail.", capture.passedOver)
        gauge("interspan_capture_connections", "Connections that are followed.", capture.connections)
        add(
            "interspan_capture_recognised_connections", .counter,
            "How often a connection was recognised as one of a protocol.",
            ApplicationProtocol.allCases.map { ([("protocol", "\($0)")], .integer(capture.recognised[$0])) })
        add(
            "interspan_capture_delay_seconds", .gauge,
            "How old what was read last may be: records are held back so that those of all processors can be put in order.",
            [([], .real(Self.seconds(counted.delay)))])
        add(
            "interspan_capture_examined_processes", .counter,
            "Processes that were looked at for goroutines, tasks and virtual threads, by what was found.",
            counted.units.named.map { ([("finding", $0.name)], .integer($0.count)) })
        add(
            "interspan_correlate_model_files", .counter, "What became of files with what was learned.",
            CounterFields.of(counted.models).map { ([("outcome", $0.name)], .integer($0.count)) })
    }

    private mutating func writeShedding(_ shedding: SheddingCounters) {
        add(
            "interspan_capture_shed_ratio", .gauge, "The part of all connections that is left out, 0 to 1.",
            [([], .real(shedding.share))])
        counter(
            "interspan_capture_shed_connections", "How often an end of a connection began to be left out.",
            shedding.connections)
        counter(
            "interspan_capture_shed_exchanges",
            "Ends of exchanges that were cut so, or began before both ends were sure to be seen again.",
            shedding.exchanges)
        counter(
            "interspan_capture_shed_records", "Records that were read of connections that had been left out by then.",
            shedding.records)
    }

    mutating func write(_ correlate: CorrelateCounters, busy: UInt64) {
        add(
            "interspan_correlate_links", .counter,
            "Exchanges by the kind of evidence that gave them their parent, and by how sure that is; none: no parent.",
            LinkMethod.allCases.flatMap { method in
                ConfidenceBucket.allCases.filter { method != .none || $0 == .lowest }.map { bucket in
                    (
                        [("method", "\(method)".snakeCase), ("confidence", bucket.label)],
                        .integer(correlate[linked: method, bucket])
                    )
                }
            })
        for (name, count) in correlate.named {
            counter("interspan_correlate_" + name, CorrelateCounters.meaning[name] ?? "", count)
        }
        add(
            "interspan_correlate_evicted", .counter, "How often something was forgotten or decided early, by reason.",
            EvictionReason.allCases.map { ([("reason", "\($0)".snakeCase)], .integer(correlate[evicted: $0])) })
        gauge(
            "interspan_correlate_undecided_exchanges", "Exchanges that wait for evidence of their parent.",
            correlate.undecided)
        gauge("interspan_correlate_held_bytes", "Bytes of exchanges that cannot leave yet.", correlate.heldBytes)
        add(
            "interspan_correlate_busy_seconds", .counter, "Time that was spent on finding parents.",
            [([], .real(Self.seconds(busy)))])
    }
}

extension CorrelateCounters {
    /// What it counts apart from links and evictions, by name.
    var named: [(name: String, count: UInt64)] {
        [
            ("opened_exchanges", opened), ("closed_exchanges", closed), ("emitted_opened_exchanges", emittedOpened),
            ("emitted_closed_exchanges", emittedClosed), ("unsure", unsure), ("late_joins", lateJoins),
            ("cycles", cycles), ("duplicates", duplicates), ("unmatched_closes", unmatchedCloses),
            ("stragglers", stragglers), ("invalid_request_ids", invalidRequestIDs),
        ]
    }

    /// What each of them means.
    static let meaning = [
        "opened_exchanges": "Ends of exchanges that came in.",
        "closed_exchanges": "Ends of exchanges that came in as closed.",
        "emitted_opened_exchanges": "Exchanges handed on as opened.",
        "emitted_closed_exchanges": "Exchanges handed on as closed.",
        "unsure": "Exchanges whose best parent was not sure enough.",
        "late_joins": "Client ends that came after their server end had been decided.",
        "cycles": "Parents that were dropped because the call would have been among its own ancestors.",
        "duplicates": "Exchanges that were opened or closed a second time.",
        "unmatched_closes": "Closings of exchanges that are not known.",
        "stragglers": "Events that came too late to be evidence.",
        "invalid_request_ids": "Request ids that are none.",
    ]
}

extension UnitCounters {
    /// What it counts, by name.
    var named: [(name: String, count: UInt64)] {
        [
            ("goroutines", goroutines), ("tasks", tasks), ("virtual_threads", virtualThreads), ("refused", refused),
            ("unwritten", unwritten),
        ] + UnitAbsence.allCases.map { ("\($0)".snakeCase, self[$0]) }
    }
}
