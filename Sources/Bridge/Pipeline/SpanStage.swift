internal import Capture
internal import Correlate
internal import OTLP

/// What became of the exchanges that closed: `closed = spans + unsampled + twins + waiting`.
struct StageCounters: Sendable {
    /// Ends of exchanges that closed.
    var closed: UInt64 = 0
    /// Spans that were handed to the exporters.
    var spans: UInt64 = 0
    /// Ends whose trace somebody upstream chose not to record.
    var unsampled: UInt64 = 0
    /// Ends of which an SDK has made a span that takes the place of ours.
    var twins: UInt64 = 0
    /// Spans that went out with what records alone say of their process, because the look-up took too long.
    var unidentified: UInt64 = 0
}

/// From linked exchanges to spans: ids and merging at `opened`, identity and attributes at `closed`.
///
/// A value without I/O; time is given. Every exchange that closes becomes one span, or is counted as unsampled.
struct SpanStage<Provider: ResourceProvider>: Sendable {
    /// How long a span waits for its process's identity, and for what its trace turns out to be, ns.
    static var patience: UInt64 { 2_000_000_000 }
    /// Most spans that wait for what their trace turns out to be.
    static var maximumPending: Int { 65_536 }

    /// Which span belongs where; also asked about spans that were received.
    var merger: Merger
    private var provider: Provider
    private var mapper: SpanMapper
    private var waiting = WaitingExchanges()
    private var spare = WaitingExchanges()
    private var releasing = WaitingExchanges()
    private var pending = HeldSpans<TraceID>(maximum: maximumPending)
    /// With `sdk_spans: drop`: spans that wait for an SDK's.
    private var twinless: TwinWait?
    private(set) var counters = StageCounters()

    init(merger: Merger, provider: Provider) {
        self.merger = merger
        mapper = SpanMapper(baggage: merger.options.baggage, comments: merger.options.comments)
        if merger.options.takesReceivedSpans, merger.options.receivedSpans == .drop {
            twinless = TwinWait(wait: merger.options.wait, maximum: Self.maximumPending)
        }
        self.provider = provider
    }

    /// How many spans wait for an identity, or for what their trace turns out to be.
    var waitingCount: Int { waiting.entries.count + pending.count + (twinless?.count ?? 0) }

    /// Takes in a batch.
    ///
    /// - Parameter now: ns of CLOCK_MONOTONIC.
    mutating func consume(_ batch: borrowing LinkedBatch, now: UInt64, into spans: inout SpanBatch) {
        merger.wallClockOffset = batch.wallClockOffset
        for linked in batch.exchanges {
            switch linked.phase {
            case .opened:
                merger.open(linked, fields: batch.fields)
                // Asked for now, while the process is likely to be there.
                if let resource = provider.resource(for: linked.exchange), merger.options.takesReceivedSpans {
                    merger.senders.identified(linked.exchange.process, as: resource)
                }
            case .closed:
                counters.closed += 1
                let place = merger.close(linked, fields: batch.fields)
                let entry = WaitingExchanges.Entry(
                    exchange: linked.exchange, place: place, wallClockOffset: batch.wallClockOffset, since: now)
                if merger.isPending(place.traceID) {
                    hold(entry, fields: batch.fields, into: &spans)
                } else {
                    leave(entry, fields: batch.fields, into: &spans)
                }
                merger.advance(to: linked.exchange.requestStart.time)
            }
            releaseSettled(into: &spans)
        }
        for process in batch.replacedProcesses {
            provider.forget(process)
            merger.senders.forget(process)
        }
        for process in batch.exitedProcesses { provider.retire(process, now: now) }
        retry(now: now, into: &spans)
    }

    /// Holds a span of a trace of our own making whose root is still under way.
    private mutating func hold(
        _ entry: WaitingExchanges.Entry, fields: borrowing FieldBuffer, into spans: inout SpanBatch
    ) {
        if !pending.hasRoom, let oldest = pending.oldest {
            giveUp(on: oldest.key, into: &spans)
        }
        pending.append(entry, fields: fields, under: entry.place.traceID)
    }

    /// Sends off the spans of traces of which it has become known what they are.
    mutating func releaseSettled(into spans: inout SpanBatch) {
        while let trace = merger.nextSettled() { release(trace, into: &spans) }
    }

