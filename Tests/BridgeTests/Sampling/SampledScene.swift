@testable import Bridge
@testable import Capture
@testable import Correlate
@testable import OTLP
@testable import Propagation

/// Knows processes after they were asked about so many times; each is called by its number.
struct NumberedProvider: ResourceProvider {
    var answersAfter: [UInt32: Int] = [:]
    private var resources: [UInt32: ResourceData] = [:]

    init(answersAfter: [UInt32: Int]) { self.answersAfter = answersAfter }

    mutating func resource(for exchange: Exchange) -> ResourceData? {
        let pid = exchange.process.key.pid
        if let left = answersAfter[pid], left > 0 {
            answersAfter[pid] = left - 1
            return nil
        }
        if let known = resources[pid] { return known }
        let resource = ResourceData(attributes: [("service.name", .string("service-\(pid)"))])
        resources[pid] = resource
        return resource
    }

    mutating func fallback(for exchange: Exchange) -> ResourceData { ResourceData(attributes: []) }
    mutating func forget(_ process: ProcessKey) {}
    mutating func retire(_ process: ProcessKey, now: UInt64) {}
}

/// Exchanges on their way through a stage that samples, at times of one's own.
struct SampledScene {
    static let second: UInt64 = 1_000_000_000

    var stage: SpanStage<NumberedProvider>
    var spans = SpanBatch()
    var now: UInt64 = 1000 * second

    /// - Parameter sampled: whether anything is sampled at all.
    init(answersAfter: [UInt32: Int] = [:], sampled: Bool = true, _ change: (inout SampleOptions) -> Void) {
        var options = SampleOptions()
        change(&options)
        var merging = MergeOptions()
        merging.takesReceivedSpans = options.takesReceivedSpans
        merging.notes = SamplingNotes(
            headers: options.rules.headers.map { Array($0.utf8) }, needsOperations: options.rateLimit > 0)
        stage = SpanStage(
            merger: Merger(options: merging, reader: ContextReader()),
            provider: NumberedProvider(answersAfter: answersAfter),
            sampler: sampled ? TraceSampler(options: options) : nil)
    }

    /// From now on traces are sampled otherwise; nil: contexts alone say which leave.
    mutating func use(_ change: ((inout SampleOptions) -> Void)?) {
        var settings = BridgeSettings(Configuration())
        settings.merge = stage.merger.options
        settings.sampling = change.map { change in
            var options = stage.sampler?.options ?? SampleOptions()
            change(&options)
            return options
        }
        let rules = settings.sampling?.rules.headers ?? []
        settings.merge.notes = SamplingNotes(
            headers: rules.map { Array($0.utf8) }, needsOperations: (settings.sampling?.rateLimit ?? 0) > 0)
        stage.use(settings, now: now)
    }

    /// A number of which the trace's randomness is a hash.
    static func number(_ index: Int) -> UInt64 { Mixer.mix(UInt64(index) &+ 1) }

    static func trace(_ number: UInt64) -> TraceID { TraceID(high: number, low: ~number) }

    /// One phase of an exchange.
    mutating func see(
        _ number: UInt64, _ role: Role, _ phase: LinkedExchange.Phase, under parent: ExchangeEnd? = nil,
        headers: [(String, String)] = [], target: String = "/", status: Int32 = 200, lasting: UInt64 = 1_000_000,
        pid: UInt32 = 7, marks: [String] = []
    ) {
        var samples = Samples()
        var linked = samples.linked(
            number, role, phase: phase, parent: parent, headers: headers, target: target, status: status,
            start: phase == .opened ? now : now &- lasting, pid: pid, marks: marks)
        if phase == .closed {
            linked.exchange.responseEnd.time = now
            linked.exchange.ended = now
        }
        var batch = LinkedBatch()
        batch.exchanges = [linked]
        batch.fields = samples.fields
        stage.consume(batch, now: now, into: &spans)
    }

    /// A whole trace: a request that makes calls, each of which ends before it.
    mutating func trace(
        _ number: UInt64, calls: Int = 2, headers: [(String, String)] = [], target: String = "/",
        failing: Int? = nil, pid: UInt32 = 7
    ) {
        see(number, .server, .opened, headers: headers, target: target, pid: pid)
        for call in 0..<calls {
            let own = Mixer.mix(Mixer.mix(number) &+ UInt64(call))
            see(own, .client, .opened, under: Samples.end(number, .server), pid: pid)
            see(
                own, .client, .closed, under: Samples.end(number, .server), status: failing == call ? 500 : 200,
                pid: pid)
        }
        see(number, .server, .closed, headers: headers, target: target, pid: pid)
    }

    /// Time passes.
    mutating func wait(_ duration: UInt64) {
        now += duration
        stage.retry(now: now, into: &spans)
    }

    mutating func finish() { stage.finish(into: &spans) }

    /// How many spans of each trace have left.
    var left: [TraceID: Int] { spans.spans.reduce(into: [:]) { $0[$1.traceID, default: 0] += 1 } }

    var sampled: SampleCounters { stage.sampler!.counters }

    /// Whether every span that closed is accounted for.
    var isConserved: Bool {
        let counters = stage.counters
        return counters.closed == counters.spans + counters.unsampled + counters.twins + sampled.out.total
            + UInt64(stage.waitingCount) && counters.spans == UInt64(spans.count)
    }

    func state(_ index: Int) -> String { spans.string(spans.spans[index].traceState) }
}
