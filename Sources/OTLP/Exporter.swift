/// Something that takes telemetry of one signal and delivers it: the way out of this module.
///
/// In comes a ``SpanBatch`` of our own spans, or a ``ReceivedBatch`` of somebody else's telemetry; out go bytes to a
/// backend, a file or a terminal. Each exporter has a thread and a bounded queue of its own, so that one that is slow or
/// away holds up no other; what it has accepted it delivers or counts as dropped.
public protocol Exporter: AnyObject, Sendable {
    /// Its name in the configuration, such as `otlp_http/tempo`. One name can stand for several exporters, one for each
    /// signal.
    var name: String { get }

    /// What it takes.
    var signal: Signal { get }

    /// Whether it must not miss anything (``QueueSettings/blockOnOverflow``): what is received is refused when this one
    /// has no room for it, rather than given to the others alone.
    var requiresRoom: Bool { get }

    /// Starts its thread.
    /// - Throws: ``ExporterError`` when its settings cannot work; nothing was started then.
    func start() throws

    /// Takes a batch of our own, from any thread. Does not wait unless ``QueueSettings/blockOnOverflow`` says so.
    /// - Returns: false when there is no room or no more is taken; the spans are counted as
    ///   ``ExporterCounters/refused`` and are the caller's to do with as it likes.
    func enqueue(_ batch: SpanBatch) -> Bool

    /// Keeps room for a batch that was received, from any thread, without waiting. Whoever is given it must
    /// ``commit(_:stored:)`` or ``cancel(_:)``, once.
    /// - Returns: false when there is no room or no more is taken; nothing is counted.
    func reserve(_ batch: ReceivedBatch) -> Bool

    /// Takes the batch that room was kept for.
    /// - Parameter stored: told once, from any thread, whether it is accepted: at once for a queue in memory, otherwise
    ///   when it is on disk.
    func commit(_ batch: ReceivedBatch, stored: @escaping @Sendable (Bool) -> Void)

    /// Gives the room back.
    func cancel(_ batch: ReceivedBatch)

    /// Counts a batch that was received and that this exporter, for want of room, will not see.
    func refuse(_ batch: ReceivedBatch)

    /// Takes no more, and delivers what it has until the deadline; does not wait. ``shutdown(deadlineNanoseconds:)`` has to
    /// follow. Exporters that end together are all told first, so that they drain side by side.
    /// - Parameter deadlineNanoseconds: CLOCK_MONOTONIC, ns.
    func close(deadlineNanoseconds: UInt64)

    /// Takes no more, delivers what it has, ends its thread. What is not delivered by the deadline stays on disk if the
    /// queue lives there, otherwise it is dropped and counted. Calling it again does nothing.
    /// - Parameter deadlineNanoseconds: CLOCK_MONOTONIC, ns.
    func shutdown(deadlineNanoseconds: UInt64)

    /// What became of what it was given, all at one moment.
    var counters: ExporterCounters { get }

    /// Whom it delivers to; nil when that is nobody who could be away: a file, a terminal.
    var backend: Backend? { get }
}

extension Exporter {
    /// Nobody who could be away.
    public var backend: Backend? { nil }
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
