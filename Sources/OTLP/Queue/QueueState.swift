/// The queue of an exporter as a value: what is admitted, what makes a request, and the counters, which always add up.
struct QueueState {
    /// What became of a batch that was handed over.
    enum Admission {
        case accepted
        /// There is no room now.
        case full
        /// There will never be room: it is larger than the queue, or nothing more is taken.
        case impossible
    }

    private struct Waiting {
        var batch: Batch
        var arrival: UInt64
        /// What has not left yet; of our own spans these are the batch's last ones.
        var weight: Weight
    }

    private enum Batch {
        case spans(SpanBatch)
        /// Leaves as a whole, unless it has more items than a request may have.
        case received(ReceivedBatch)
    }

    private let settings: QueueSettings
    private var waiting: [Waiting] = []
    /// What is left of the received batch at the head, once a piece of it has left.
    private var pieces: ReceivedPieces?
    private var head = 0
    private var waitingWeight = Weight()
    /// What waits, is on its way, or has room kept for it.
    private var held = Weight()
    private var reserved = Weight()
    private var counted = ExporterCounters()
    /// Whether nothing more is taken.
    private(set) var isClosed = false

    /// An empty queue.
    init(_ settings: QueueSettings) { self.settings = settings }

    /// The counters.
    var counters: ExporterCounters {
        var counters = counted
        counters.queued = UInt64(held.items - reserved.items)
        counters.queueSize = size(of: held)
        counters.queueCapacity = settings.size
        return counters
    }

    /// Whether nothing waits, nothing is on its way and no room is kept.
    var isEmpty: Bool { held.items == 0 }

    /// When the oldest that waits must leave, if anything waits.
    var nextFlush: UInt64? {
        guard head < waiting.count else { return nil }
        return isClosed || isFull ? 0 : waiting[head].arrival &+ settings.batch.flushTimeoutNanoseconds
    }

    /// Whether what waits fills a request.
    private var isFull: Bool {
        waitingWeight.items >= settings.batch.minSize || waitingWeight.bytes >= settings.batch.maxBytes
            || (settings.batch.maxSize > 0 && waitingWeight.items >= settings.batch.maxSize)
    }

    // MARK: In

    /// Takes a batch if there is room.
    mutating func admit(_ batch: SpanBatch, now: UInt64) -> Admission {
        guard !batch.isEmpty else { return .accepted }
        let admission = hold(batch.weight)
        if admission == .accepted { append(.spans(batch), batch.weight, now: now) }
        return admission
    }

    /// Keeps room for a batch, if there is.
    mutating func reserve(_ weight: Weight) -> Admission {
        let admission = hold(weight)
        if admission == .accepted { reserved = reserved + weight }
        return admission
    }

    /// Takes a batch that room was kept for.
    mutating func commit(_ batch: ReceivedBatch, now: UInt64) {
        reserved = reserved - batch.weight
        append(.received(batch), batch.weight, now: now)
    }

    /// Gives room back.
    mutating func cancel(_ weight: Weight) {
        reserved = reserved - weight
        held = held - weight
    }

    /// Counts items that were not taken.
    mutating func refuse(_ items: Int) { counted.refused += UInt64(items) }

    private mutating func hold(_ weight: Weight) -> Admission {
        guard !isClosed, size(of: weight) <= settings.size, weight.bytes <= settings.memoryLimit else {
            return .impossible
        }
        let together = held + weight
        guard size(of: together) <= settings.size, together.bytes <= settings.memoryLimit else { return .full }
        held = together
        return .accepted
    }

    private mutating func append(_ batch: Batch, _ weight: Weight, now: UInt64) {
        waitingWeight = waitingWeight + weight
        waiting.append(Waiting(batch: batch, arrival: now, weight: weight))
        counted.accepted += UInt64(weight.items)
    }

    // MARK: Out

    /// What makes the next request, if it is time for one.
    mutating func take(now: UInt64) -> Portion? {
        guard let flush = nextFlush, flush <= now else { return nil }
        let most = settings.batch.maxSize > 0 ? settings.batch.maxSize : Int.max
        var portion = Portion()
        while head < waiting.count, portion.receipt.weight.items < most {
            let taken = waiting[head]
            guard let part = next(of: taken, after: portion.receipt.weight, most: most) else { break }
            switch taken.batch {
            case .received(let batch): portion.contents.append(.received(piece(of: batch, part.items)))
            case .spans(let batch):
                let start = batch.count - taken.weight.items
                portion.contents.append(.spans(SpanSlice(batch: batch, range: start..<(start + part.items))))
            }
            portion.receipt.weight = portion.receipt.weight + part
            if part.items == taken.weight.items { removeFirst() } else { waiting[head].weight = taken.weight - part }
        }
        waitingWeight = waitingWeight - portion.receipt.weight
        return portion
    }

    /// What of a batch goes into a request that holds so much already; nil when it is for the next one. The first thing
    /// always goes, however large.
    private func next(of entry: Waiting, after taken: Weight, most: Int) -> Weight? {
        let room = settings.batch.maxBytes - taken.bytes
        let bytesEach = max(entry.weight.bytes / max(entry.weight.items, 1), 1)
        var count: Int
        switch entry.batch {
        case .received:
            // Cut for the number of items alone: the share of a piece is what the whole holds, its size more than that.
            count = min(entry.weight.items, most)
            let fits = count <= most - taken.items && entry.weight.bytes <= room
            guard fits || taken.items == 0 else { return nil }
        case .spans:
            count = min(entry.weight.items, most - taken.items, max(room, 0) / bytesEach)
            guard count > 0 || taken.items == 0 else { return nil }
            count = max(count, 1)
        }
        // The last part of a batch frees what the batch held.
        return count == entry.weight.items
            ? entry.weight : Weight(requests: 0, items: count, bytes: count * bytesEach)
    }

    /// The next of a received batch's items, which is at the head.
    private mutating func piece(of batch: ReceivedBatch, _ count: Int) -> ReceivedBatch {
        guard count < batch.items else { return batch }
        var left = pieces ?? batch.pieces(maxItems: settings.batch.maxSize)
        defer { pieces = left }
        // As many pieces as the items' number says; a batch that was checked has them.
        return left.next() ?? batch
    }

    /// Frees what a portion held and says what became of its items, or of those of them that are decided.
    mutating func settle(_ weight: Weight, sent: Int, dropped: Int = 0, _ reason: DropReason = .shutdown) {
        held = held - weight
        counted.sent += UInt64(max(sent, 0))
        counted.drop(UInt64(max(dropped, 0)), reason)
    }

    /// Counts a request that is sent again.
    mutating func retried() { counted.retries += 1 }

    /// Takes no more.
    mutating func close() { isClosed = true }

    /// Gives up what waits, because the time to drain is over.
    mutating func dropWaiting() {
        settle(waitingWeight, sent: 0, dropped: waitingWeight.items, .shutdown)
        waiting.removeAll()
        head = 0
        pieces = nil
        waitingWeight = Weight()
    }

    private mutating func removeFirst() {
        pieces = nil
        // The batch's memory goes now; the place it had is reclaimed when half of the array is such places.
        waiting[head].batch = .spans(SpanBatch())
        head += 1
        if head == waiting.count {
            waiting.removeAll(keepingCapacity: true)
            head = 0
        } else if head >= 64, head * 2 >= waiting.count {
            waiting.removeFirst(head)
            head = 0
        }
    }

    private func size(of weight: Weight) -> Int {
        switch settings.sizer {
        case .requests: weight.requests
        case .items: weight.items
        case .bytes: weight.bytes
        }
    }
}
