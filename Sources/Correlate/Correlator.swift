public import Capture

/// Decides which exchange caused which: observations in, exchanges with their parents out.
///
/// Each kind of evidence is a value of its own under `Evidence/`: it watches what happens and proposes, for a call, on whose
/// behalf it was made. *At once* (`Correlator+Calls`): what is certain when the call is written, of a kind that has proved
/// right in that process (``Trust``), decides. *When an answer is written* (`Correlator+Answers`): who writes it gives away
/// whose calls were whose. *Over a window* (`Correlator+Window`): the rest is solved jointly by what was learned of delays
/// and habits, with all that evidence says (``WindowSolver``). Calls that are not decided yet, and what hangs from them,
/// are held in the ``Outbox``.
///
/// A server end's parent is its client end when that is observed (``FlowEvidence``); it waits until that is known.
///
/// Used by one thread. The same observations give the same result, and nothing is allocated per event.
public struct Correlator: ~Copyable {
    private(set) var options: CorrelateOptions
    var exchanges: ExchangeTable
    var thread: ThreadEvidence
    var fork: ForkEvidence
    var socket: SocketEvidence
    var requestIDs: RequestIDEvidence
    var echo: EchoEvidence
    var answers: AnswerEvidence
    var handOver: HandOverEvidence
    private(set) var flow: FlowEvidence
    var trust: Trust
    var notes: SideTable<ExchangeNotes>
    var solver: WindowSolver
    var outbox: Outbox
    /// Calls of which nothing more will become known. Empty between events.
    var ready: [UInt32] = []
    /// Calls that an answer tells of. Empty between events.
    var told: [ToldCall] = []
    /// Requests that a call may be made for. Empty between events.
    var candidates: [UInt32] = []
    /// What values say. Empty between events.
    var echoed: [EchoSuggestion] = []
    /// What the solver decided. Empty between batches.
    var solved: [WindowDecision] = []
    /// Everything that happened before this moment has been told, ns. Never goes back.
    var watermark: UInt64 = 0
    var counted = CorrelateCounters()

    /// A correlator that has seen nothing.
    public init(options: CorrelateOptions = CorrelateOptions()) {
        self.options = options
        exchanges = ExchangeTable(capacity: options.maximumExchanges)
        thread = ThreadEvidence(options: options)
        fork = ForkEvidence(options: options)
        socket = SocketEvidence(options: options)
        requestIDs = RequestIDEvidence(options: options)
        echo = EchoEvidence(options: options)
        answers = AnswerEvidence(options: options)
        handOver = HandOverEvidence(options: options)
        flow = FlowEvidence(options: options)
        trust = Trust(options: options)
        notes = SideTable(capacity: options.maximumExchanges, initial: ExchangeNotes())
        solver = WindowSolver(options: options)
        outbox = Outbox(options: options)
    }

    /// Goes by other options from now on: how sure a parent must be, how long calls wait for evidence, and whether values are
    /// evidence. What was decided stays; what has its room from the beginning keeps it.
    public mutating func use(_ next: CorrelateOptions) {
        options.minConfidence = next.minConfidence
        options.grace = next.grace
        options.window = next.window
        options.usesValues = next.usesValues
        flow = FlowEvidence(options: options)
        solver.options = options
    }

    /// What was decided and what was forgotten so far.
    public var counters: CorrelateCounters {
        var counters = counted
        counters.heldBytes = UInt64(outbox.heldBytes)
        counters[evicted: .value] = echo.evictions
        counters[evicted: .window] = solver.refused &+ solver.models.evictions &+ solver.operations.evictions
        return counters
    }

    /// Takes in what happened and adds what is decided by it to a batch.
    public mutating func consume(_ batch: borrowing ObservationBatch, into out: inout LinkedBatch) {
        out.wallClockOffset = batch.wallClockOffset
        watermark = max(watermark, batch.watermark)
        for index in 0..<batch.observations.count {
            switch batch.observations[index] {
            case .opened(let exchange): opened(exchange, of: batch.fields, into: &out)
            case .firstByte(let end, let point): moved(end, at: point, .responseBegun, into: &out)
            case .closed(let exchange): closed(exchange, of: batch.fields, into: &out)
            case .lineage(let lineage): observe(lineage, into: &out)
            case .lost: break  // Counted where it was lost.
            }
        }
        decideSolved(into: &out)
        decideOverdue(into: &out)
        forgetExpired()
    }

    /// Nothing more will come: decides everything that waits and hands it on.
    public mutating func finish(into out: inout LinkedBatch) {
        while let oldest = oldestUndecided() { decideAlone(oldest, into: &out) }
    }

    private mutating func observe(_ lineage: Lineage, into out: inout LinkedBatch) {
        switch lineage {
        case .forked(let point, child: _, childThread: let childThread):
            guard childThread != 0 else { return }
            let maker = standing(at: point).standing
            let child = UnitKey(thread: childThread)
            thread.forget(child, &exchanges)
            fork.made(child, by: maker, &counted)
        case .executed(let point): out.replacedProcesses.append(point.process)
        case .exited(let point):
            requestIDs.exited(point.process)
            out.exitedProcesses.append(point.process)
        case .socketOpened(let number, let point):
            let standing = standing(at: point).standing
            thread.acted(standing, at: point, &exchanges)
            socket.opened(number, by: standing, at: point, &counted)
        case .socketClosed(let number, _):
            socket.closed(number)
        case .continued(let end, let point):
            moved(end, at: point, .more, into: &out)
        case .requestEnded(let end, let point):
            moved(end, at: point, .requestEnded, into: &out)
        }
    }

    /// On whose behalf the unit at a point acts: by what it did itself, else by who made it.
    mutating func standing(at point: ExecutionPoint) -> (standing: Standing, method: LinkMethod) {
        if let own = thread.standing(at: point, &exchanges) { return (own, .thread) }
        // A thread of CPython has no context until something sets a variable, which may be after it read a request.
        if point.unitKind == .task {
            var before = point
            before.unit = 0
            if let own = thread.standing(at: before, &exchanges) { return (own, .thread) }
        }
        return (fork.standing(at: point, exchanges), .fork)
    }

    private enum Movement { case more, requestEnded, responseBegun }

    /// More bytes of an exchange moved.
    private mutating func moved(
        _ end: ExchangeEnd, at point: ExecutionPoint, _ movement: Movement, into out: inout LinkedBatch
    ) {
        guard let slot = exchanges.find(end), !exchanges[slot].flags.contains(.closed) else { return }
        if movement == .requestEnded { exchanges[slot].flags.insert(.whole) }
        switch end.role {
        case .client:
            if movement == .responseBegun { exchanges[slot].flags.insert(.answering) }
            worked(onBehalfOf: slot, at: point, .middle)
        case .server where movement == .responseBegun || exchanges[slot].flags.contains(.answering):
            answerBegan(slot, at: point, into: &out)
            thread.worked(on: exchanges.reference(to: slot), at: point, .act, &exchanges, &counted)
        case .server:
            thread.read(slot, at: point, isHead: false, &exchanges, &counted)
        }
    }

    /// A unit read of a call's response: it goes on with what the call was made for.
    mutating func worked(onBehalfOf call: UInt32, at point: ExecutionPoint, _ step: UnitState.Step) {
        if exchanges[call].flags.contains(.decided) {
            thread.worked(on: exchanges[call].parent, at: point, step, &exchanges, &counted)
        } else {
            thread.worked(for: exchanges.reference(to: call), at: point, step, &exchanges, &counted)
        }
    }
}
