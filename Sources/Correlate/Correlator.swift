public import Capture

/// Decides which exchange caused which: observations in, exchanges with their parents out.
///
/// This is the online stage. Each kind of evidence is a value of its own under `Evidence/`: it watches what happens and
/// proposes, for a call, on whose behalf it was made, and ``Decision`` combines the proposals into a probability. More
/// evidence is another such value, told of the observations below and asked in ``decideCall(_:_:_:)``. A server end's
/// parent is its client end when that is observed (``FlowEvidence``); until it is known whether it will be, the server
/// end and all that it caused are held in the ``Outbox``. So is a call while the answer may come that tells on whose
/// behalf it was made (``RequestIDEvidence``).
///
/// Used by one thread. The same observations give the same result, and nothing is allocated per event.
public struct Correlator: ~Copyable {
    let options: CorrelateOptions
    var exchanges: ExchangeTable
    var thread: ThreadEvidence
    var fork: ForkEvidence
    var socket: SocketEvidence
    var requestIDs: RequestIDEvidence
    let flow: FlowEvidence
    var outbox: Outbox
    /// Calls of which nothing more will become known. Empty between events.
    var ready: [UInt32] = []
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
        flow = FlowEvidence(options: options)
        outbox = Outbox(options: options)
    }

    /// What was decided and what was forgotten so far.
    public var counters: CorrelateCounters {
        var counters = counted
        counters.heldBytes = UInt64(outbox.heldBytes)
        return counters
    }

    /// Takes in what happened and adds what is decided by it to a batch.
    public mutating func consume(_ batch: borrowing ObservationBatch, into out: inout LinkedBatch) {
        out.wallClockOffset = batch.wallClockOffset
        watermark = max(watermark, batch.watermark)
        for index in 0..<batch.observations.count {
            switch batch.observations[index] {
            case .opened(let exchange): opened(exchange, of: batch.fields, into: &out)
            case .firstByte(let end, let point): moved(end, at: point, .responseBegun)
            case .closed(let exchange): closed(exchange, of: batch.fields, into: &out)
            case .lineage(let lineage): observe(lineage, into: &out)
            case .lost: break  // Counted where it was lost.
            }
        }
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
            moved(end, at: point, .more)
        case .requestEnded(let end, let point):
            moved(end, at: point, .requestEnded)
        }
    }

    /// On whose behalf the unit at a point acts: by what it did itself, else by who made it.
    mutating func standing(at point: ExecutionPoint) -> (standing: Standing, method: LinkMethod) {
        if let own = thread.standing(at: point, &exchanges) { return (own, .thread) }
        return (fork.standing(at: point, exchanges), .fork)
    }

    private enum Movement { case more, requestEnded, responseBegun }

    /// More bytes of an exchange moved.
    private mutating func moved(_ end: ExchangeEnd, at point: ExecutionPoint, _ movement: Movement) {
        guard let slot = exchanges.find(end), !exchanges[slot].flags.contains(.closed) else { return }
        if movement == .responseBegun { exchanges[slot].flags.insert(.answering) }
        if movement == .requestEnded { exchanges[slot].flags.insert(.whole) }
        switch end.role {
        case .client:
            thread.worked(on: likelyParent(of: slot), at: point, &exchanges, &counted)
        case .server where exchanges[slot].flags.contains(.answering):
            thread.worked(on: exchanges.reference(to: slot), at: point, &exchanges, &counted)
        case .server:
            thread.read(slot, at: point, isHead: false, &exchanges, &counted)
        }
    }
}
