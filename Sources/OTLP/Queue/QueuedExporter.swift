/// An exporter that hands everything to a queue: what all kinds of exporters have in common.
public protocol QueuedExporter: Exporter {
    /// The queue and the thread that empties it.
    var delivery: QueuedDelivery { get }
}

extension QueuedExporter {
    /// See ``Exporter/requiresRoom``.
    public var requiresRoom: Bool { delivery.queue.blockOnOverflow }

    /// See ``Exporter/enqueue(_:)``.
    public func enqueue(_ batch: SpanBatch) -> Bool { delivery.queue.enqueue(batch) }

    /// See ``Exporter/reserve(_:)``.
    public func reserve(_ batch: ReceivedBatch) -> Bool { delivery.queue.reserve(batch) }

    /// See ``Exporter/commit(_:stored:)``.
    public func commit(_ batch: ReceivedBatch, stored: @escaping @Sendable (Bool) -> Void) {
        delivery.queue.commit(batch, stored: stored)
    }

    /// See ``Exporter/cancel(_:)``.
    public func cancel(_ batch: ReceivedBatch) { delivery.queue.cancel(batch) }

    /// See ``Exporter/refuse(_:)``.
    public func refuse(_ batch: ReceivedBatch) { delivery.queue.refuse(batch) }

    /// See ``Exporter/close(deadlineNanoseconds:)``.
    public func close(deadlineNanoseconds: UInt64) { delivery.queue.close(deadline: deadlineNanoseconds) }

    /// See ``Exporter/shutdown(deadlineNanoseconds:)``.
    public func shutdown(deadlineNanoseconds: UInt64) { delivery.shutdown(deadlineNanoseconds: deadlineNanoseconds) }

    /// See ``Exporter/counters``.
    public var counters: ExporterCounters { delivery.queue.counters }
}
