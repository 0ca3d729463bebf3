import Capture
import Testing

@testable import Correlate

let millisecond: UInt64 = 1_000_000

/// Somebody who executes: a thread of a process, at a turn of its event loop.
struct Actor {
    var thread: UInt32
    var turn: UInt32 = 0
    var pid: UInt32 = 100
    var unit: UInt64 = 0
    var group: UInt64 = 0
    var kind = UnitKind.thread
}

/// Plays events into a correlator and keeps what comes out, checking what holds always as it does.
final class Scene {
    private var correlator: Correlator
    private var batch = ObservationBatch()
    private var out = LinkedBatch()
    private(set) var ledger = Ledger()
    /// ns; each event takes one.
    var now: UInt64 = 1_000_000_000
    private var ends: [ExchangeEnd: Exchange] = [:]
    private var sockets: UInt64 = 1_000_000

    /// - Parameter timing: whether what no other evidence decides is left to learned delays.
    init(_ options: CorrelateOptions = CorrelateOptions(), timing: Bool = false) {
        var options = options
        options.usesTiming = timing
        correlator = Correlator(options: options)
    }

    var counters: CorrelateCounters { correlator.counters }

    func point(_ actor: Actor, at time: UInt64? = nil) -> ExecutionPoint {
        now += 1
        return ExecutionPoint(
            time: time ?? now, process: ProcessKey(pid: actor.pid, start: 1), thread: actor.thread, turn: actor.turn,
            unit: actor.unit, group: actor.group, unitKind: actor.kind)
    }

    func id(_ number: UInt64) -> ExchangeID {
        ExchangeID(
            connection: ConnectionIdentity(kind: .tcp, requester: number, responder: ~number), requestOffset: 0)
    }

    func server(_ number: UInt64) -> ExchangeEnd { ExchangeEnd(id: id(number), role: .server) }
    func client(_ number: UInt64) -> ExchangeEnd { ExchangeEnd(id: id(number), role: .client) }

    /// A request's head was read or written.
    @discardableResult func open(
        _ end: ExchangeEnd, _ actor: Actor, socket: UInt64? = nil, first: Bool = false, whole: Bool = true,
        at time: UInt64? = nil, id: String? = nil, fields: [(FieldKey, String)] = [], local: UInt32 = 0x7F00_0001,
        process: ProcessKey? = nil, outcome: Outcome = .open
    ) -> Exchange {
        sockets += 1
        var exchange = Exchange(
            end: end, protocol: .http1, socket: socket ?? sockets, process: .none,
            local: Endpoint(ipv4: local, port: 1), peer: Endpoint(ipv4: 0x7F00_0001, port: 2),
            requestStart: point(actor, at: time))
        if let process { exchange.requestStart.process = process }
        exchange.outcome = outcome
        exchange.isFirstOnSocket = first
        exchange.isRequestWhole = whole
        ends[end] = exchange
        exchange.fields = add((id.map { [(.requestID, $0)] } ?? []) + fields, .requestHeader)
        batch.observations.append(.opened(exchange))
        return exchange
    }

    /// A response's first byte was read or written.
    func firstByte(_ end: ExchangeEnd, _ actor: Actor) { batch.observations.append(.firstByte(end, at: point(actor))) }

    func more(_ end: ExchangeEnd, _ actor: Actor) {
        batch.observations.append(.lineage(.continued(end, point(actor))))
    }

    func endRequest(_ end: ExchangeEnd, _ actor: Actor) {
        batch.observations.append(.lineage(.requestEnded(end, point(actor))))
    }

    /// An exchange is over: its response was read or written as a whole.
    func close(
        _ end: ExchangeEnd, _ actor: Actor, at time: UInt64? = nil, outcome: Outcome = .complete,
        id: String? = nil, fields: [(FieldKey, String)] = [], ids: [String] = []
    ) {
        let moment = point(actor, at: time)
        var exchange =
            ends[end]
            ?? Exchange(
                end: end, protocol: .http1, socket: 1, process: .none, local: Endpoint(ipv4: 1, port: 1),
                peer: Endpoint(ipv4: 1, port: 2), requestStart: moment)
        if outcome == .complete { exchange.responseEnd = moment }
        exchange.outcome = outcome
        // The answer's id comes behind what the request had.
        let start = batch.fields.fields.count
        add(fields, .requestHeader)
        add(((id.map { [$0] } ?? []) + ids).map { (.requestID, $0) }, .responseHeader)
        exchange.fields = FieldRange(start: UInt32(start), count: UInt32(batch.fields.fields.count - start))
        batch.observations.append(.closed(exchange))
    }

