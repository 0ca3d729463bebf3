import Glibc
import Threading

/// Prints each finished trace as an indented tree, for people who watch. What is unfinished is held, in bounds, and
/// printed when nothing more seems to come.
public final class DebugExporter: QueuedExporter {
    /// Its name in the configuration.
    public let name: String
    /// It takes spans alone.
    public let signal = Signal.traces

    private let settings: DebugSettings
    private let log: ExporterLog
    /// Its queue and thread.
    public let delivery: QueuedDelivery

    /// An exporter that has not been started; it takes batches already.
    public init(name: String, settings: DebugSettings = DebugSettings(), log: ExporterLog) {
        self.name = name
        self.settings = settings
        self.log = log
        delivery = QueuedDelivery(SpanQueue(settings.queue))
    }

    /// Starts its thread.
    public func start() throws {
        try delivery.start(name: "otlp-debug") { [name, settings, queue = delivery.queue, log] in
            DebugDelivery(name: name, settings: settings, queue: queue, log: log).run()
        }
    }
}

/// The thread of a debug exporter at work.
private final class DebugDelivery {
    private let name: String
    private let queue: any DeliveryQueue
    private let log: ExporterLog
    private let file: OutputFile
    private let renderer: TraceRenderer
    private var assembly: TraceAssembly
    private var isFailing = false

    init(name: String, settings: DebugSettings, queue: any DeliveryQueue, log: ExporterLog) {
        self.name = name
        self.queue = queue
        self.log = log
        file = OutputFile(descriptor: settings.descriptor, isOurs: false)
        assembly = TraceAssembly(settings)
        let wished = getenv("NO_COLOR").map { $0.pointee == 0 } ?? true
        if settings.colours ?? (file.isTerminal && wished) {
            renderer = TraceRenderer(.colours)
        } else {
            renderer = TraceRenderer(file.isTerminal ? .lines : .plain)
        }
    }

    func run() {
        while true {
            queue.wait(until: assembly.nextDue)
            while let portion = queue.take() { hold(portion) }
            for trace in assembly.finished(now: Monotonic.now()) { show(trace) }
            if queue.drainDeadline != nil {
                for trace in assembly.drain() { show(trace) }
                if queue.isEmpty { return }
            }
        }
    }

    /// The batch's memory goes; its spans stay queued until they are shown.
    private func hold(_ portion: Portion) {
        let now = Monotonic.now()
        var receipt = portion.receipt
        receipt.weight.items = 0
        queue.settle(receipt, sent: 0)
        for slice in portion.contents.map(\.readable) {
            for index in slice.range {
                let evicted = assembly.add(HeldSpan(slice.batch.spans[index], of: slice.batch), now: now)
                if evicted > 0 { settle(evicted, dropped: .evicted) }
            }
        }
    }

    private func show(_ trace: [HeldSpan]) {
        if let deadline = queue.drainDeadline, Monotonic.now() >= deadline {
            return settle(trace.count, dropped: .shutdown)
        }
        var text = renderer.render(trace)
        let failure = text.withUTF8 { file.append(UnsafeRawBufferPointer($0)) { queue.drainDeadline } }
        guard let failure else {
            isFailing = false
            return queue.settle(Receipt(weight: Weight(items: trace.count)), sent: trace.count)
        }
        settle(trace.count, dropped: .writeFailed)
        // Once, until it has worked again.
        if !isFailing { log.warn("\(name): cannot print, traces are dropped: \(failure)") }
        isFailing = true
    }

    private func settle(_ count: Int, dropped reason: DropReason) {
        queue.settle(Receipt(weight: Weight(items: count)), dropped: count, reason)
    }
}

extension Portion.Content {
    /// Its spans in our own model.
    fileprivate var readable: SpanSlice {
        switch self {
        case .spans(let slice): slice
        case .received(let batch): SpanSlice(SpanBatch(decoding: batch))
        }
    }
}
