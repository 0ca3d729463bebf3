/// Something that takes finished spans and delivers them: the way out of this module.
///
/// In comes a ``SpanBatch``, out go bytes to a backend, a file or a terminal. Each exporter has a thread and a bounded
/// queue of its own, so that one that is slow or away holds up no other; what it is given it delivers or counts as
/// dropped.
public protocol SpanExporter: AnyObject, Sendable {
    /// Its name in the configuration, such as `otlp_http/tempo`.
    var name: String { get }

    /// Starts its thread.
    /// - Throws: ``ExporterError`` when its settings cannot work; nothing was started then.
    func start() throws

    /// Takes a batch, from any thread. Does not wait unless ``QueueSettings/blockOnOverflow`` says so.
    /// - Returns: false when there is no room or no more is taken; the spans are counted as
    ///   ``ExporterCounters/refused`` and are the caller's to do with as it likes.
    func enqueue(_ batch: SpanBatch) -> Bool

    /// Takes no more, delivers what it has, ends its thread. What is not delivered by the deadline is dropped and
    /// counted. Calling it again does nothing.
    /// - Parameter deadlineNanoseconds: CLOCK_MONOTONIC, ns.
    func shutdown(deadlineNanoseconds: UInt64)

    /// What became of what it was given, all at one moment.
    var counters: ExporterCounters { get }
}

/// Settings of an exporter that cannot work.
public struct ExporterError: Error, CustomStringConvertible {
    /// What is wrong and what was expected, in one line.
    public var description: String

    /// An error.
    init(_ description: String) { self.description = description }
}

/// Where exporters say what people should know. They say the same thing at most once per interval.
public struct ExporterLog: Sendable {
    /// Takes a line without its end. Called from the exporters' threads.
    public var warn: @Sendable (String) -> Void

    /// A log.
    public init(warn: @escaping @Sendable (String) -> Void) { self.warn = warn }
}
