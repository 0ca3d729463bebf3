import Threading

/// A queue that survives the end of the process: a ``DiskQueueState`` behind one lock, and a thread that writes and reads.
///
/// It takes batches before it is opened, into memory. Nobody but that thread waits for the disk: whoever commits what was
/// received is told later. What was delivered is deleted right after, but not in the same instant: if the process is
/// killed between the two, it is delivered again by the next one.
///
/// `@unchecked Sendable`: everything mutable is only touched with `lock` held; the rest does not change.
final class DiskQueue: DeliveryQueue, @unchecked Sendable {
    private enum Phase { case unopened, open, ended }

    /// How long the last transaction may take beyond the deadline, ns.
    private static let grace: UInt64 = 1_000_000_000

    let blockOnOverflow: Bool
    let keepsWhatIsLeft = true
    private let name: String
    private let signal: Signal
    private let settings: QueueSettings
    private let storage: StorageSettings
    private let log: ExporterLog
    private let onWork: @Sendable () -> Void

    private var state: DiskQueueState
    private var phase = Phase.unopened
    private var deadline: UInt64?
    private var thread: OSThread?
    private let lock = Lock()
    /// For the delivery's thread.
    private let work: Condition
    /// For those who wait for room.
    private let room: Condition
    /// For the thread that writes, and those who wait for it.
    private let disk: Condition

    /// A queue that has not been opened.
    /// - Parameter onWork: called with the lock held when there is something new to deliver. It must not call back.
    init(
        _ settings: QueueSettings, storage: StorageSettings, name: String, signal: Signal, log: ExporterLog,
        onWork: @escaping @Sendable () -> Void = {}
    ) {
        self.settings = settings
        self.storage = storage
        self.name = name
        self.signal = signal
        self.log = log
        self.onWork = onWork
        blockOnOverflow = settings.blockOnOverflow
        state = DiskQueueState(settings, storage: storage, signal: signal)
        work = Condition(lock)
        room = Condition(lock)
        disk = Condition(lock)
    }

    /// Opens the files, counts what an earlier run left in them and starts the thread. Again: nothing.
    /// - Throws: ``ExporterError`` when the files cannot be used; ``ThreadError``.
    func open() throws {
        guard lock.withLock({ phase == .unopened }) else { return }
        let writer = try DiskWriter(name: name, signal: signal, queue: settings, storage: storage, log: log)
        let inventory = try writer.open()
        if inventory.rows > 0 {
            let age = max(WallTime.now() / 1_000_000_000 - (inventory.oldest ?? 0) / 1_000_000_000, 0)
            log.warn(
                "\(name): \(inventory.weight.requests) requests (\(inventory.weight.items) \(signal.items)) wait "
                    + "from before, the oldest for \(age) s")
        }
        try lock.withLock {
            thread = try OSThread(name: "otlp-disk") { self.serve(writer) }
            phase = .open
            state.recovered(inventory)
        }
    }

    // MARK: In

