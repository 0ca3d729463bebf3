internal import Capture
internal import Correlate
internal import OTLP

/// What became of the exchanges that closed: `closed = spans + unsampled + twins + shed + telemetry + waiting`, and
/// ``SampleCounters/out`` where traces are sampled.
struct StageCounters: Sendable {
    /// Ends of exchanges that closed.
    var closed: UInt64 = 0
    /// Spans that were handed to the exporters.
    var spans: UInt64 = 0
    /// Ends whose trace somebody upstream chose not to record.
    var unsampled: UInt64 = 0
    /// Ends of which an SDK has made a span that takes the place of ours.
    var twins: UInt64 = 0
    /// Ends that were left out under overload, or whose other end was.
    var shed: UInt64 = 0
    /// Ends that are telemetry, scrapes or probes, or were caused by one, by what they are.
    var telemetry = TelemetryCounters()
    /// Spans that went out with what records alone say of their process, because the look-up took too long.
    var unidentified: UInt64 = 0
    /// Ends that closed, by protocol: those of who opened the connection, and those of who accepted it.
    var clients = ProtocolCounters()
    var servers = ProtocolCounters()
    /// From the end of an exchange until it came here.
    var delays = DurationHistogram()

    /// Counts an end that closed.
    mutating func count(_ exchange: Exchange, now: UInt64) {
        closed += 1
        if exchange.isAtClient { clients[exchange.protocol] &+= 1 } else { servers[exchange.protocol] &+= 1 }
        delays.add(now > exchange.ended ? now - exchange.ended : 0)
    }
}

/// From linked exchanges to spans: ids and merging at `opened`, identity and attributes at `closed`.
///
/// A value without I/O; time is given. Every exchange that closes becomes one span, or is counted as unsampled, sampled out
/// or telemetry.
struct SpanStage<Provider: ResourceProvider>: Sendable {
    /// How long a span waits for its process's identity, and for what its trace turns out to be, ns.
    static var patience: UInt64 { 2_000_000_000 }
    /// Most spans that wait for what their trace turns out to be.
    static var maximumPending: Int { 65_536 }

    /// Which span belongs where; also asked about spans that were received.
    var merger: Merger
    private var provider: Provider
    private var mapper: SpanMapper
    private var names = ServerNames()
    private var waiting = WaitingExchanges()
    private var spare = WaitingExchanges()
    private var releasing = WaitingExchanges()
    private var pending = HeldSpans<TraceID>(maximum: maximumPending)
    /// Those of them whose other end was left out.
    private var shed = ShedExchanges(maximum: maximumPending)
    /// With `sdk_spans: drop`: spans that wait for an SDK's.
    private var twinless: TwinWait?
    /// Which traces leave, of those that contexts let; nil when these are all.
    private(set) var sampler: TraceSampler?
    /// Whether the sampler goes by the exchanges' own times, as is due where they are not of now.
    private let followsSource: Bool
    /// The sampler's clock, ns.
    private var clock: UInt64 = 0
    /// Room for a span on its way to the sampler.
    private var single = SpanBatch()
    private(set) var counters = StageCounters()
    /// What spans say together, those that are not exported included; nil where nobody asks.
    private(set) var derived: DerivedMetrics?
    /// Where spans are made that are not exported.
    private var unexported = SpanBatch()

    /// - Parameters:
    ///   - mapping: what the configuration says of spans' texts.
    ///   - sampler: nil when all traces leave that contexts let.
    ///   - derived: what counts all spans together; nil where nobody asks.
    ///   - followsSource: whether the exchanges were seen long ago (a replay).
    init(
        merger: Merger, provider: Provider, mapping: MappingOptions = MappingOptions(), sampler: TraceSampler? = nil,
        derived: DerivedMetrics? = nil, followsSource: Bool = false
    ) {
        self.merger = merger
        self.sampler = sampler
        self.derived = derived
        self.followsSource = followsSource
        mapper = SpanMapper(mapping.with(merger.options))
        if merger.options.awaitsTwins {
            twinless = TwinWait(wait: merger.options.wait, maximum: Self.maximumPending)
        }
        self.provider = provider
    }

    /// Goes by other settings from now on. What was decided stays decided, and what waits goes on waiting.
    ///
    /// - Parameter now: ns of CLOCK_MONOTONIC.
    mutating func use(_ settings: BridgeSettings, now: UInt64) {
        merger.use(settings.merge, reader: settings.reader)
        mapper.use(settings.mapping.with(settings.merge))
        twinless?.wait = settings.merge.wait
        if twinless == nil, settings.merge.awaitsTwins {
            twinless = TwinWait(wait: settings.merge.wait, maximum: Self.maximumPending)
        }
        if !followsSource { clock = now }
        if sampler == nil, settings.sampling != nil { sampler = TraceSampler(options: SampleOptions()) }
        if let sampling = settings.sampling ?? sampler.map({ _ in SampleOptions() }) {
            sampler?.use(sampling, now: clock)
        }
        if !settings.derives { derived = nil } else if derived == nil { derived = DerivedMetrics() }
    }

