/// The queue in front of a delivery thread: in memory (``SpanQueue``) or on disk. Those who hand over call it from their
/// threads, the delivery thread takes and settles.
protocol DeliveryQueue: AnyObject, Sendable {
    /// Makes it ready to deliver, once, before anything is taken; what was handed over before is in it already.
    /// - Throws: ``ExporterError`` when it lives where it cannot.
    func open() throws
    /// Takes a batch of our own; false when it was refused. See ``Exporter/enqueue(_:)``.
    func enqueue(_ batch: SpanBatch) -> Bool
    /// See ``Exporter/reserve(_:)``.
    func reserve(_ batch: ReceivedBatch) -> Bool
    /// See ``Exporter/commit(_:stored:)``.
    func commit(_ batch: ReceivedBatch, stored: @escaping @Sendable (Bool) -> Void)
    /// See ``Exporter/cancel(_:)``.
    func cancel(_ batch: ReceivedBatch)
    /// See ``Exporter/refuse(_:)``.
    func refuse(_ batch: ReceivedBatch)

    /// What makes the next request, if it is time for one.
    func take() -> Portion?
    /// Frees what a portion held and says what became of its items.
    func settle(_ receipt: Receipt, sent: Int, dropped: Int, _ reason: DropReason)
    /// The end came before a portion was delivered: it stays for the next start, or is dropped and counted where nothing
    /// can stay.
    func leave(_ receipt: Receipt)
    /// Counts a request that is sent again.
    func retried()

    /// When the next request is due, CLOCK_MONOTONIC, ns, if one is.
    var nextFlush: UInt64? { get }
    /// Once it was closed, until when to drain, CLOCK_MONOTONIC, ns.
    var drainDeadline: UInt64? { get }
    /// Whether nothing waits and nothing is on its way.
    var isEmpty: Bool { get }
    /// The counters.
    var counters: ExporterCounters { get }
    /// Whether what is received is refused when there is no room here.
    var blockOnOverflow: Bool { get }

    /// Whether what is not delivered at the end stays for the next start.
    var keepsWhatIsLeft: Bool { get }

    /// Waits until a request is due, the queue was closed, or that moment came.
    func wait(until moment: UInt64?)
    /// Takes no more; what is there is to be delivered until the deadline.
    func close(deadline: UInt64)
    /// Leaves what waits, because the time to drain is over. See ``leave(_:)``.
    func leaveWaiting()
}

extension DeliveryQueue {
    /// In memory there is nothing to open.
    func open() throws {}

    /// Frees what a portion held: so many items were delivered.
    func settle(_ receipt: Receipt, sent: Int) { settle(receipt, sent: sent, dropped: 0, .rejected) }

    /// Frees what a portion held: so many items were lost.
    func settle(_ receipt: Receipt, dropped: Int, _ reason: DropReason) {
        settle(receipt, sent: 0, dropped: dropped, reason)
    }
}
