import NIOCore

/// A queue on disk as a value: what is admitted, what is written, read and deleted next, what makes a request, and the
/// counters, which always add up. It knows nothing of files.
///
/// A batch is first staged, in memory; a transaction makes it part of a row. The oldest rows that are not on their way
/// are the window: their payloads are in memory. Of the rows beyond there are only sums, however many there are.
struct DiskQueueState {
    /// Bytes that are stored in one transaction, as far as batches go.
    static let transactionBytes = 8 << 20
    /// How long nothing is tried after the disk failed, ns.
    static let pause: UInt64 = 1_000_000_000

    let settings: QueueSettings
    let signal: Signal
    private let storedLimit: Int
    private let stagingLimit: Int
    let windowLimit: Int

    // Written by the other files of this type.
    var staging = CircularBuffer<Staged>()
    /// What is staged, being written, or has room kept for it.
    var stagedBytes = 0
    var window = CircularBuffer<StoredRow>()
    var windowWeight = Weight()
    var beyond = Weight()
    var beyondRows = 0
    /// The last row that came into the window.
    var lastLoaded: Int64 = 0
    /// Rows whose contents are settled.
    var deletions: [Int64] = []
    /// Everything: staged, stored, on its way, or with room kept for it.
    var held = Weight()
    /// What of it is not accepted yet: received and not stored.
    var unaccepted = Weight()
    var counted = ExporterCounters()
    /// Until when nothing is written or read, after it failed.
    var writePause: UInt64?
    var readPause: UInt64?
    private var inFlight = Weight()
    /// What came back from its way and stays for the next start.
    private var left = Weight()
    /// Whether nothing more is taken.
    private(set) var isClosed = false
    /// Whether what is stored stays for the next start.
    private(set) var isLeaving = false

    /// An empty queue.
    init(_ settings: QueueSettings, storage: StorageSettings, signal: Signal) {
        self.settings = settings
        self.signal = signal
        storedLimit = storage.maxBytes
        stagingLimit = max(settings.memoryLimit / 2, 1)
        windowLimit = max(min(settings.memoryLimit / 4, settings.batch.maxBytes), 1)
    }

    /// The counters.
    var counters: ExporterCounters {
        var counters = counted
        counters.queued = UInt64(max(held.items - unaccepted.items, 0))
        counters.queueSize = size(of: held)
        counters.queueCapacity = settings.size
        return counters
    }

    /// Whether nothing is left to be delivered in this run.
    var isEmpty: Bool { isLeaving ? inFlight.items == 0 : held.items == left.items }

    // MARK: In

    /// Takes a batch of our own if there is room.
    mutating func admit(_ batch: SpanBatch, now: UInt64) -> QueueState.Admission {
        guard !batch.isEmpty else { return .accepted }
        let weight = batch.weight
        let admission = hold(weight)
        if admission == .accepted {
            staging.append(Staged(batch: .spans(batch), arrival: now, weight: weight))
            counted.accepted += UInt64(weight.items)
        }
        return admission
    }

    /// Keeps room for a batch, if there is and the disk takes what it is given.
    mutating func reserve(_ weight: Weight, now: UInt64) -> QueueState.Admission {
        if let writePause, now < writePause { return .full }
        let admission = hold(weight)
        if admission == .accepted { unaccepted = unaccepted + weight }
        return admission
    }

    /// Takes a batch that room was kept for, to be stored.
    mutating func commit(
        _ batch: ReceivedBatch, stored: @escaping @Sendable (Bool) -> Void, now: UInt64
    ) {
        staging.append(Staged(batch: .received(batch, stored: stored), arrival: now, weight: batch.weight))
    }

    /// Gives room back.
    mutating func cancel(_ weight: Weight) {
        unaccepted = unaccepted - weight
        held = held - weight
        stagedBytes -= weight.bytes
    }

    /// Counts items that were not taken.
    mutating func refuse(_ items: Int) { counted.refused += UInt64(items) }

    private mutating func hold(_ weight: Weight) -> QueueState.Admission {
        guard !isClosed, size(of: weight) <= settings.size, weight.bytes <= min(stagingLimit, storedLimit) else {
            return .impossible
        }
        let together = held + weight
        guard size(of: together) <= settings.size, together.bytes <= storedLimit,
            stagedBytes + weight.bytes <= stagingLimit
        else { return .full }
        held = together
        stagedBytes += weight.bytes
        return .accepted
    }

    // MARK: Out

    /// When the oldest that is stored must leave, if anything may.
    var nextFlush: UInt64? {
        guard !isLeaving, let oldest = window.first else { return nil }
        if fillsRequest(windowWeight) || windowWeight.bytes >= windowLimit { return 0 }
        // What is beyond is older than the flush timeout and on its way into memory: a larger request is worth that.
        if beyondRows > 0 { return readPause == nil ? nil : 0 }
        return isClosed ? 0 : oldest.arrival &+ settings.batch.flushTimeoutNanoseconds
    }

    private func fillsRequest(_ weight: Weight) -> Bool {
        weight.items >= settings.batch.minSize || weight.bytes >= settings.batch.maxBytes
            || (settings.batch.maxSize > 0 && weight.items >= settings.batch.maxSize)
    }

    /// What makes the next request, if it is time for one.
    mutating func take(now: UInt64) -> Portion? {
        guard let flush = nextFlush, flush <= now else { return nil }
        let most = settings.batch.maxSize > 0 ? settings.batch.maxSize : Int.max
        var portion = Portion()
        while let row = window.first {
            let together = portion.receipt.weight + row.weight
            // The first always goes, however large.
            guard portion.contents.isEmpty || (together.items <= most && together.bytes <= settings.batch.maxBytes)
            else { break }
            window.removeFirst()
            portion.receipt.weight = together
            portion.receipt.rows.append(row.id)
            portion.contents.append(
                .received(ReceivedBatch(signal: signal, bytes: row.payload, items: row.weight.items)))
        }
        windowWeight = windowWeight - portion.receipt.weight
        inFlight = inFlight + portion.receipt.weight
        return portion
    }

    /// Says what became of a portion's items, or of those of them that are decided; its rows go.
    mutating func settle(_ receipt: Receipt, sent: Int, dropped: Int, _ reason: DropReason) {
        inFlight = inFlight - receipt.weight
        held = held - receipt.weight
        deletions.append(contentsOf: receipt.rows)
        counted.sent += UInt64(max(sent, 0))
        counted.drop(UInt64(max(dropped, 0)), reason)
    }

    /// A portion stays for the next start.
    mutating func leave(_ receipt: Receipt) {
        inFlight = inFlight - receipt.weight
        left = left + receipt.weight
    }

    /// Counts a request that is sent again.
    mutating func retried() { counted.retries += 1 }

    /// Takes no more, and makes everything due.
    mutating func close() { isClosed = true }

    /// What is stored stays, what is staged is written now or never.
    mutating func leaveWaiting() {
        isClosed = true
        isLeaving = true
        // One more attempt, however short ago the last one failed.
        writePause = nil
        window.removeAll()
    }

    private func size(of weight: Weight) -> Int {
        switch settings.sizer {
        case .requests: weight.requests
        case .items: weight.items
        case .bytes: weight.bytes
        }
    }
}
