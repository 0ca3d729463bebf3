internal import Capture
internal import OTLP

/// A batch of received spans, some of which are not decided.
struct HeldBatch: Sendable {
    /// What is counted for a batch beside its bytes and its spans.
    private static let overhead = 1024

    /// The batch as it came.
    let work: ReceivedWork
    /// What is asked of its spans.
    let spans: ReceivedSpans
    /// The process that sent it, once that is known.
    var sender: ProcessKey?
    /// Since when it is here, ns of CLOCK_MONOTONIC.
    let since: UInt64
    /// When merging is asked again, ns of CLOCK_MONOTONIC.
    var next: UInt64 = 0
    /// Bytes that it takes, about.
    let size: Int
    /// The spans that are not decided, by their indices.
    private(set) var undecided: [UInt32]
    /// What was decided to be changed.
    private var rewrites: [SpanRewrite] = []

    /// A batch of which nothing is decided.
    init(_ work: ReceivedWork, since: UInt64) {
        self.work = work
        self.since = since
        spans = ReceivedSpans(work.batch)
        undecided = Self.order(spans.spans)
        let span = MemoryLayout<ReceivedSpan>.stride + MemoryLayout<SpanRewrite>.stride + MemoryLayout<UInt32>.stride
        size =
            work.batch.bytes.count + spans.spans.count * span + spans.resources.reduce(0) { $0 + $1.size }
            + Self.overhead
    }

    /// The order in which spans are asked about: first those that begin traces, then those by which requests came in,
    /// wherever they stand (SDKs send them last), since what becomes of their traces is decided with them and holds for the
    /// others.
    private static func order(_ spans: [ReceivedSpan]) -> [UInt32] {
        func rank(_ index: UInt32) -> Int {
            let span = spans[Int(index)]
            if span.parentSpanID == 0 { return 0 }
            return span.kind == .server || span.kind == .consumer ? 1 : 2
        }
        let all = 0..<UInt32(truncatingIfNeeded: spans.count)
        return (0...2).flatMap { wanted in all.filter { rank($0) == wanted } }
    }

    /// Asks about each span that is not decided.
    mutating func decide(
        mustDecide: Bool, wall: UInt64, merger: inout some ReceivedSpanMerging, _ counters: inout ReceivedStageCounters
    ) {
        var left = 0
        for place in undecided.indices {
            let index = undecided[place]
            let span = spans.spans[Int(index)]
            let resource = spans.resources[Int(span.resource)]
            let decision = merger.decide(
                span, index: index, of: resource, from: sender, mustDecide: mustDecide, now: wall)
            switch decision {
            case .unchanged: counters.unchanged &+= 1
            case .rewrite(let rewrite):
                counters.rewritten &+= 1
                rewrites.append(rewrite)
            case .wait where mustDecide: counters.undecided &+= 1
            case .wait:
                undecided[left] = index
                left += 1
            }
        }
        undecided.removeLast(undecided.count - left)
    }

    /// The batch with what was decided.
    func result(_ merger: some ReceivedSpanMerging) -> ReceivedWork {
        var work = work
        work.batch = merger.following(work.batch).rewritten(rewrites.sorted { $0.span < $1.span })
        return work
    }
}

extension ReceivedResource {
    /// Bytes that it takes, about.
    fileprivate var size: Int {
        [serviceName, serviceInstance, hostName, hostID].reduce(MemoryLayout<Self>.stride) { $0 + $1.utf8.count }
    }
}
