internal import CInterspanBPF

/// Live capture: the kernel's records, followed to observations.
public struct LiveCapture: ~Copyable, CaptureSource {
    private var records: LiveRecords
    private var tracker: ConnectionTracker
    private var clock = WallClock()

    /// Loads and attaches the programs.
    ///
    /// - Throws: one line that says what is missing and what to do about it.
    public init(options: CaptureOptions) throws(CaptureError) {
        records = try LiveRecords(options: options)
        tracker = ConnectionTracker(options: options)
    }

    /// The way of hooking that is in use; never `auto`.
    public var hook: CaptureOptions.Hook { records.hook }

    public mutating func fill(_ batch: inout ObservationBatch) throws(CaptureError) -> Bool {
        records.wait()
        let limit = records.pass { tracker.consume($0, into: &batch) }
        tracker.advance(to: limit, into: &batch)
        clock.update(now: limit)
        batch.watermark = limit
        batch.wallClockOffset = clock.offset
        for change in tracker.modeChanges {
            records.set(
                mode: interspan_socket_mode(
                    socket: change.socket, send_until: change.sendUntil, receive_until: change.receiveUntil,
                    send: change.send, receive: change.receive, reserved: (0, 0, 0, 0, 0, 0)))
        }
        tracker.modeChanges.removeAll(keepingCapacity: true)
        return true
    }

    public mutating func finish(_ batch: inout ObservationBatch) {
        records.stop()
        records.drain { tracker.consume($0, into: &batch) }
        tracker.finish(into: &batch)
        batch.watermark = WallClock.monotonic()
        batch.wallClockOffset = clock.offset
    }

    public var counters: CaptureCounters {
        let kernel = records.counters
        var counters = tracker.counters
        counters.hooked = kernel.hooked
        counters.submitted = kernel.submitted
        counters.consumed = records.consumed
        counters.losses[.ringFull] += kernel.droppedRingFull
        counters.losses[.noSocketState] += kernel.droppedNoState
        counters.losses[.unread] += kernel.unread
        counters.losses[.straggler] += records.stragglers
        return counters
    }
}
