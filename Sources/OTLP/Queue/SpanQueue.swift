import Glibc
import Threading

/// The queue in memory between those who hand over batches and an exporter's thread: a ``QueueState`` behind one lock.
///
/// `@unchecked Sendable`: `state` and `deadline` are only touched with `lock` held; the rest does not change.
final class SpanQueue: DeliveryQueue, @unchecked Sendable {
    private var state: QueueState
    private var deadline: UInt64?
    let blockOnOverflow: Bool
    let keepsWhatIsLeft = false
    private let onWork: @Sendable () -> Void
    private let lock = Lock()
    private let work: Condition
    private let room: Condition

    /// A queue.
    /// - Parameter onWork: called with the lock held when there is something new to do, for a thread that waits
    ///   elsewhere than in ``wait(until:)``. It must not call back.
    init(_ settings: QueueSettings, onWork: @escaping @Sendable () -> Void = {}) {
        state = QueueState(settings)
        blockOnOverflow = settings.blockOnOverflow
        self.onWork = onWork
        work = Condition(lock)
        room = Condition(lock)
    }

    /// Takes a batch; false when it was refused.
    func enqueue(_ batch: SpanBatch) -> Bool {
        lock.withLock {
            while true {
                let flushBefore = state.nextFlush
                switch state.admit(batch, now: Monotonic.now()) {
                case .accepted:
                    if state.nextFlush != flushBefore { announce() }
                    return true
                case .full where blockOnOverflow:
                    room.wait(until: nil)
                case .full, .impossible:
                    state.refuse(batch.count)
                    return false
                }
            }
        }
    }

    /// Keeps room for a batch that was received.
    func reserve(_ batch: ReceivedBatch) -> Bool { lock.withLock { state.reserve(batch.weight) == .accepted } }

    /// Takes the batch that room was kept for.
    func commit(_ batch: ReceivedBatch, stored: @escaping @Sendable (Bool) -> Void) {
        lock.withLock {
            let flushBefore = state.nextFlush
            state.commit(batch, now: Monotonic.now())
            if state.nextFlush != flushBefore { announce() }
        }
        stored(true)
    }

    /// Gives the room back.
    func cancel(_ batch: ReceivedBatch) {
        lock.withLock {
            state.cancel(batch.weight)
            room.wakeAll()
            // It may have been the last thing that the end waits for.
            if deadline != nil { announce() }
        }
    }

    /// Counts a batch that was received and not offered.
    func refuse(_ batch: ReceivedBatch) { lock.withLock { state.refuse(batch.items) } }

    /// What makes the next request, if it is time for one.
    func take() -> Portion? { lock.withLock { state.take(now: Monotonic.now()) } }

    /// Frees what a portion held and says what became of spans.
    func settle(_ weight: Weight, sent: Int, dropped: Int = 0, _ reason: DropReason = .shutdown) {
        lock.withLock {
            state.settle(weight, sent: sent, dropped: dropped, reason)
            room.wakeAll()
        }
    }

    /// Frees what a portion held and says what became of its items.
    func settle(_ receipt: Receipt, sent: Int, dropped: Int, _ reason: DropReason) {
        settle(receipt.weight, sent: sent, dropped: dropped, reason)
    }

    /// Drops a portion, because the time to drain is over.
    func leave(_ receipt: Receipt) { settle(receipt.weight, sent: 0, dropped: receipt.weight.items, .shutdown) }

    /// Counts a request that is sent again.
    func retried() { lock.withLock { state.retried() } }

    /// When the next request is due, if one is.
    var nextFlush: UInt64? { lock.withLock { state.nextFlush } }

    /// Once it was closed, until when to drain.
    var drainDeadline: UInt64? { lock.withLock { deadline } }

    /// Whether nothing waits and nothing is on its way.
    var isEmpty: Bool { lock.withLock { state.isEmpty } }

    /// The counters.
    var counters: ExporterCounters { lock.withLock { state.counters } }

    /// Waits until a request is due, the queue was closed, or that moment came.
    func wait(until moment: UInt64?) {
        lock.withLock {
            guard deadline == nil else { return }
            var due = state.nextFlush
            if let moment { due = min(due ?? moment, moment) }
            if let due, due <= Monotonic.now() { return }
            work.wait(until: due)
        }
    }

    /// Takes no more; what is there is to be delivered until the deadline.
    func close(deadline: UInt64) {
        lock.withLock {
            state.close()
            self.deadline = deadline
            announce()
            room.wakeAll()
        }
    }

    /// Drops what waits, because the time to drain is over.
    func leaveWaiting() { lock.withLock { state.dropWaiting() } }

    private func announce() {
        work.wakeAll()
        onWork()
    }
}