    /// Waits no longer for what a trace turns out to be.
    private mutating func giveUp(on trace: TraceID, into spans: inout SpanBatch) {
        merger.settle(trace)
        release(trace, into: &spans)
    }

    private mutating func release(_ trace: TraceID, into spans: inout SpanBatch) {
        guard pending.count > 0 else { return }
        // Taken out while it is read, so that this can change the rest of the stage.
        var released = WaitingExchanges()
        swap(&released, &releasing)
        pending.release(trace, into: &released)
        for entry in released.entries {
            var entry = entry
            merger.settle(&entry.place)
            leave(entry, fields: released.fields, into: &spans)
        }
        released.removeAll()
        swap(&released, &releasing)
    }

    /// Sends off a span whose place is final, unless its trace is not recorded.
    private mutating func leave(
        _ entry: WaitingExchanges.Entry, fields: borrowing FieldBuffer, into spans: inout SpanBatch
    ) {
        guard entry.place.isSampled else {
            counters.unsampled += 1
            return
        }
        guard twinless != nil else { return finish(entry, fields: fields, into: &spans) }
        while twinless?.hasRoom == false, releaseTwinless(now: .max, into: &spans) {}
        twinless?.append(entry, fields: fields, now: entry.since)
    }

    /// Sends off the spans of a trace that SDKs have had their time for, but for those that they have made as well.
    private mutating func releaseTwinless(now: UInt64, into spans: inout SpanBatch) -> Bool {
        var released = WaitingExchanges()
        swap(&released, &releasing)
        let isReleased = twinless?.release(now: now, into: &released) ?? false
        for entry in released.entries {
            guard !merger.isReplaced(entry.place) else {
                counters.twins += 1
                continue
            }
            var entry = entry
            merger.followTwin(&entry.place)
            finish(entry, fields: released.fields, into: &spans)
        }
        released.removeAll()
        swap(&released, &releasing)
        return isReleased
    }

    /// Sends off what has waited long enough, or has become ready.
    mutating func retry(now: UInt64, into spans: inout SpanBatch) {
        releaseSettled(into: &spans)
        while let oldest = pending.oldest, now &- oldest.since >= Self.patience {
            giveUp(on: oldest.key, into: &spans)
        }
        while releaseTwinless(now: now, into: &spans) {}
        guard !waiting.entries.isEmpty else { return }
        swap(&waiting, &spare)
        for entry in spare.entries {
            if let resource = provider.resource(for: entry.exchange) {
                emit(entry, fields: spare.fields, resource: resource, into: &spans)
            } else if now &- entry.since >= Self.patience {
                emitUnidentified(entry, fields: spare.fields, into: &spans)
            } else {
                waiting.append(entry, fields: spare.fields)
            }
        }
        spare.removeAll()
    }

    /// Sends off everything: nothing more will come.
    mutating func finish(into spans: inout SpanBatch) {
        while let oldest = pending.oldest {
            giveUp(on: oldest.key, into: &spans)
        }
        while releaseTwinless(now: .max, into: &spans) {}
        for entry in waiting.entries {
            if let resource = provider.resource(for: entry.exchange) {
                emit(entry, fields: waiting.fields, resource: resource, into: &spans)
            } else {
                emitUnidentified(entry, fields: waiting.fields, into: &spans)
            }
        }
        waiting.removeAll()
    }

    private mutating func finish(
        _ entry: WaitingExchanges.Entry, fields: borrowing FieldBuffer, into spans: inout SpanBatch
    ) {
        if let resource = provider.resource(for: entry.exchange) {
            emit(entry, fields: fields, resource: resource, into: &spans)
        } else if waiting.hasRoom {
            waiting.append(entry, fields: fields)
        } else {
            emitUnidentified(entry, fields: fields, into: &spans)
        }
    }

    private mutating func emitUnidentified(
        _ entry: WaitingExchanges.Entry, fields: borrowing FieldBuffer, into spans: inout SpanBatch
    ) {
        counters.unidentified += 1
        emit(entry, fields: fields, resource: provider.fallback(for: entry.exchange), into: &spans)
    }

    private mutating func emit(
        _ entry: WaitingExchanges.Entry, fields: borrowing FieldBuffer, resource: ResourceData,
        into spans: inout SpanBatch
    ) {
        counters.spans += 1
        mapper.append(
            entry.exchange, fields: fields, place: entry.place, resource: resource,
            wallClockOffset: entry.wallClockOffset, to: &spans)
    }
}
