internal import Capture
internal import Correlate
internal import Logging
internal import Threading

/// What the capture thread does: fill, correlate, hand over. It never waits for anybody but the kernel.
struct CaptureLoop {
    /// What was counted so far.
    struct Counted: Sendable {
        /// The way of hooking.
        var hook = ""
        var capture = CaptureCounters()
        var correlate = CorrelateCounters()
        /// What was given up because Bridge did not keep up.
        var refused = LinkedQueues.Refused()
        var units = UnitCounters()
        /// What became of the processes that were judged.
        var selection = SelectionCounters()
        /// What became of the models' file.
        var models = KeptLearning.Counters()
        /// How old what was read last may be, ns.
        var delay: UInt64 = 0
        /// Time that was spent on finding parents, ns.
        var correlateTime: UInt64 = 0
    }

    /// How often what was counted is published, ns: the kernel's counters cost a few system calls.
    private static let publishing: UInt64 = 1_000_000_000

    let configuration: Configuration
    let output: LinkedQueues
    /// What spans of SDKs prove about calls.
    let proofs: ProofQueue
    /// What is learned and kept over a restart.
    let kept: KeptLearning
    /// Raises the priority of the thread that captures, and of the one that judges processes.
    let raiser: PriorityRaiser
    /// What is known of the containers that processes run in, for the rules that select them.
    let containers: any ContainerLookup
    /// By which it is told of another configuration.
    let controls: CaptureControls
    /// Where it says how it fares.
    let state: AgentState
    /// Where the agent listens already.
    let ownListeners: [Endpoint]
    let logger: Logger

    /// Captures until `isStopping` says so.
    ///
    /// - Parameters:
    ///   - onActive: called once programs are attached, and before anything is read of what they write.
    ///   - isStopping: asked after each pass.
    /// - Throws: ``CaptureError`` when capturing is not possible, or not any more; what `onActive` throws.
    func run(onActive: () throws -> Void, isStopping: () -> Bool) throws -> Counted {
        let selection = configuration.processSelection
        var options = configuration.captureOptions
        options.judge = SelectionJudge(selection, containers: containers)
        selection.warnOfNobody(logger)
        if selection.isOn, !NetworkScope.numbersEveryProcess {
            logger.info("rules select among the processes of the agent's own process namespace, and no others are seen")
        }
        options.ownListeners = ownListeners
        var source = try LiveCapture(options: options)
        defer { state.capture.rest() }
        let selector = source.selector
        selector.runFirst()
        controls.selects(by: selector)
        controls.asks(source.callers)
        let isRaised = StopSignal()
        let selecting = try OSThread(name: "selection") { [raiser] in
            // A process that was just met is not seen until it is judged.
            raiser.raiseOwn()
            isRaised.set()
            selector.run()
        }
        defer {
            selector.stop()
            selecting.join()
        }
        let units = source.units
        units.runFirst()
        try onActive()
        // Less evidence, no error, where the system has no thread to give.
        let examining = try? OSThread(name: "units") { units.run() }
        defer {
            units.stop()
            examining?.join()
        }
        // Rings fill while this thread waits for a processor, and what does not fit is lost.
        raiser.raiseOwn()
        isRaised.wait()
        raiser.end()
        logger.info("capture active", metadata: ["hook": "\(source.hook.rawValue)"])
        var correlator = Correlator(options: configuration.correlateOptions)
        if let models = kept.read(), !correlator.restoreModels(from: models) {
            kept.unusable("it is not what this version learns")
        }
        var proved: [CallProof] = []
        var models: [UInt8] = []
        var nextKeeping = Monotonic.now() &+ KeptLearning.interval
        func keep(_ correlator: borrowing Correlator) {
            models.removeAll(keepingCapacity: true)
            correlator.storeModels(into: &models)
            kept.keep(models)
        }
        var observed = ObservationBatch()
        var linked = output.spare()
        var counted = Counted(hook: source.hook.rawValue)
        var nextPublishing: UInt64 = 0
        var shedding = SheddingReport()
        while !isStopping() {
            _ = try source.fill(&observed)
            let began = Monotonic.now()
            state.capture.beat(now: began)
            counted.delay = began > observed.watermark ? began - observed.watermark : 0
            correlator.consume(observed, into: &linked)
            observed.removeAll()
            counted.correlateTime &+= Monotonic.now() &- began
            counted.refused += output.send(&linked)
            proofs.take(&proved)
            for proof in proved { correlator.proved(call: proof.call, request: proof.request) }
            if let settings = controls.settings.take() {
                source.use(settings.headers, settings.values)
                correlator.use(settings.correlate)
            }
            if began >= nextKeeping {
                keep(correlator)
                nextKeeping = Monotonic.now() &+ KeptLearning.interval
            }
            if began >= nextPublishing {
                counted.read(source, correlator, kept)
                state.publish(counted)
                shedding.look(at: counted.capture, now: began)?.log(to: logger)
                nextPublishing = began &+ Self.publishing
            }
        }
        source.finish(&observed)
        correlator.consume(observed, into: &linked)
        correlator.finish(into: &linked)
        counted.refused += output.send(&linked)
        keep(correlator)
        counted.read(source, correlator, kept)
        state.publish(counted)
        return counted
    }
}

extension CaptureLoop.Counted {
    /// Reads what others count.
    fileprivate mutating func read(
        _ source: borrowing LiveCapture, _ correlator: borrowing Correlator, _ kept: KeptLearning
    ) {
        capture = source.counters
        correlate = correlator.counters
        units = source.units.counters
        selection = source.selector.counters
        models = kept.counters
    }
}
