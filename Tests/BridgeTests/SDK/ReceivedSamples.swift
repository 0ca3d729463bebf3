import Synchronization

@testable import Bridge
@testable import Capture
@testable import OTLP

/// Batches as SDKs send them.
enum ReceivedSamples {
    /// The trace of all of them.
    static let trace = TraceID(high: 0x1111, low: 0x2222)

    /// A batch with server spans of these ids, of which those that are `called` have a parent, but for those that are
    /// `inner`, and about so many bytes more.
    static func batch(
        _ ids: [UInt64], inner: Set<UInt64> = [], called: Set<UInt64> = [], padding: Int = 0
    ) -> ReceivedBatch {
        var spans = SpanBatch()
        let resource = spans.index(of: ResourceData(attributes: [("service.name", .string("shop"))]))
        for id in ids {
            let isInner = inner.contains(id)
            spans.append(
                SpanData(
                    traceID: trace, spanID: id, parentSpanID: isInner || called.contains(id) ? 1 : 0,
                    kind: isInner ? .internal : .server,
                    start: 1, end: 2, resource: resource))
        }
        var bytes = TelemetryEncoder(.protobuf).encode(spans) { Array($0) }
        if padding > 0 {
            // A field 15 that nobody knows, with a length of four bytes.
            bytes += [15 << 3 | 2] + (0..<4).map { UInt8(padding >> ($0 * 7) & 127) | ($0 < 3 ? 128 : 0) }
            bytes += [UInt8](repeating: 0, count: padding)
        }
        return ReceivedBatch(signal: .traces, bytes: bytes, items: ids.count)
    }

    /// The same on its way, to a sink that does not matter.
    static func work(_ ids: [UInt64], inner: Set<UInt64> = [], padding: Int = 0) -> ReceivedWork {
        ReceivedWork(batch: batch(ids, inner: inner, padding: padding), onward: CollectingSink(), done: { _ in })
    }
}

/// Keeps what it is given, and says that it has it.
final class CollectingSink: TelemetrySink {
    private let taken = Mutex<[ReceivedBatch]>([])

    /// What it was given.
    var batches: [ReceivedBatch] { taken.withLock { $0 } }

    func accept(_ batch: ReceivedBatch, _ done: @escaping @Sendable (SinkVerdict) -> Void) {
        taken.withLock { $0.append(batch) }
        done(.accepted)
    }
}

/// Verdicts, as a sender gets them.
final class Verdicts: Sendable {
    private let told = Mutex<[SinkVerdict]>([])

    /// All so far.
    var all: [SinkVerdict] { told.withLock { $0 } }

    /// Takes one down.
    func tell(_ verdict: SinkVerdict) { told.withLock { $0.append(verdict) } }
}

/// Decides as a test says: spans below 100 leave as they came, those of 100...199 get a parent, others wait until they are
/// `ready`.
struct ScriptedMerging: ReceivedSpanMerging {
    /// What every span that is changed has for its parent then.
    static let parent: UInt64 = 0xABCD

    /// Spans that would wait, and need not any more.
    var ready: Set<UInt64> = []
    /// How often each was asked about.
    private(set) var asked: [UInt64: Int] = [:]
    /// The same, in order.
    private(set) var questions: [UInt64] = []
    /// The spans of which it was told, batch by batch.
    private(set) var told: [[UInt64]] = []
    /// The latest wall clock.
    private(set) var wall: UInt64 = 0

    /// Who sent them, batch by batch.
    private(set) var senders: [ProcessKey?] = []

    mutating func received(
        _ spans: [ReceivedSpan], of resources: [ReceivedResource], from sender: ProcessKey?, now: UInt64
    ) {
        senders.append(sender)
        told.append(spans.map(\.spanID))
        wall = now
    }

    mutating func decide(
        _ span: ReceivedSpan, index: UInt32, of resource: ReceivedResource, from sender: ProcessKey?, mustDecide: Bool,
        now: UInt64
    ) -> ReceivedDecision {
        asked[span.spanID, default: 0] += 1
        questions.append(span.spanID)
        wall = now
        guard span.spanID >= 100 else { return .unchanged }
        guard span.spanID < 200 || ready.contains(span.spanID) else { return .wait }
        var rewrite = SpanRewrite(span: index)
        rewrite.parentSpanID = Self.parent
        return .rewrite(rewrite)
    }

    /// Traces that have become others.
    var aliases: [TraceID: TraceID] = [:]

    var hasAliases: Bool { !aliases.isEmpty }

    func alias(of trace: TraceID) -> TraceID? { aliases[trace] }
}