    /// A message that nobody answers was read or written.
    func message(_ end: ExchangeEnd, _ actor: Actor, socket: UInt64? = nil) {
        var exchange = open(end, actor, socket: socket)
        exchange.outcome = .complete
        batch.observations.append(.closed(exchange))
    }

    /// A call: its request is written and its response read at once.
    func call(_ number: UInt64, _ actor: Actor, socket: UInt64? = nil) {
        open(client(number), actor, socket: socket)
        close(client(number), actor)
    }

    func lineage(_ lineage: Lineage) { batch.observations.append(.lineage(lineage)) }
    func connect(_ socket: UInt64, _ actor: Actor) { lineage(.socketOpened(socket, point(actor))) }
    func fork(_ actor: Actor, makes child: Actor) {
        lineage(.forked(point(actor), child: ProcessKey(pid: child.pid, start: 1), childThread: child.thread))
    }

    /// Everything so far reaches the correlator, and the clock goes on.
    func flush(after pause: UInt64 = 0) {
        now += pause
        batch.watermark = now
        batch.wallClockOffset = 77
        correlator.consume(batch, into: &out)
        batch.removeAll()
        ledger.take(out)
        out.removeAll()
    }

    /// Everything so far and all that waits is decided.
    func finish() {
        flush()
        correlator.finish(into: &out)
        ledger.take(out)
        out.removeAll()
    }

    func link(_ end: ExchangeEnd) -> Link? { ledger.links[end] }
    func parent(_ end: ExchangeEnd) -> ExchangeEnd? { ledger.links[end]?.parent }

    @discardableResult private func add(_ fields: [(FieldKey, String)], _ carrier: Carrier) -> FieldRange {
        let start = batch.fields.fields.count
        for (key, value) in fields {
            Array(value.utf8).withUnsafeBytes { value in
                Array("name".utf8).withUnsafeBytes {
                    batch.fields.append(key, carrier, name: $0, value: value)
                }
            }
        }
        return FieldRange(start: UInt32(start), count: UInt32(fields.count))
    }
}

/// What came out, and whether it keeps ``LinkedExchange``'s promise.
struct Ledger {
    private(set) var links: [ExchangeEnd: Link] = [:]
    private(set) var closed: Set<ExchangeEnd> = []
    private(set) var outcomes: [ExchangeEnd: Outcome] = [:]
    /// In the order in which they came, with their phase and fields.
    private(set) var order: [(end: ExchangeEnd, phase: LinkedExchange.Phase, fields: [String])] = []
    private(set) var ended: [ProcessKey] = []
    private(set) var wallClockOffset: Int64 = 0

    mutating func take(_ batch: LinkedBatch) {
        for linked in batch.exchanges {
            let end = linked.exchange.end
            switch linked.phase {
            case .opened:
                #expect(links[end] == nil, "opened twice")
                if let parent = linked.link.parent {
                    #expect(links[parent] != nil, "before its parent")
                    #expect(linked.link.confidence >= 0.5)
                }
                links[end] = linked.link
            case .closed:
                #expect(links[end] != nil, "closed before it was opened")
                #expect(closed.insert(end).inserted, "closed twice")
                #expect(links[end]?.parent == linked.link.parent)
                #expect(links[end]?.method == linked.link.method)
                outcomes[end] = linked.exchange.outcome
            }
            let range = linked.exchange.fields
            let fields = batch.fields.fields[Int(range.start)..<Int(range.start + range.count)].map { field in
                batch.fields.withBytes(of: field.value) { String(decoding: $0, as: UTF8.self) }
            }
            order.append((end, linked.phase, fields))
        }
        ended += batch.replacedProcesses + batch.exitedProcesses
        if !batch.isEmpty { wallClockOffset = batch.wallClockOffset }
    }

    func position(_ end: ExchangeEnd, _ phase: LinkedExchange.Phase = .opened) -> Int {
        order.firstIndex { $0.end == end && $0.phase == phase } ?? -1
    }
}
