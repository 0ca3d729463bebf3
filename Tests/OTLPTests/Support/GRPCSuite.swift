import Testing

@testable import OTLP

/// What the tests against grpcio's server have in common.
protocol GRPCSuite {
    /// What the exporter says.
    var recorder: LogRecorder { get }
}

extension GRPCSuite {
    /// Settings that lose no time.
    func settings(_ receiver: GRPCReceiver) -> OTLPGRPCSettings {
        var settings = OTLPGRPCSettings(endpoint: receiver.endpoint)
        settings.retry.initialIntervalNanoseconds = 5_000_000
        settings.retry.maxIntervalNanoseconds = 20_000_000
        settings.queue.batch.flushTimeoutNanoseconds = 1_000_000
        return settings
    }

    /// An exporter that has been started.
    func exporter(_ settings: OTLPGRPCSettings, _ signal: Signal = .traces) throws -> OTLPGRPCExporter {
        let exporter = OTLPGRPCExporter(name: "otlp/test", signal: signal, settings: settings, log: recorder.log)
        try exporter.start()
        return exporter
    }

    /// Holds the counters to each other.
    func expectBalanced(_ counters: ExporterCounters) {
        #expect(counters.accepted == counters.sent + counters.dropped + counters.queued)
    }
}
