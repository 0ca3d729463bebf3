internal import Logging
internal import Synchronization
internal import Threading

/// All that send the agent's own metrics; others may take their place.
final class MetricsPushes: Sendable {
    /// How long one may take whose place another has taken, ns.
    private static let ending: UInt64 = 2_000_000_000

    private struct State {
        var readers: [MetricsReaderConfiguration] = []
        var pushes: [MetricsPush] = []
    }

    private let state = Mutex(State())

    /// None.
    init() {}

    /// What their exporters have counted.
    var totals: [ExporterTotal] { state.withLock { $0.pushes }.map(\.total) }

    /// Those that take the place of others.
    struct Change: Sendable {
        fileprivate var readers: [MetricsReaderConfiguration]
        fileprivate var pushes: [MetricsPush]
    }

    /// Has those send as well that a configuration names; nil where these are the ones that do.
    ///
    /// - Throws: what cannot start; then none of them sends.
    func begin(_ configuration: Configuration, _ sources: MetricSources, logger: Logger) throws -> Change? {
        let readers = configuration.telemetry.metrics.readers
        guard readers != state.withLock({ $0.readers }) else { return nil }
        let factory = ExporterFactory(logger: logger, blocksOnOverflow: false)
        let pushes = readers.enumerated().compactMap { index, reader in
            reader.periodic.flatMap { periodic in
                MetricsPush(
                    periodic, name: "service.telemetry.metrics.readers[\(index)]", configuration, sources, factory)
            }
        }
        for (index, push) in pushes.enumerated() {
            do { try push.start() } catch {
                for started in pushes[..<index] { started.stop(deadline: Monotonic.now()) }
                throw error
            }
        }
        return Change(readers: readers, pushes: pushes)
    }

    /// Ends those whose place others have taken.
    func end(_ change: Change) {
        let former = state.withLock { state in
            defer { state = State(readers: change.readers, pushes: change.pushes) }
            return state.pushes
        }
        for push in former { push.stop(deadline: Monotonic.now() &+ Self.ending) }
    }

    /// Ends those that should have taken the place of others.
    func takeBack(_ change: Change) { for push in change.pushes { push.stop(deadline: Monotonic.now()) } }

    /// Has all of them send what there is once more, and end.
    ///
    /// - Parameter deadline: until when, ns of CLOCK_MONOTONIC.
    func stop(deadline: UInt64) {
        let pushes = state.withLock { state in
            defer { state = State() }
            return state.pushes
        }
        for push in pushes { push.stop(deadline: deadline) }
    }
}
