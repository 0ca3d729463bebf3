import Threading

/// Where and how spans are written: `file` of the Collector.
public struct FileSettings: Sendable {
    /// `path`: the file that lines are appended to; `-` is standard output.
    public var path: String
    /// `rotation`: when the file is put aside and a new one begun. Nil: never.
    public var rotation: RotationSettings?
    /// The queue in front of it. Lines are written as soon as there are spans.
    public var queue = QueueSettings()

    /// The defaults.
    public init(path: String) {
        self.path = path
        queue.batch.flushTimeoutNanoseconds = 0
    }
}

/// Appends spans to a file as OTLP/JSON, one ExportTraceServiceRequest per line, the layout of the Collector's file
/// exporter.
public final class FileExporter: QueuedExporter {
    /// Its name in the configuration.
    public let name: String
    /// It takes spans alone.
    public let signal = Signal.traces

    private let settings: FileSettings
    private let log: ExporterLog
    /// Its queue and thread.
    public let delivery: QueuedDelivery

    /// An exporter that has not been started; it takes batches already.
    public init(name: String, settings: FileSettings, log: ExporterLog) {
        self.name = name
        self.settings = settings
        self.log = log
        delivery = QueuedDelivery(SpanQueue(settings.queue))
    }

    /// Opens the file and starts the thread.
    /// - Throws: ``ExporterError`` when the file cannot be opened.
    public func start() throws {
        // Opened here so that a wrong path is an error at start; the thread opens it for itself.
        _ = try OutputFile(path: settings.path)
        try delivery.start(name: "otlp-file") { [name, settings, queue = delivery.queue, log] in
            FileDelivery(name: name, settings: settings, queue: queue, log: log).run()
        }
    }
}

/// The thread of a file exporter at work.
private final class FileDelivery {
    private let name: String
    private let path: String
    private let rotation: RotationSettings?
    private let queue: any DeliveryQueue
    private let log: ExporterLog
    private let encoder = TelemetryEncoder(.json)
    private let line = ByteBuffer()
    private var file: RotatingFile?
    private var isFailing = false
    private var isGrowing = false

    init(name: String, settings: FileSettings, queue: any DeliveryQueue, log: ExporterLog) {
        self.name = name
        path = settings.path
        rotation = settings.rotation
        self.queue = queue
        self.log = log
    }

    func run() {
        while true {
            queue.wait(until: nil)
            while let portion = queue.take() { write(portion) }
            if queue.drainDeadline != nil, queue.isEmpty { return }
        }
    }

    private func write(_ portion: Portion) {
        if let deadline = queue.drainDeadline, Monotonic.now() >= deadline {
            return queue.leave(portion.receipt)
        }
        line.removeAll()
        encoder.encode(portion.contents, into: line)
        line.append(UInt8(ascii: "\n"))
        guard let failure = append() else {
            isFailing = false
            return queue.settle(portion.receipt, sent: portion.receipt.weight.items)
        }
        queue.settle(portion.receipt, dropped: portion.receipt.weight.items, .writeFailed)
        // Once, until it has worked again.
        if !isFailing { log.warn("\(name): cannot write to \(path.printable()), spans are dropped: \(failure)") }
        isFailing = true
    }

    private func append() -> String? {
        do {
            let now = WallTime.now() / 1_000_000
            let file = try file ?? RotatingFile(path: path, rotation: rotation, now: now)
            self.file = file
            let problem = file.append(line.bytes, now: now) { queue.drainDeadline }
            if let failure = file.failure, !isGrowing {
                log.warn("\(name): cannot put \(path.printable()) aside, it grows on: \(failure)")
            }
            isGrowing = file.failure != nil
            return problem
        } catch {
            return "\(error)"
        }
    }
}
