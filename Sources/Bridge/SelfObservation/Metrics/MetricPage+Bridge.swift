internal import Capture
internal import OTLP
internal import Propagation

/// What Bridge's thread counts.
extension MetricPage {
    mutating func write(_ counted: BridgeThread.Counters, refused: UInt64) {
        let stage = counted.stage
        add(
            "interspan_bridge_exchanges", .counter,
            "Ends of exchanges that closed, by protocol and by the end that was seen.",
            ApplicationProtocol.allCases.flatMap { identity in
                [("client", stage.clients), ("server", stage.servers)].map { role, counts in
                    ([("protocol", "\(identity)"), ("role", role)], .integer(counts[identity]))
                }
            })
        counter("interspan_bridge_spans", "Spans that were made and handed to the exporters.", stage.spans)
        add(
            "interspan_bridge_dropped_exchanges", .counter,
            "Ends of exchanges that became no span, by reason; kind: what telemetry they are, where that is why.",
            [
                ("unsampled", stage.unsampled), ("sampled_out", counted.sample?.out.total ?? 0),
                ("twin", stage.twins), ("shed", stage.shed), ("queue_full", refused),
            ].map { ([("reason", $0.0), ("kind", "")], .integer($0.1)) }
                + stage.telemetry.named.map { ([("reason", "telemetry"), ("kind", $0.name)], .integer($0.count)) })
        gauge(
            "interspan_bridge_waiting_exchanges",
            "Ends of exchanges that wait for their process's name, or for what their trace turns out to be.",
            UInt64(max(counted.waiting, 0)))
        counter(
            "interspan_bridge_unidentified_spans", "Spans whose process could not be looked up in time.",
            stage.unidentified)
        add(
            "interspan_bridge_delay_seconds", .histogram,
            "From the end of an exchange until it reached the bridge with its parent.",
            [([], .durations(stage.delays))])
    }

    mutating func write(merge counted: BridgeThread.Counters) {
        let apart = "apart_"
        let fields = CounterFields.of(counted.merge)
        for (name, count) in fields where !name.hasPrefix(apart) {
            counter("interspan_merge_" + name, MergeCounters.meaning[name] ?? "", count)
        }
        add(
            "interspan_merge_apart", .counter, "Traces that met another and were left where they are, by why.",
            fields.filter { $0.name.hasPrefix(apart) }.map {
                ([("reason", String($0.name.dropFirst(apart.count)))], .integer($0.count))
            })
        add(
            "interspan_merge_contexts", .counter, "Trace contexts on requests, by format and by what became of them.",
            Propagator.allCases.flatMap { propagator in
                ContextOutcome.allCases.map { outcome in
                    (
                        [("format", propagator.rawValue), ("outcome", "\(outcome)".snakeCase)],
                        .integer(counted.propagation[propagator, outcome])
                    )
                }
            })
        counter(
            "interspan_merge_proved_calls", "Calls of which spans of SDKs proved what they were made for.",
            counted.proved)
        counter(
            "interspan_merge_unheard_proofs", "Those of them that the capture thread could not be told.",
            counted.unheardProofs)
    }

    mutating func write(received bridge: MetricSnapshot.Bridge) {
        for (name, count) in CounterFields.of(bridge.counted.received) {
            counter("interspan_received_" + name, ReceivedStageCounters.meaning[name] ?? "", count)
        }
        counter(
            "interspan_received_queue_taken", "Items that were taken into the queue before the bridge.",
            bridge.queue.taken)
        counter(
            "interspan_received_queue_refused",
            "Items that there was no room for; their senders were told to come again.",
            bridge.queue.refused)
        gauge(
            "interspan_received_queue_batches", "Batches in the queue before the bridge.",
            UInt64(max(bridge.queue.batches, 0)))
        gauge("interspan_received_queue_bytes", "Bytes of them.", UInt64(max(bridge.queue.bytes, 0)))
    }
}

extension MergeCounters {
    /// What each counter means, by its name.
    static let meaning = [
        "joined_by_context": "Spans that took trace and parent from a context on the request.",
        "unconfirmed_parent": "Of those, spans below one that may not be in the backend.",
        "forwarded_unchanged": "Client ends whose context was one that their server end had received.",
        "joined_by_peer": "Server ends below the client end that another agent sees, on a host among peers.",
        "moved_for_peer":
            "Client ends in the trace of the context that they carry to a host among peers, apart from what they were made for.",
        "linked_to_server": "Client ends with a link to the trace that their server's end, not seen here, begins.",
        "kept_as_link": "Contexts that became span links.",
        "links_left_out": "Links beyond the most that a span may have.",
        "traces_yielded": "Traces of our own making that became that of a context met below their root.",
        "rerooted": "Traces that were moved under the span that led to them.",
        "torn": "Moved traces of which a context left for where its spans do not pass through.",
        "received": "Spans of SDKs that were asked about.",
        "reparented": "Of those, spans that were hung below one of ours.",
        "moved": "Of those, spans that were moved to another trace.",
        "ambiguous": "Of those, spans with a partner that could not be told from others.",
        "skewed": "Of those, spans whose clock is not that of their partner.",
        "joined_by_exchange":
            "Of those, server ends of other agents that were hung below the client end of their exchange.",
        "caller_missing":
            "Of those, server ends of other agents whose client end did not come in time, if there is one.",
        "caller_late": "Client ends that came after their server end had left without them.",
        "parent_forgotten": "Ends whose parent had been forgotten when they came.",
        "evicted": "Remembered ends that had to make room.",
        "traces_evicted": "Remembered traces that had to make room.",
    ]
}

extension ReceivedStageCounters {
    /// What each counter means, by its name.
    static let meaning = [
        "spans": "Spans of SDKs that came to the bridge.",
        "unchanged": "Those that left as they came, since merging said so.",
        "rewritten": "Those that left changed.",
        "undecided": "Those that left as they came because nothing was known of them when their time was over.",
        "waited": "Those that could not be decided when they came.",
        "late": "Batches that had to leave because their time was over.",
        "crowded_out": "Batches that had to leave early because too much was held.",
    ]
}
