internal import Capture
internal import OTLP

/// What became of the spans that were received: `spans = unchanged + rewritten + undecided`, once they have left.
struct ReceivedStageCounters: Sendable, Equatable {
    /// Spans that came.
    var spans: UInt64 = 0
    /// Those that left as they came, since merging said so.
    var unchanged: UInt64 = 0
    /// Those that left changed.
    var rewritten: UInt64 = 0
    /// Those that left as they came because nothing was known of them when their time was over.
    var undecided: UInt64 = 0
    /// Those that could not be decided when they came.
    var waited: UInt64 = 0
    /// Batches that had to leave because their time was over.
    var late: UInt64 = 0
    /// Batches that had to leave early because too much was held.
    var crowdedOut: UInt64 = 0
}

/// Holds batches of received spans until merging has decided about all spans of each, changes them once, and lets them go.
///
/// A value without I/O; time is given. What cannot be decided leaves as it came when ``patience`` is over or more is held
/// than ``maximumBytes``, the oldest first. Whatever can leave leaves at once, in the order in which it came: a sender that
/// waits for its answer, as SDKs do, never sees its batches overtake each other.
struct ReceivedStage: Sendable {
    /// How long a batch is held, from its arrival, ns: captured requests come within a fraction of that, and a sender
    /// waits 10 s for its answer.
    static let patience: UInt64 = 2_000_000_000
    /// Most bytes that are held. Receivers leave 64 MiB unanswered, of which ``ReceivedQueue`` takes its share: this is
    /// reached first, so that spans leave undecided before senders are refused.
    static let maximumBytes = 32 << 20
    /// Merging is asked again when a batch has waited as long again, but not earlier nor later than this, ns: a batch is
    /// asked about a dozen times at most, however much is captured meanwhile.
    static let soonest: UInt64 = 10_000_000
    static let latest: UInt64 = 250_000_000

    /// Which process a request came from; nil where that is not known.
    private let process: @Sendable (SenderAddress) -> ProcessKey?
    /// What is held, the oldest first; those before `first` have left.
    private var held: [HeldBatch] = []
    private var first = 0
    private var isDraining = false
    private(set) var counters = ReceivedStageCounters()
    /// Bytes that are held.
    private(set) var heldBytes = 0
    /// When there is something to do, ns of CLOCK_MONOTONIC; `.max` while nothing is held.
    private(set) var nextDue = UInt64.max

    /// A stage that holds nothing.
    ///
    /// - Parameter process: which process a request came from, asked once for each batch.
    init(process: @escaping @Sendable (SenderAddress) -> ProcessKey? = { _ in nil }) { self.process = process }

    /// Batches that are held.
    var heldCount: Int { held.count - first }

    /// Takes a batch in. One of metrics or logs leaves at once, under the names that its traces have by now.
    ///
    /// - Parameters:
    ///   - now: ns of CLOCK_MONOTONIC.
    ///   - wall: the same moment, ns since 1970.
    ///   - left: what leaves is added to it.
    mutating func take(
        _ work: ReceivedWork, now: UInt64, wall: UInt64, merger: inout some ReceivedSpanMerging,
        left: inout [ReceivedWork]
    ) {
        guard work.batch.signal == .traces else {
            var work = work
            work.batch = merger.following(work.batch)
            return left.append(work)
        }
        var batch = HeldBatch(work, since: now)
        batch.sender = work.batch.sender.flatMap(process)
        counters.spans &+= UInt64(batch.undecided.count)
        merger.received(batch.spans.spans, of: batch.spans.resources, from: batch.sender, now: wall)
        batch.decide(mustDecide: isDraining, wall: wall, merger: &merger, &counters)
        guard !batch.undecided.isEmpty else { return left.append(batch.result(merger)) }
        counters.waited &+= UInt64(batch.undecided.count)
        batch.next = now &+ Self.soonest
        nextDue = min(nextDue, batch.next)
        heldBytes += batch.size
        held.append(batch)
        while heldBytes > Self.maximumBytes { crowdOut(wall: wall, merger: &merger, left: &left) }
    }

    /// Asks again about what is held and due.
    mutating func advance(
        now: UInt64, wall: UInt64, merger: inout some ReceivedSpanMerging, left: inout [ReceivedWork]
    ) {
        if now >= nextDue { pass(now: now, wall: wall, merger: &merger, left: &left) }
    }

    /// Lets everything go: nothing more will be captured that it could wait for. What comes from now on leaves at once.
    mutating func drain(
        now: UInt64, wall: UInt64, merger: inout some ReceivedSpanMerging, left: inout [ReceivedWork]
    ) {
        isDraining = true
        pass(now: now, wall: wall, merger: &merger, left: &left)
    }

    /// Lets the oldest go, decided or not.
    private mutating func crowdOut(
        wall: UInt64, merger: inout some ReceivedSpanMerging, left: inout [ReceivedWork]
    ) {
        held[first].decide(mustDecide: false, wall: wall, merger: &merger, &counters)
        if !held[first].undecided.isEmpty {
            counters.crowdedOut += 1
            held[first].decide(mustDecide: true, wall: wall, merger: &merger, &counters)
        }
        heldBytes -= held[first].size
        left.append(held[first].result(merger))
        first += 1
        // Those that have left keep their memory until then: at most as many as are held.
        guard first * 2 > held.count else { return }
        held.removeFirst(first)
        first = 0
    }

    /// Goes through all that is held, the oldest first.
    private mutating func pass(
        now: UInt64, wall: UInt64, merger: inout some ReceivedSpanMerging, left: inout [ReceivedWork]
    ) {
        nextDue = .max
        held.removeFirst(first)
        first = 0
        var kept = 0
        for index in held.indices {
            let deadline = held[index].since &+ Self.patience
            let mustDecide = isDraining || now >= deadline
            if mustDecide || now >= held[index].next {
                held[index].decide(mustDecide: false, wall: wall, merger: &merger, &counters)
                if !held[index].undecided.isEmpty, mustDecide {
                    if now >= deadline { counters.late += 1 }
                    held[index].decide(mustDecide: true, wall: wall, merger: &merger, &counters)
                }
                guard !held[index].undecided.isEmpty else {
                    heldBytes -= held[index].size
                    left.append(held[index].result(merger))
                    continue
                }
                let waited = now &- held[index].since
                held[index].next = min(now &+ min(max(waited, Self.soonest), Self.latest), deadline)
            }
            nextDue = min(nextDue, held[index].next)
            held.swapAt(kept, index)
            kept += 1
        }
        held.removeLast(held.count - kept)
    }
}