    /// Adds the routes that were learned to a file.
    func storeRoutes(into bytes: inout [UInt8]) { mapper.routes.store(into: &bytes) }

    /// Knows the routes that were stored; false if that is not what they are.
    ///
    /// - Parameter now: ns of CLOCK_MONOTONIC.
    mutating func restoreRoutes(from bytes: [UInt8], now: UInt64) -> Bool {
        mapper.routes.restore(from: bytes, now: now)
    }

    /// What was done with spans' texts.
    var mapping: MappingCounters { mapper.counters }

    /// How many spans wait for an identity, or for what their trace turns out to be.
    var waitingCount: Int {
        waiting.entries.count + pending.count + (twinless?.count ?? 0) + (sampler?.heldCount ?? 0)
    }

    /// Takes in a batch.
    ///
    /// - Parameter now: ns of CLOCK_MONOTONIC.
    mutating func consume(_ batch: borrowing LinkedBatch, now: UInt64, into spans: inout SpanBatch) {
        merger.wallClockOffset = batch.wallClockOffset
        if !followsSource { clock = now }
        for linked in batch.exchanges {
            switch linked.phase {
            case .opened:
                merger.open(linked, fields: batch.fields)
                if linked.exchange.outcome == .shed { merger.leaveOut(linked.exchange.end) }
                // Asked for now, while the process is likely to be there.
                if let resource = provider.resource(for: linked.exchange), merger.options.takesReceivedSpans {
                    merger.senders.identified(linked.exchange.process, as: resource)
                }
            case .closed:
                counters.count(linked.exchange, now: now)
                names.learn(linked.exchange, fields: batch.fields)
                let place = merger.close(linked, fields: batch.fields)
                if followsSource { clock = merger.now }
                if let kind = place.leftOut {
                    counters.telemetry[kind] += 1
                    merger.advance(to: linked.exchange.requestStart.time)
                    continue
                }
                var entry = WaitingExchanges.Entry(
                    exchange: linked.exchange, place: place, wallClockOffset: batch.wallClockOffset, since: now)
                if isShed(entry) {
                    counters.shed += 1
                    merger.leaveOut(linked.exchange.end)
                } else if merger.isPending(place.traceID) {
                    hold(entry, fields: batch.fields, into: &spans)
                } else {
                    leave(&entry, fields: batch.fields, into: &spans)
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

    /// Whether an exchange that is over is left out. Where its other end was over before, that may be held back still: then
    /// neither leaves, else this one does as well, as far as it was seen.
    private mutating func isShed(_ entry: WaitingExchanges.Entry) -> Bool {
        let end = entry.exchange.end
        switch entry.exchange.outcome {
        case .shed: return true
        case .shedAfterOther:
            let other = ExchangeEnd(id: end.id, role: end.role == .client ? .server : .client)
            guard pending.contains(other) else { return false }
            shed.insert(end.id)
            merger.leaveOut(other)
            return true
        default: return false
        }
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
            if shed.contains(entry.exchange.end.id) {
                counters.shed += 1
                continue
            }
            merger.settle(&entry.place)
            leave(&entry, fields: released.fields, into: &spans)
        }
        released.removeAll()
        swap(&released, &releasing)
    }

    /// Sends off a span whose place is final, unless its trace is not recorded. The entry is the caller's to change: it is
    /// large, and counted by reference in many places, so it is copied for those alone that wait.
    private mutating func leave(
        _ entry: inout WaitingExchanges.Entry, fields: borrowing FieldBuffer, into spans: inout SpanBatch
    ) {
        merger.standIn(&entry.place)
        switch admit(&entry.place, into: &spans) {
        case .goesOn: break
        case .unsampled:
            counters.unsampled += 1
            if derived != nil { derive(entry, fields: fields) }
            return
        case .out:
            if derived != nil { derive(entry, fields: fields) }
            return
        }
        guard twinless != nil else { return finish(entry, fields: fields, into: &spans) }
        while twinless?.hasRoom == false, releaseTwinless(now: .max, into: &spans) {}
        twinless?.append(entry, fields: fields, now: entry.since)
    }

    private mutating func admit(
        _ place: inout SpanContext, into spans: inout SpanBatch
    ) -> TraceSampler.Admission {
        guard sampler != nil else {
            // Whatever may sample from a later moment on.
            place.sampling.isKept = place.isSampled
            return place.isSampled ? .goesOn : .unsampled
        }
        let before = spans.count
        defer { counters.spans += UInt64(spans.count - before) }
        return sampler?.admit(&place, now: clock, into: &spans) ?? .goesOn
    }

    /// Sends off the spans of a trace that SDKs have had their time for, but for those that they have made as well.
    private mutating func releaseTwinless(now: UInt64, into spans: inout SpanBatch) -> Bool {
        var released = WaitingExchanges()
        swap(&released, &releasing)
        let isReleased = twinless?.release(now: now, into: &released) ?? false
        for entry in released.entries {
            guard !merger.isReplaced(entry.place) else {
                counters.twins += 1
                sampler?.withdraw(entry.place, now: clock)
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
        derived?.advance(to: now)
        releaseSettled(into: &spans)
        while let oldest = pending.oldest, now &- oldest.since >= Self.patience {
            giveUp(on: oldest.key, into: &spans)
        }
        while releaseTwinless(now: now, into: &spans) {}
        retryWaiting(now: now, into: &spans)
        advanceSampler(now: now, into: &spans)
    }

    /// Has the spans of SDKs that are about to leave go the way of their traces.
    ///
    /// - Parameters:
    ///   - left: those; what is held or left out is taken from it.
    ///   - pieces: what was held before and leaves now is added to it.
    ///   - now: ns of CLOCK_MONOTONIC.
    mutating func sample(
        _ left: inout [ReceivedWork], _ pieces: inout [HeldPiece], now: UInt64, into spans: inout SpanBatch
    ) {
        guard sampler != nil else { return }
        if !followsSource { clock = now }
        let before = spans.count
        if !left.isEmpty {
            var works: [ReceivedWork] = []
            swap(&works, &left)
            for work in works { sampler?.take(work, now: clock, into: &spans, left: &left) }
        }
        sampler?.takeLeaving(&pieces)
        counters.spans += UInt64(spans.count - before)
    }

    private mutating func advanceSampler(now: UInt64, into spans: inout SpanBatch) {
        if !followsSource { clock = now }
        let before = spans.count
        sampler?.advance(now: clock, into: &spans)
        counters.spans += UInt64(spans.count - before)
    }

    private mutating func retryWaiting(now: UInt64, into spans: inout SpanBatch) {
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
        let before = spans.count
        sampler?.finish(now: clock, into: &spans)
        counters.spans += UInt64(spans.count - before)
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
        var place = entry.place
        // Kept for what happens in it, or not at all: the probability is not known.
        if sampler != nil, !place.sampling.isKept { place.sampling.written = .nothing }
        switch sampler?.standing(of: place, now: clock) ?? .leaves {
        case .leaves:
            counters.spans += 1
            map(entry, at: place, fields: fields, resource: resource, to: &spans)
            derived?.take(entry.exchange, in: spans)
        case .held(let slot):
            // Taken out while it is written, so that this can change the rest of the stage.
            var own = SpanBatch()
            swap(&own, &single)
            own.removeAll()
            map(entry, at: place, fields: fields, resource: resource, to: &own)
            derived?.take(entry.exchange, in: own)
            let before = spans.count
            sampler?.hold(own, in: slot, isRoot: place.parentSpanID == 0, now: clock, into: &spans)
            counters.spans += UInt64(spans.count - before)
            swap(&own, &single)
        case .out: if derived != nil { derive(entry, fields: fields) }
        }
    }

    /// Counts a span that is not exported.
    private mutating func derive(_ entry: WaitingExchanges.Entry, fields: borrowing FieldBuffer) {
        let resource = provider.resource(for: entry.exchange) ?? provider.fallback(for: entry.exchange)
        var own = SpanBatch()
        swap(&own, &unexported)
        map(entry, at: entry.place, fields: fields, resource: resource, to: &own)
        derived?.take(entry.exchange, in: own)
        own.removeAll()
        swap(&own, &unexported)
    }

    /// Makes the span of an exchange.
    private mutating func map(
        _ entry: WaitingExchanges.Entry, at place: SpanContext, fields: borrowing FieldBuffer, resource: ResourceData,
        to batch: inout SpanBatch
    ) {
        let name = names.name(for: entry.exchange, hosts: provider.hosts(of: entry.exchange.process.key))
        mapper.append(
            entry.exchange, fields: fields, place: place, resource: resource, serverName: name,
            wallClockOffset: entry.wallClockOffset, to: &batch)
    }
}