    /// Takes a batch; false when it was refused.
    func enqueue(_ batch: SpanBatch) -> Bool {
        lock.withLock {
            while true {
                switch state.admit(batch, now: Monotonic.now()) {
                case .accepted:
                    disk.wakeAll()
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
    func reserve(_ batch: ReceivedBatch) -> Bool {
        lock.withLock { state.reserve(batch.weight, now: Monotonic.now()) == .accepted }
    }

    /// Takes the batch that room was kept for. It is accepted once it is stored, and ``ExporterCounters/refused`` if it
    /// cannot be.
    func commit(_ batch: ReceivedBatch, stored: @escaping @Sendable (Bool) -> Void) {
        let isTaken = lock.withLock {
            guard phase != .ended else {
                state.cancel(batch.weight)
                state.refuse(batch.items)
                return false
            }
            state.commit(batch, stored: stored, now: Monotonic.now())
            disk.wakeAll()
            return true
        }
        if !isTaken { stored(false) }
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

    // MARK: Out

    /// What makes the next request, if it is time for one.
    func take() -> Portion? {
        lock.withLock {
            let portion = state.take(now: Monotonic.now())
            // There is room in memory for what is beyond.
            if portion != nil, state.beyondRows > 0 { disk.wakeAll() }
            return portion
        }
    }

    /// Deletes what a portion held and says what became of its items.
    func settle(_ receipt: Receipt, sent: Int, dropped: Int, _ reason: DropReason) {
        lock.withLock {
            state.settle(receipt, sent: sent, dropped: dropped, reason)
            disk.wakeAll()
            room.wakeAll()
        }
    }

    /// A portion stays for the next start.
    func leave(_ receipt: Receipt) { lock.withLock { state.leave(receipt) } }

    /// Counts a request that is sent again.
    func retried() { lock.withLock { state.retried() } }

    /// When the next request is due, if one is.
    var nextFlush: UInt64? { lock.withLock { state.nextFlush } }

    /// Once it was closed, until when to drain.
    var drainDeadline: UInt64? { lock.withLock { deadline } }

    /// Whether nothing is left to be delivered in this run.
    var isEmpty: Bool { lock.withLock { state.isEmpty } }

    /// The counters.
    var counters: ExporterCounters { lock.withLock { state.counters } }

    /// Waits until a request is due, the queue was closed and is empty, or that moment came.
    func wait(until moment: UInt64?) {
        lock.withLock {
            // What is staged when the queue is closed comes out only when it is stored.
            if deadline != nil, state.isEmpty || state.nextFlush != nil { return }
            let due = [state.nextFlush, moment, deadline].compactMap { $0 }.min()
            if let due, due <= Monotonic.now() { return }
            work.wait(until: due)
        }
    }

    // MARK: The end

    /// Takes no more; what is there is stored, and is to be delivered until the deadline.
    func close(deadline: UInt64) {
        lock.withLock {
            state.close()
            self.deadline = deadline
            disk.wakeAll()
            room.wakeAll()
            announce()
        }
    }

    /// Ends the thread that writes, once everything is stored, and closes the files. Nothing may be settled afterwards.
    /// Waits for the disk no longer than a second beyond the deadline; a thread that it holds up even longer ends by
    /// itself.
    func leaveWaiting() {
        let (answers, running) = lock.withLock {
            let latest = max(deadline ?? 0, Monotonic.now()) &+ Self.grace
            state.leaveWaiting()
            disk.wakeAll()
            while phase == .open, Monotonic.now() < latest { disk.wait(until: latest) }
            let running = phase == .ended ? thread.take() : nil
            let hasFailed = phase != .unopened
            phase = .ended
            announce()
            return (state.abandonStaging(hasFailed ? .writeFailed : .shutdown), running)
        }
        for answer in answers { answer(false) }
        running?.join()
    }

    private func announce() {
        work.wakeAll()
        onWork()
    }

    // MARK: The thread

    private func serve(_ writer: DiskWriter) {
        while let round = nextRound() {
            if writer.isBroken { reopen(writer) }
            if round.writes { write(round, writer) }
            if let id = round.readAfter { read(after: id, bytes: round.readBytes, writer) }
            if lock.withLock({ state.held.items == 0 && state.deletions.isEmpty }) { writer.shrink() }
        }
        writer.close()
        lock.withLock {
            phase = .ended
            disk.wakeAll()
        }
    }

    /// What to do next, waiting for it; nil at the end.
    private func nextRound() -> DiskQueueState.Round? {
        lock.withLock {
            while true {
                // What failed at the end is not tried once more.
                if state.isLeaving, state.writePause != nil { return nil }
                if let round = state.nextRound(now: Monotonic.now()) { return round }
                if state.isLeaving { return nil }
                disk.wait(until: state.nextAttempt)
            }
        }
    }

    private func write(_ round: DiskQueueState.Round, _ writer: DiskWriter) {
        let outcome = writer.write(round)
        let (answers, isStored) = lock.withLock {
            let flushBefore = state.nextFlush
            defer {
                room.wakeAll()
                if state.nextFlush != flushBefore || state.isClosed { announce() }
            }
            guard let rows = outcome.rows else {
                var round = round
                if outcome.areDeleted { round.deletions = [] }
                return (state.failed(round, now: Monotonic.now()), false)
            }
            return (state.stored(rows, of: round.batches), true)
        }
        for answer in answers { answer(isStored) }
    }

    private func read(after id: Int64, bytes: Int, _ writer: DiskWriter) {
        let page = writer.read(after: id, bytes: bytes)
        let corrupt = lock.withLock {
            defer { announce() }
            guard let page else {
                state.failedToRead(now: Monotonic.now())
                return 0
            }
            return state.loaded(page)
        }
        if corrupt > 0 { writer.noteCorrupt(corrupt) }
    }

    private func reopen(_ writer: DiskWriter) {
        let id = lock.withLock { state.lastLoaded }
        do throws(ExporterError) {
            let inventory = try writer.open(after: id)
            let missing = lock.withLock { state.reconcile(with: inventory) }
            if missing > 0 { writer.noteCorrupt(missing) }
        } catch {
            writer.note(error)
        }
    }
}
