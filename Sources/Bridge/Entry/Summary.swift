internal import Capture
internal import Correlate
internal import Logging
internal import OTLP

/// What was counted by the end, for the log: nothing is lost silently.
struct Summary {
    /// What live capture and correlation counted.
    struct Observed {
        let capture: CaptureLoop.Counted
        /// Labels of containers that were too long, or too many.
        let labelsLeftOut: UInt64
    }

    /// Nil when nothing was captured.
    let observed: Observed?
    /// What Bridge's thread and the queue before it counted: nothing where neither captured nor received spans are joined.
    let bridge: BridgeThread.Counters
    let queue: ReceivedQueue.Counters
    let receivers: [(name: String, counters: ReceiverCounters)]
    let exporters: [ExporterTotal]

    /// One line for capture, for each receiver and for each exporter, and one more for each further signal that had
    /// something.
    func log(to logger: Logger) {
        if let observed { log(observed, to: logger) }
        log(MergeSummary(bridge, queue), to: logger)
        for (name, counters) in receivers { log(counters, of: name, to: logger) }
        for total in exporters
        where total.signal == .traces || total.counters.accepted + total.counters.refused > 0 {
            log(total.counters, of: total.name, total.signal, to: logger)
        }
    }

    private func log(_ observed: Observed, to logger: Logger) {
        let counted = observed.capture.capture
        let stage = bridge.stage
        var metadata: Logger.Metadata = [
            "hooked": "\(counted.hooked)", "submitted": "\(counted.submitted)", "consumed": "\(counted.consumed)",
            "opened": "\(counted.opened)", "closed": "\(counted.closed)",
            "passed_over": "\(counted.passedOver)", "refused": "\(observed.capture.refused.exchanges)",
            "refused_ends": "\(observed.capture.refused.ends)",
            "spans": "\(stage.spans)", "unsampled": "\(stage.unsampled)", "unidentified": "\(stage.unidentified)",
            "telemetry": "\(stage.telemetry.total)",
        ]
        if let sample = bridge.sample { metadata["sampled_out"] = "\(sample.out.total)" }
        let filtered = counted.filtered
        let left = [
            ("unselected", filtered.unselected), ("unjudged", filtered.unjudged), ("unasked", filtered.unasked),
            ("out_of_scope", filtered.outOfScope),
        ]
        for (name, count) in left where count > 0 { metadata["filtered_" + name] = "\(count)" }
        if stage.twins > 0 { metadata["twins"] = "\(stage.twins)" }
        if stage.shed > 0 { metadata["shed"] = "\(stage.shed)" }
        let shedding = counted.shedding
        for (name, count) in [
            ("connections", shedding.connections), ("exchanges", shedding.exchanges), ("records", shedding.records),
        ] where count > 0 {
            metadata["shed_" + name] = "\(count)"
        }
        for reason in LossReason.allCases {
            metadata["lost_\(reason.snakeCase)"] = "\(counted.losses[reason])"
        }
        logger.info("capture summary", metadata: metadata)
        log("telemetry summary", stage.telemetry.named, to: logger)
        let correlate = observed.capture.correlate
        let links = LinkMethod.allCases.map { ("link_" + "\($0)".snakeCase, correlate[linked: $0]) }
        let evicted = EvictionReason.allCases.map { ("evicted_" + "\($0)".snakeCase, correlate[evicted: $0]) }
        log("correlate summary", correlate.named + links + evicted, to: logger)
        log("unit summary", observed.capture.units.named, to: logger)
        let labels = [("labels_left_out", observed.labelsLeftOut)]
        log("selection summary", CounterFields.of(observed.capture.selection) + labels, to: logger)
        log("model summary", CounterFields.of(observed.capture.models), to: logger)
    }

    private func log(_ merged: MergeSummary, to logger: Logger) {
        for (line, counts) in merged.lines { log(line, counts, to: logger) }
    }

    /// A line with what is not zero; none where everything is.
    private func log(_ line: String, _ counts: [(name: String, count: UInt64)], to logger: Logger) {
        let counts = counts.filter { $0.count > 0 }
        guard !counts.isEmpty else { return }
        logger.info("\(line)", metadata: counts.reduce(into: [:]) { $0[$1.name] = "\($1.count)" })
    }

    private func log(_ counters: ReceiverCounters, of name: String, to logger: Logger) {
        var metadata: Logger.Metadata = ["receiver": "\(name)", "requests": "\(counters.requests)"]
        for signal in Signal.allCases {
            let items = counters[signal]
            guard signal == .traces || items.accepted + items.refused + items.rejected > 0 else { continue }
            metadata["accepted_\(signal.snakeCase)"] = "\(items.accepted)"
            metadata["refused_\(signal.snakeCase)"] = "\(items.refused)"
            metadata["rejected_\(signal.snakeCase)"] = "\(items.rejected)"
        }
        for (key, count) in counters.failures where count > 0 { metadata[key] = "\(count)" }
        logger.info("receiver summary", metadata: metadata)
    }

    private func log(_ counters: ExporterCounters, of name: String, _ signal: Signal, to logger: Logger) {
        var metadata: Logger.Metadata = [
            "exporter": "\(name)", "accepted": "\(counters.accepted)", "sent": "\(counters.sent)",
            "queued": "\(counters.queued)", "refused": "\(counters.refused)", "dropped": "\(counters.dropped)",
            "retries": "\(counters.retries)",
        ]
        for reason in DropReason.allCases where counters.dropped(reason) > 0 {
            metadata["dropped_\(reason.rawValue)"] = "\(counters.dropped(reason))"
        }
        // What reads the lines of spans must not take others for them.
        let what = signal == .traces ? "exporter summary" : "exporter summary of \(signal.snakeCase)"
        logger.info("\(what)", metadata: metadata)
    }
}

extension Signal {
    /// What is counted, as it stands in names of metrics: `metric_points`.
    var snakeCase: String {
        switch self {
        case .traces: "spans"
        case .metrics: "metric_points"
        case .logs: "log_records"
        }
    }
}

extension LossReason {
    /// As it is exported: `ring_full`.
    var snakeCase: String { "\(self)".snakeCase }
}

extension String {
    /// A name of ours as it is exported: `ring_full` for `ringFull`.
    var snakeCase: String {
        reduce(into: "") { text, character in
            if character.isUppercase { text += "_" }
            text += character.lowercased()
        }
    }
}
