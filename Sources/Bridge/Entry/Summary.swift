internal import Capture
internal import Logging
internal import OTLP

/// What was counted by the end, for the log: nothing is lost silently.
struct Summary {
    let capture: CaptureLoop.Counted
    let stage: BridgeThread.Counters
    let exporters: [(name: String, counters: ExporterCounters)]

    /// One line for capture and one for each exporter.
    func log(to logger: Logger) {
        let counted = capture.capture
        var metadata: Logger.Metadata = [
            "hooked": "\(counted.hooked)", "submitted": "\(counted.submitted)", "consumed": "\(counted.consumed)",
            "opened": "\(counted.opened)", "closed": "\(counted.closed)", "refused": "\(capture.refused)",
            "spans": "\(stage.stage.spans)", "unsampled": "\(stage.stage.unsampled)",
            "unidentified": "\(stage.stage.unidentified)",
        ]
        for reason in LossReason.allCases {
            metadata["lost_\(reason.snakeCase)"] = "\(counted.losses[reason])"
        }
        logger.info("capture summary", metadata: metadata)
        for (name, counters) in exporters {
            var metadata: Logger.Metadata = [
                "exporter": "\(name)", "accepted": "\(counters.accepted)", "sent": "\(counters.sent)",
                "queued": "\(counters.queued)", "refused": "\(counters.refused)", "dropped": "\(counters.dropped)",
            ]
            for reason in DropReason.allCases where counters.dropped(reason) > 0 {
                metadata["dropped_\(reason.rawValue)"] = "\(counters.dropped(reason))"
            }
            logger.info("exporter summary", metadata: metadata)
        }
    }
}

extension LossReason {
    /// As it is exported: `ring_full`.
    var snakeCase: String {
        var text = ""
        for character in "\(self)" {
            if character.isUppercase { text += "_" }
            text += character.lowercased()
        }
        return text
    }
}
