internal import CInterspanBPF

/// The live kernel as a source of observations: the programs' records, followed by a ``ConnectionTracker``.
public struct LiveCapture: ~Copyable, CaptureSource {
    private var records: LiveRecords
    private var tracker: ConnectionTracker
    private var clock = WallClock()
    private var losses = KernelLosses()
    private var lossesTold: UInt64 = 0

    /// Why this process may not capture, known before anything is begun; nil when it may try.
    public static var refusal: CaptureError? { LoadFailure.precondition(Privileges(), hasTypes: true) }

    /// Loads and attaches the programs: from here on the kernel writes records.
    ///
    /// - Throws: one line that says what is missing and what to do about it.
    public init(options: CaptureOptions) throws(CaptureError) {
        records = try LiveRecords(options: options)
        tracker = ConnectionTracker(options: options)
    }

    /// The way of hooking that is in use; never `auto`.
    public var hook: CaptureOptions.Hook { records.hook }

    /// Finds out what units of execution processes have, so that exchanges name them: to be run on a thread of its own
    /// for as long as capture lasts. Without it threads are all there is.
    public var units: UnitExaminer { records.units }

    /// Has processes judged where that is asked for: to be run on a thread of its own for as long as capture lasts. Where
    /// selection is on and nobody runs it, nothing is recorded.
    public var selector: ProcessSelector { records.selector }

    /// Which processes are at the other ends of connections with us.
    public var callers: CallerTable { records.callers }

    /// Hands on other headers and values of requests that begin from now on.
    public mutating func use(_ headers: HeaderSelection, _ values: ValueSelection) {
        tracker.exchanges.use(headers, values)
    }

    /// Waits at most 50 ms (the first few times, for the kernel to attach), then adds what is old enough.
    public mutating func fill(_ batch: inout ObservationBatch) throws(CaptureError) -> Bool {
        records.wait()
        let tellsTurns = records.tellsTurns
        tracker.wallClockOffset = clock.offset
        let limit = records.pass {
            tracker.note($0)
        } _: {
            LiveCapture.consume($0, tellsTurns: tellsTurns, by: &tracker, into: &batch)
        }
        tracker.advance(to: limit, into: &batch)
        for change in tracker.modeChanges { records.set(change) }
        tracker.modeChanges.removeAll(keepingCapacity: true)
        clock.update(now: limit)
        if limit &- lossesTold >= 1_000_000_000 {
            lossesTold = limit
            losses.report(KernelLosses.total(records.counters, stragglers: records.stragglers), into: &batch)
        }
        batch.watermark = limit
        batch.wallClockOffset = clock.offset
        return true
    }

    /// Detaches the programs, adds everything they have written, and closes every exchange.
    public mutating func finish(_ batch: inout ObservationBatch) {
        records.stop()
        let tellsTurns = records.tellsTurns
        records.drain { LiveCapture.consume($0, tellsTurns: tellsTurns, by: &tracker, into: &batch) }
        tracker.finish(into: &batch)
        losses.report(KernelLosses.total(records.counters, stragglers: records.stragglers), into: &batch)
        batch.watermark = WallClock.monotonic()
        batch.wallClockOffset = clock.offset
    }

    /// Where the kernel tells no turns, no point may seem to lie in the same one as another.
    private static func consume(
        _ record: Record, tellsTurns: Bool, by tracker: inout ConnectionTracker, into batch: inout ObservationBatch
    ) {
        if tellsTurns { return tracker.consume(record, into: &batch) }
        var header = record.header.pointee
        header.turn = ExecutionPoint.unknownTurn
        withUnsafePointer(to: &header) {
            tracker.consume(Record(header: $0, head: record.head, tail: record.tail), into: &batch)
        }
    }

    /// What was seen and what was lost so far, in the kernel and here. Costs a few system calls.
    public var counters: CaptureCounters {
        var counters = tracker.counters
        let kernel = records.counters
        // A program that could not be run for its call would have counted it.
        counters.hooked = kernel.hooked &+ kernel.missed
        counters.submitted = kernel.submitted
        counters.consumed = records.consumed
        counters.filtered.unselected = kernel.filteredExcluded
        counters.filtered.unjudged = kernel.filteredUnjudged
        counters.filtered.unasked = kernel.unasked
        counters.filtered.outOfScope = kernel.filteredNamespace
        counters.shedding.connections = kernel.shedConnections
        counters.shedding.share = records.shedShare
        let losses = KernelLosses.total(kernel, stragglers: records.stragglers)
        for reason in LossReason.allCases { counters.losses[reason] &+= losses[reason] }
        return counters
    }
}

extension LiveRecords {
    /// Writes a change of mode into the table that the programs read.
    fileprivate func set(_ change: SocketModeChange) {
        var mode = interspan_socket_mode()
        mode.socket = change.socket
        mode.send = change.send
        mode.receive = change.receive
        mode.send_until = change.sendUntil
        mode.receive_until = change.receiveUntil
        set(mode: mode)
    }
}
