internal import Capture
internal import Logging
internal import OTLP

/// What was counted by the end, for the log: nothing is lost silently.
struct Summary {
    /// What live capture and the stages behind it counted.
    struct Observed {
        let capture: CaptureLoop.Counted
        let bridge: BridgeThread.Counters
        let queue: ReceivedQueue.Counters
    }

    /// Nil when nothing was captured.
    let observed: Observed?
    let receivers: [(name: String, counters: ReceiverCounters)]
    let exporters: [(name: String, signal: Signal, counters: ExporterCounters)]

    /// One line for capture, for each receiver and for each exporter, and one more for each further signal that had
    /// something.
    func log(to logger: Logger) {
        if let observed {
            log(observed, to: logger)
            log(MergeSummary(observed.bridge, observed.queue), to: logger)
        }
        for (name, counters) in receivers { log(counters, of: name, to: logger) }
        for (name, signal, counters) in exporters where signal == .traces || counters.accepted + counters.refused > 0 {
            log(counters, of: name, signal, to: logger)
        }
    }

    private func log(_ observed: Observed, to logger: Logger) {
        let counted = observed.capture.capture
        let stage = observed.bridge.stage
        var metadata: Logger.Metadata = [
            "hooked": "\(counted.hooked)", "submitted": "\(counted.submitted)", "consumed": "\(counted.consumed)",
            "opened": "\(counted.opened)", "closed": "\(counted.closed)",
            "passed_over": "\(counted.passedOver)", "refused": "\(observed.capture.refused)",
            "spans": "\(stage.spans)", "unsampled": "\(stage.unsampled)", "unidentified": "\(stage.unidentified)",
        ]
        if stage.twins > 0 { metadata["twins"] = "\(stage.twins)" }
        for reason in LossReason.allCases {
            metadata["lost_\(reason.snakeCase)"] = "\(counted.losses[reason])"
        }
        logger.info("capture summary", metadata: metadata)
    }

    private func log(_ merged: MergeSummary, to logger: Logger) {
        for (line, counts) in merged.lines where !counts.isEmpty {
            logger.info("\(line)", metadata: counts.reduce(into: [:]) { $0[$1.name] = "\($1.count)" })
        }
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
        let rest: [(String, UInt64)] = [
            ("malformed", counters.malformed), ("too_large", counters.tooLarge), ("busy", counters.busy),
            ("unsupported", counters.unsupported), ("timeouts", counters.timeouts), ("aborted", counters.aborted),
            ("protocol_errors", counters.protocolErrors), ("tls_failures", counters.tlsFailures),
            ("connections_refused", counters.connectionsRefused),
        ]
        for (key, count) in rest where count > 0 { metadata[key] = "\(count)" }
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
    /// What is counted, as it stands in names of metrics: `data_points`.
    fileprivate var snakeCase: String {
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
