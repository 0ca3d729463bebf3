import Capture
import Testing

@testable import Correlate

@Suite struct BoundTests {
    /// An exchange of a process of its own, without the ledger: it is the number that counts here.
    private func exchange(_ number: UInt64, _ role: Role, at time: UInt64, _ fields: FieldRange) -> Exchange {
        var exchange = Exchange(
            end: ExchangeEnd(id: ExchangeID(high: number, low: number), role: role), protocol: .http1, socket: number,
            process: .none, local: Endpoint(ipv4: 1, port: 1), peer: Endpoint(ipv4: 2, port: 2),
            requestStart: ExecutionPoint(
                time: time, process: ProcessKey(pid: 1, start: 1), thread: UInt32(truncatingIfNeeded: number | 1)))
        exchange.fields = fields
        return exchange
    }

    @Test func aMillionOpenExchangesStayWithinTheBounds() {
        var options = CorrelateOptions()
        options.maxMemory = 4 << 20
        var correlator = Correlator(options: options)
        var batch = ObservationBatch()
        var out = LinkedBatch()
        var emitted = 0
        let total: UInt64 = 1_000_000
        for start in stride(from: UInt64(0), to: total, by: 10_000) {
            let value = [UInt8](repeating: 65, count: 300)
            value.withUnsafeBytes { batch.fields.append(.target, .requestHeader, value: $0) }
            for number in start..<start + 10_000 {
                batch.observations.append(
                    .opened(exchange(number, .server, at: number, FieldRange(start: 0, count: number % 8 == 0 ? 1 : 0)))
                )
            }
            // The clock stands still: none of them is overdue.
            batch.watermark = 1
            correlator.consume(batch, into: &out)
            batch.removeAll()
            emitted += out.exchanges.count
            out.removeAll()
            #expect(correlator.counters.heldBytes <= 4 << 20)
        }
        let counters = correlator.counters
        #expect(counters.opened == total)
        #expect(counters.undecided > 0)
        #expect(UInt64(emitted) + counters.undecided == total)
        #expect(counters[evicted: .undecided] == UInt64(emitted))
        #expect(counters[evicted: .openExchange] == total - UInt64(options.maximumExchanges))
        correlator.finish(into: &out)
        emitted += out.exchanges.count
        #expect(UInt64(emitted) == total)
        #expect(correlator.counters.heldBytes == 0)
    }

    @Test func underPressureTheOldestIsDecidedFirst() {
        var options = CorrelateOptions()
        options.maxMemory = 1 << 20
        let scene = Scene(options)
        for number: UInt64 in 1...5_000 { scene.open(scene.server(number), Actor(thread: UInt32(number))) }
        scene.flush()
        let early = scene.ledger.order.map(\.end)
        #expect(!early.isEmpty && early.count < 5_000)
        #expect(early == (1...UInt64(early.count)).map { scene.server($0) })
        #expect(scene.counters[evicted: .undecided] == UInt64(early.count))
        #expect(scene.counters.heldBytes <= 1 << 20)
    }

    @Test func anExchangeLargerThanTheMemoryPasses() {
        var options = CorrelateOptions()
        options.maxMemory = 1
        let scene = Scene(options)
        let fields = (0..<64).map { _ in (FieldKey.header, String(repeating: "x", count: 9_000)) }
        scene.open(scene.server(1), Actor(thread: 1), fields: fields)
        scene.open(scene.server(2), Actor(thread: 2), fields: fields)
        scene.open(scene.client(3), Actor(thread: 2), fields: fields)
        scene.close(scene.server(2), Actor(thread: 2), fields: fields)
        scene.finish()
        #expect(scene.ledger.links.count == 3)
        #expect(scene.ledger.order.allSatisfy { $0.fields == fields.map { String($0.1.prefix(8_192)) } })
    }

    @Test func whatIsOverIsForgottenAfterTheRetention() {
        var options = CorrelateOptions()
        options.retention = 50 * millisecond
        let scene = Scene(options)
        scene.call(1, Actor(thread: 1))
        scene.flush()
        scene.flush(after: 51 * millisecond)
        scene.close(scene.client(1), Actor(thread: 1))
        scene.finish()
        #expect(scene.counters.unmatchedCloses == 1)
        #expect(scene.counters[evicted: .closedExchange] == 0)
    }

    @Test func whatIsOverMakesRoomFirst() {
        var options = CorrelateOptions()
        options.maximumExchanges = 10
        let scene = Scene(options)
        for number: UInt64 in 1...5 { scene.open(scene.client(number), Actor(thread: 1)) }
        for number: UInt64 in 6...50 { scene.call(number, Actor(thread: 1)) }
        for number: UInt64 in 1...5 { scene.close(scene.client(number), Actor(thread: 1)) }
        scene.finish()
        #expect(scene.ledger.closed.count == 50)
        #expect(scene.counters[evicted: .closedExchange] == 40)
        #expect(scene.counters[evicted: .openExchange] == 0)
    }
}
