internal import Logging
internal import Threading

/// The parts of an agent that can go by another configuration while they run, and the order in which they are told.
struct ReloadableParts: Sendable {
    /// How long a thread may take to look for what it is told, ns; it comes by every 50 ms unless an exporter has it wait.
    private static let patience: UInt64 = 2_000_000_000

    /// Exporters, receivers, pipelines.
    let wiring: LiveWiring
    /// The agent's own servers, and what they tell.
    let observation: SelfObservation
    let sources: MetricSources
    /// Who names containers and pods.
    let containers: ContainerDirectory
    /// Bridge's thread and the capture thread; nil where nothing is captured.
    let captured: (bridge: BridgeThread, capture: CaptureControls)?
    /// Where all of them log.
    let logger: Logger

    /// Has them go by another configuration. First what may fail, which then is taken back.
    ///
    /// - Throws: what cannot be had; then everything is as it was.
    func change(from former: Configuration, to next: Configuration) throws {
        let pages = try observation.begin(next.telemetry)
        var pushes: MetricsPushes.Change?
        do {
            pushes = try sources.pushes.begin(next, sources, logger: logger)
            try wiring.reload(next)
        } catch {
            observation.takeBack(pages)
            pushes.map(sources.pushes.takeBack)
            throw error
        }
        observation.end(pages)
        pushes.map(sources.pushes.end)
        logger.use(next.telemetry.logs)
        if next.identity != former.identity { containers.use(next.identity) }
        guard let (bridge, capture) = captured else { return }
        // Spans are sampled by what their requests say, so that has to be looked at first.
        capture.settings.put(CaptureSettings(next))
        bridge.settings.put(BridgeSettings(next))
        if next.ebpf.select != former.ebpf.select || next.ebpf.exclude != former.ebpf.exclude {
            let selection = next.processSelection
            selection.warnOfNobody(logger)
            capture.select(SelectionJudge(selection, containers: ContainerAnswers(containers)))
        }
        let deadline = Monotonic.now() &+ Self.patience
        let isTaken = [capture.settings.awaitTaken(until: deadline), bridge.settings.awaitTaken(until: deadline)]
        if isTaken.contains(false) { logger.warning("the agent is busy: it goes by the new configuration later") }
    }
}
