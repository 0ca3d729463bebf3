internal import OTLP
internal import Synchronization

/// Where a receiver's telemetry goes: the exporters of the pipelines that it feeds.
///
/// What is received is acknowledged when it is in a queue. An exporter that has no room misses it and counts it, so that
/// one that is away takes nothing from the others; the sender is told to come again when none has room, or when one
/// that must not miss anything (`block_on_overflow`) has none.
struct TelemetryRouter: TelemetrySink {
    /// How long the sender is asked to wait when there is no room, s: long enough for a queue to move, short enough
    /// that the sender's own does not overflow meanwhile.
    static let retryAfterSeconds = 1

    private let exporters: [Signal: [any Exporter]]
    /// Whether nothing is to be exported at all (`OTEL_SDK_DISABLED`): everything is taken and let go.
    private let isDiscarding: Bool

    /// A router.
    init(_ exporters: [Signal: [any Exporter]], isDiscarding: Bool = false) {
        self.exporters = exporters
        self.isDiscarding = isDiscarding
    }

    /// Takes a batch; see ``TelemetrySink``.
    func accept(_ batch: ReceivedBatch, _ done: @escaping @Sendable (SinkVerdict) -> Void) {
        guard !isDiscarding else { return done(.accepted) }
        guard let all = exporters[batch.signal], !all.isEmpty else { return done(.noPipeline) }
        var chosen: [any Exporter] = []
        var missing: [any Exporter] = []
        for exporter in all { if exporter.reserve(batch) { chosen.append(exporter) } else { missing.append(exporter) } }
        guard !chosen.isEmpty, !missing.contains(where: \.requiresRoom) else {
            for exporter in chosen { exporter.cancel(batch) }
            return done(.full(retryAfterSeconds: Self.retryAfterSeconds))
        }
        for exporter in missing { exporter.refuse(batch) }
        let ballot = Ballot(voters: chosen.count, done)
        for exporter in chosen {
            let isRequired = exporter.requiresRoom
            exporter.commit(batch) { stored in ballot.vote(stored: stored, isRequired: isRequired) }
        }
    }
}

/// What several queues made of one batch, until the last has said so.
private final class Ballot: Sendable {
    private struct State {
        var left: Int
        var isStored = false
        var isMissed = false
    }

    private let state: Mutex<State>
    private let done: @Sendable (SinkVerdict) -> Void

    init(voters: Int, _ done: @escaping @Sendable (SinkVerdict) -> Void) {
        state = Mutex(State(left: voters))
        self.done = done
    }

    func vote(stored: Bool, isRequired: Bool) {
        let verdict: SinkVerdict? = state.withLock { state in
            state.left -= 1
            if stored { state.isStored = true }
            if !stored, isRequired { state.isMissed = true }
            guard state.left == 0 else { return nil }
            return state.isStored && !state.isMissed
                ? .accepted : .full(retryAfterSeconds: TelemetryRouter.retryAfterSeconds)
        }
        if let verdict { done(verdict) }
    }
}
