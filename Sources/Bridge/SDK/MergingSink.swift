internal import OTLP
internal import Synchronization

/// Where a receiver's telemetry goes when what SDKs send is joined with what is captured: spans by way of Bridge's thread,
/// all else straight on, unless it speaks of traces that may have become others.
struct MergingSink: TelemetrySink {
    /// Where it goes in the end.
    let onward: RoutedSink
    /// The way to Bridge's thread.
    let queue: ReceivedQueue
    /// What becomes of its spans at the moment.
    var way = ReceivedWay()
    /// Whether spans take that way only once another agent's have come: where nothing is captured there is nothing else to
    /// join them with.
    var waitsForAgents = false

    /// Takes a batch; see ``TelemetrySink``.
    func accept(_ batch: ReceivedBatch, _ done: @escaping @Sendable (SinkVerdict) -> Void) {
        guard way.joins, batch.signal == .traces ? isJoined(batch) : queue.hasAliases else {
            return onward.accept(batch, done)
        }
        if !queue.push(ReceivedWork(batch: batch, onward: onward, done: done, isSampled: way.isSampled)) {
            done(.full(retryAfterSeconds: TelemetryRouter.retryAfterSeconds))
        }
    }

    private func isJoined(_ batch: ReceivedBatch) -> Bool {
        guard waitsForAgents, !queue.hasAgents else { return true }
        guard batch.hasOwnScope else { return false }
        queue.hasAgents = true
        return true
    }
}

/// What becomes of the spans of a receiver, as long as the configuration stays what it is.
final class ReceivedWay: Sendable {
    private let joining: Atomic<Bool>
    private let sampling: Atomic<Bool>

    /// - Parameters:
    ///   - joins: whether they are joined with what is captured.
    ///   - isSampled: whether they are sampled.
    init(joins: Bool = true, isSampled: Bool = false) {
        joining = Atomic(joins)
        sampling = Atomic(isSampled)
    }

    /// Whether they are joined with what is captured.
    var joins: Bool { joining.load(ordering: .relaxed) }
    /// Whether they are sampled.
    var isSampled: Bool { sampling.load(ordering: .relaxed) }

    /// Another configuration.
    func change(joins: Bool, isSampled: Bool) {
        joining.store(joins, ordering: .relaxed)
        sampling.store(isSampled, ordering: .relaxed)
    }
}
