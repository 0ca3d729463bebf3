internal import OTLP

/// What metrics are made of. What one thread has published is consistent in itself; of two, one may be a second ahead.
struct MetricSnapshot {
    /// What Bridge's thread has published.
    struct Bridge {
        var counted = BridgeThread.Counters()
        var queue = ReceivedQueue.Counters()
        /// Batches between the capture thread and Bridge's.
        var batches = 0
        /// Labels of containers that were too long, or too many.
        var labelsLeftOut: UInt64 = 0
    }

    /// Of the capture thread; nil while, or where, nothing is captured.
    var capture: CaptureLoop.Counted?
    /// Of Bridge's thread; nil where neither captured nor received spans are joined.
    var bridge: Bridge?
    /// Of the receivers.
    var receivers: [(name: String, counters: ReceiverCounters)] = []
    /// Of the exporters.
    var exporters: [ExporterStatus] = []
    /// Of the process.
    var process = ProcessUsage()
    /// How far the agent has come.
    var isActive = false
    /// How long it has been up, ns.
    var uptime: UInt64 = 0
    /// What the requests that were seen say; nil where that is not asked for.
    var derived: DerivedMetrics?

    /// Nothing.
    init() {}

    /// Everything, as it is now.
    ///
    /// - Parameter now: ns of CLOCK_MONOTONIC.
    init(_ sources: MetricSources, now: UInt64) {
        capture = sources.state.captured
        if let bridge = sources.bridge {
            self.bridge = Bridge(
                counted: bridge.counters, queue: bridge.queues.received.counters, batches: bridge.queues.linked.count,
                labelsLeftOut: sources.containers.labelsLeftOut)
            derived = bridge.derived
        }
        receivers = sources.wiring.receiverCounters
        exporters = (sources.wiring.exporterTotals + sources.pushes.totals).map {
            ExporterStatus(
                name: $0.name, signal: $0.signal, counters: $0.counters, backend: $0.backend?.state,
                requests: $0.backend?.counters)
        }
        process = ProcessUsage.now()
        isActive = sources.state.phase == .active
        uptime = now &- sources.began
    }
}

/// What is known of an exporter.
struct ExporterStatus {
    var name: String
    var signal = Signal.traces
    var counters: ExporterCounters
    /// Nil when it delivers to nobody who could be away.
    var backend: Backend.State?
    var requests: Backend.Counters?
}
