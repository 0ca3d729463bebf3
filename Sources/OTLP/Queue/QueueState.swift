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
        var batch: SpanBatch
        var arrival: UInt64
        /// What has not left yet; its spans are the batch's last ones.
        var weight: Weight
    }

    private let settings: QueueSettings
    private var waiting: [Waiting] = []
    private var head = 0
    private var waitingWeight = Weight()
    private var held = Weight()
    private var counted = ExporterCounters()
    /// Whether nothing more is taken.
    private(set) var isClosed = false

    /// An empty queue.
    init(_ settings: QueueSettings) { self.settings = settings }

    /// The counters.
    var counters: ExporterCounters {
        var counters = counted
        counters.queued = UInt64(held.spans)
        counters.queueSize = size(of: held)
        counters.queueCapacity = settings.size
        return counters
    }

    /// Whether nothing waits and nothing is on its way.
    var isEmpty: Bool { held.spans == 0 }

    /// When the oldest that waits must leave, if anything waits.
    var nextFlush: UInt64? {
        guard head < waiting.count else { return nil }
        return isClosed || isFull ? 0 : waiting[head].arrival &+ settings.batch.flushTimeoutNanoseconds
    }

    /// Whether what waits fills a request.
    private var isFull: Bool {
        waitingWeight.spans >= settings.batch.minSize || waitingWeight.bytes >= settings.batch.maxBytes
            || (settings.batch.maxSize > 0 && waitingWeight.spans >= settings.batch.maxSize)
    }

    /// Takes a batch if there is room.
    mutating func admit(_ batch: SpanBatch, now: UInt64) -> Admission {
        guard !batch.isEmpty else { return .accepted }
        let weight = Weight(requests: 1, spans: batch.count, bytes: batch.footprint)
        guard !isClosed, size(of: weight) <= settings.size, weight.bytes <= settings.memoryLimit else {
            return .impossible
        }
        let together = held + weight
        guard size(of: together) <= settings.size, together.bytes <= settings.memoryLimit else { return .full }
        held = together
        waitingWeight = waitingWeight + weight
        waiting.append(Waiting(batch: batch, arrival: now, weight: weight))
        counted.accepted += UInt64(weight.spans)
        return .accepted
    }

    /// Counts a batch that was not taken.
    mutating func refuse(_ batch: SpanBatch) { counted.refused += UInt64(batch.count) }

    /// Counts a request that is sent again.
    mutating func retried() { counted.retries += 1 }

    /// What makes the next request, if it is time for one.
    mutating func take(now: UInt64) -> Portion? {
        guard let flush = nextFlush, flush <= now else { return nil }
        let most = settings.batch.maxSize > 0 ? settings.batch.maxSize : Int.max
        var portion = Portion()
        while head < waiting.count, portion.weight.spans < most {
            let entry = waiting[head]
            let bytesEach = max(entry.weight.bytes / max(entry.weight.spans, 1), 1)
            var count = min(entry.weight.spans, most - portion.weight.spans)
            let room = settings.batch.maxBytes - portion.weight.bytes
            if count * bytesEach > room { count = room / bytesEach }
            if count <= 0 {
                if !portion.slices.isEmpty { break }
                count = 1
            }
            let start = entry.batch.count - entry.weight.spans
            portion.slices.append(SpanSlice(batch: entry.batch, range: start..<(start + count)))
            // The last part of a batch frees what the batch held.
            let part =
                count == entry.weight.spans
                ? entry.weight : Weight(requests: 0, spans: count, bytes: count * bytesEach)
            portion.weight = portion.weight + part
            if count == entry.weight.spans { removeFirst() } else { waiting[head].weight = entry.weight - part }
        }
        waitingWeight = waitingWeight - portion.weight
        return portion
    }

    /// Frees what a portion held and says what became of its spans, or of those of them that are decided.
    mutating func settle(_ weight: Weight, sent: Int, dropped: Int = 0, _ reason: DropReason = .shutdown) {
        held = held - weight
        counted.sent += UInt64(max(sent, 0))
        counted.drop(UInt64(max(dropped, 0)), reason)
    }

    /// Takes no more.
    mutating func close() { isClosed = true }

    /// Gives up what waits, because the time to drain is over.
    mutating func dropWaiting() {
        settle(waitingWeight, sent: 0, dropped: waitingWeight.spans, .shutdown)
        waiting.removeAll()
        head = 0
        waitingWeight = Weight()
    }

    private mutating func removeFirst() {
        // The batch's memory goes now; the place it had is reclaimed when half of the array is such places.
        waiting[head].batch = SpanBatch()
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
        case .items: weight.spans
        case .bytes: weight.bytes
        }
    }
}
