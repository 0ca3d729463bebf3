internal import Logging
internal import OTLP
internal import Synchronization
internal import Threading

/// Names and labels of containers, by their runtimes' sockets and by Kubernetes. What does not answer is left alone for a while;
/// then /proc alone tells.
///
/// Used from any thread: ``known(_:)`` never waits; ``find(_:within:)`` asks, and is for threads that nothing else waits for.
final class ContainerDirectory: Sendable {
    /// Most time that one source is given, ns.
    private static let patience: UInt64 = 700_000_000
    /// How long pods that were asked for are not asked for again, ns.
    private static let podInterval: UInt64 = 2_000_000_000

    /// Who is asked.
    struct Sources: Sendable {
        /// Who is asked for a container, the first that knows it.
        var runtimes: [any ContainerSource] = []
        /// Who is asked for the pods of this node.
        var kubernetes: KubernetesSource?

        /// Whether there is nobody.
        var isEmpty: Bool { runtimes.isEmpty && kubernetes == nil }
    }

    private struct State {
        var sources: Sources
        var cache = MetadataCache()
        var health: [String: SourceHealth] = [:]
        var pods = PodList()
        /// When pods were asked for last; nil: never.
        var podsSince: UInt64?
    }

    /// Counts labels that are left out.
    let labels: LabelReader
    private let logger: Logger
    private let now: @Sendable () -> UInt64
    private let state: Mutex<State>

    /// - Parameters:
    ///   - runtimes: who is asked for a container, the first that knows it.
    ///   - kubernetes: who is asked for the pods of this node.
    ///   - labels: what the sources count labels with that are left out.
    ///   - logger: for what is worth saying, once.
    ///   - now: ns of a clock that does not go back.
    init(
        runtimes: [any ContainerSource], kubernetes: KubernetesSource?, labels: LabelReader, logger: Logger,
        now: @escaping @Sendable () -> UInt64 = { Monotonic.now() }
    ) {
        state = Mutex(State(sources: Sources(runtimes: runtimes, kubernetes: kubernetes)))
        self.labels = labels
        self.logger = logger
        self.now = now
    }

    /// Whether there is anybody to ask.
    var isEmpty: Bool { sources.isEmpty }
    /// How many labels were left out for being too long, or too many.
    var labelsLeftOut: UInt64 { labels.leftOut }

    private var sources: Sources { state.withLock { $0.sources } }

    /// Asks others from now on, as if nothing had been asked before.
    func use(_ sources: Sources) {
        state.withLock { $0 = State(sources: sources) }
        prepare()
    }

    /// What is known by now of the container at a place. Never waits and never asks.
    func known(_ place: ProcessPlace) -> ContainerMetadata? {
        let now = now()
        return state.withLock { state in
            if let id = place.containerID, let cached = state.cache.find(id, now: now) { return cached }
            return state.pods.container(at: place)
        }
    }

    /// What can be found out about the container at a place. May wait, as long as is said and hardly longer.
    ///
    /// - Parameter limit: most time to wait, ns.
    func find(_ place: ProcessPlace, within limit: UInt64) -> ContainerMetadata? {
        guard place.isContainer, !isEmpty else { return nil }
        let start = now()
        if let id = place.containerID, let cached = state.withLock({ $0.cache.find(id, now: start) }) { return cached }
        var container: ContainerMetadata?
        if place.podUID != nil {
            // Kubernetes knows most, and all containers of the node at once.
            container = pod(at: place, deadline: start &+ limit)
        }
        if container?.pod?.name == nil || container?.name == nil, let id = place.containerID {
            if let other = ask(id, deadline: start &+ limit) { container = container?.completed(by: other) ?? other }
        }
        if container == nil, place.podUID == nil { container = state.withLock { $0.pods.container(at: place) } }
        if let id = place.containerID { state.withLock { $0.cache.keep(container, for: id, now: now()) } }
        return container
    }

    /// Asks for the pods before anybody waits for them.
    func prepare() {
        if sources.kubernetes != nil { refreshPods(deadline: now() &+ 2 * Self.patience) }
    }

    // MARK: Sources

    private func pod(at place: ProcessPlace, deadline: UInt64) -> ContainerMetadata? {
        if let known = state.withLock({ $0.pods.container(at: place) }), !known.id.isEmpty, known.name != nil {
            return known
        }
        let now = now()
        let isFresh = state.withLock { $0.podsSince.map { now &- $0 < Self.podInterval } ?? false }
        if !isFresh { refreshPods(deadline: deadline) }
        return state.withLock { $0.pods.container(at: place) }
    }

    private func refreshPods(deadline: UInt64) {
        guard let kubernetes = sources.kubernetes, let timeout = timeout(kubernetes.name, deadline) else { return }
        state.withLock { $0.podsSince = now() }
        do {
            let pods = try kubernetes.pods(timeout: timeout)
            state.withLock { $0.pods = pods }
            answered(kubernetes.name)
        } catch {
            failed(kubernetes.name, error)
        }
    }

    private func ask(_ id: String, deadline: UInt64) -> ContainerMetadata? {
        for source in sources.runtimes where source.isPresent {
            guard let timeout = timeout(source.name, deadline) else { continue }
            do {
                let container = try source.container(id, timeout: timeout)
                answered(source.name)
                if let container { return container }
            } catch {
                failed(source.name, error)
            }
        }
        return nil
    }

    /// How long a source may take; nil when it is not to be asked.
    private func timeout(_ name: String, _ deadline: UInt64) -> UInt64? {
        let now = now()
        guard now < deadline, state.withLock({ $0.health[name]?.isUsable(now: now) ?? true }) else { return nil }
        return min(deadline - now, Self.patience)
    }

    private func answered(_ name: String) {
        let change = state.withLock { $0.health[name, default: SourceHealth()].answered() }
        if change == .recovered { logger.info("containers are named again", metadata: ["by": "\(name)"]) }
    }

    private func failed(_ name: String, _ failure: FetchFailure) {
        let now = now()
        let change = state.withLock { $0.health[name, default: SourceHealth()].failed(now: now) }
        guard change == .failed else { return }
        logger.notice(
            "containers are known by /proc alone", metadata: ["not asked": "\(name)", "why": "\(failure.text)"])
    }
}

extension FetchFailure {
    /// In words.
    var text: String {
        switch self {
        case .unreachable(let text): text
        case .timedOut: "no answer in time"
        case .tooLarge: "the answer is too large"
        case .refused(let status): "refused with status \(status)"
        case .malformed: "the answer makes no sense"
        }
    }
}
