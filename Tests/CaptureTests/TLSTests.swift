import CInterspanBPF
import Testing

@testable import Capture

/// What is particular to TLS.
@Suite struct TLSTests {
    private typealias Sample = TLSConversations

    /// A handshake as one end sees it; what it is made of, by turns, from the client first.
    private func run(_ flights: [[UInt8]], asClient: Bool) -> TrackerRun {
        var run = TrackerRun()
        var builder = RecordBuilder()
        for (index, flight) in flights.enumerated() where !flight.isEmpty {
            run.feed((index % 2 == 0) == asClient ? builder.send(flight) : builder.receive(flight))
        }
        run.feed(builder.event(INTERSPAN_KIND_CLOSE))
        run.finish()
        return run
    }

    private let data = Sample.record(23, [UInt8](repeating: 5, count: 40))
    private let changed = Sample.record(20, [1])

    @Test func handshakeIsASpanOfTheClientAlone() throws {
        let hello = Sample.clientHello("shop.example", protocols: ["h2", "http/1.1"], versions: [4, 3])
        let flights = [
            Sample.record(22, hello), Sample.record(22, Sample.serverHello(version: 4)) + changed + data,
            changed + data,
            data, data,
        ]
        let client = run(flights, asClient: true)
        let closed = try #require(client.closed.first)
        #expect(client.closed.count == 1 && closed.exchange.outcome == .complete && !closed.exchange.hasFailed)
        #expect(closed.value(.serverName) == "shop.example" && closed.value(.version) == "1.3")
        #expect(closed.value(.nextProtocol) == "h2,http/1.1")
        // It ends with the last of the server's first flight.
        #expect(closed.exchange.responseEnd.time == closed.exchange.responseStart.time)
        #expect(client.tracker.counters.losses.isZero)
        #expect(client.tracker.modeChanges.last?.send == UInt8(INTERSPAN_MODE_IGNORED.rawValue))

        let server = run(flights, asClient: false)
        #expect(server.closed.isEmpty && server.tracker.counters.passedOver == 1)
        #expect(server.tracker.counters.losses.isZero)
        #expect(server.tracker.modeChanges.last?.send == UInt8(INTERSPAN_MODE_IGNORED.rawValue))
    }

    @Test func untilVersion12TheServerSaysWhatWillBeSpoken() throws {
        let run = run(
            [
                Sample.record(22, Sample.clientHello("a", protocols: ["h2", "x"])),
                Sample.record(22, Sample.serverHello(chosen: "h2")) + Sample.record(22, [14, 0, 0, 0]),
                Sample.record(22, [16, 0, 0, 1, 0]) + changed + Sample.record(22, [9, 9, 9, 9]),
                changed + Sample.record(22, [9, 9, 9, 9]), data,
            ], asClient: true)
        let closed = try #require(run.closed.first)
        #expect(closed.exchange.outcome == .complete && closed.value(.version) == "1.2")
        #expect(closed.fields.filter { $0.key == .nextProtocol }.map(\.value) == ["h2,x", "h2"])
    }

    @Test func helloThatIsAskedForAgainIsTheSameHandshake() throws {
        let retry: [UInt8] = [
            0xCF, 0x21, 0xAD, 0x74, 0xE5, 0x9A, 0x61, 0x11, 0xBE, 0x1D, 0x8C, 0x02, 0x1E, 0x65, 0xB8, 0x91,
            0xC2, 0xA2, 0x11, 0x16, 0x7A, 0xBB, 0x8C, 0x5E, 0x07, 0x9E, 0x09, 0xE2, 0xC8, 0xA8, 0x33, 0x9C,
        ]
        let hello = Sample.record(22, Sample.clientHello("a", versions: [4]))
        let run = run(
            [
                hello, Sample.record(22, Sample.serverHello(version: 4, random: retry)) + changed, changed + hello,
                Sample.record(21, [2, 47]),
            ], asClient: true)
        let closed = try #require(run.closed.first)
        #expect(run.closed.count == 1 && closed.exchange.hasFailed && closed.value(.errorCode) == "illegal_parameter")
    }

    @Test func alertIsAFailureAtBothEndsUnlessItIsAWarning() throws {
        for asClient in [true, false] {
            let hello = Sample.record(22, Sample.clientHello("a"))
            let failed = run([hello, Sample.record(21, [1, 112]) + Sample.record(21, [2, 70])], asClient: asClient)
            let closed = try #require(failed.closed.first)
            #expect(closed.exchange.hasFailed && closed.value(.errorCode) == "protocol_version")
            let warned = run([hello, Sample.record(21, [1, 112])], asClient: asClient)
            #expect(warned.closed.allSatisfy { !$0.exchange.hasFailed })
        }
    }

    @Test func connectionJoinedBehindItsHandshakeIsLeftAloneAtOnce() {
        var run = TrackerRun()
        var builder = RecordBuilder()
        builder.sent = 5000
        builder.received = 9000
        run.feed(builder.send(data))
        run.feed(builder.receive(data))
        #expect(run.tracker.modeChanges.last?.receive == UInt8(INTERSPAN_MODE_IGNORED.rawValue))
        run.finish()
        #expect(run.opened.isEmpty && run.tracker.counters.losses.isZero)
    }

    @Test func helloThatIsCutIsReadAsFarAsItIsThere() throws {
        var run = TrackerRun()
        var builder = RecordBuilder()
        builder.headLimit = 90
        let hello = Sample.clientHello("cut.example", protocols: [String](repeating: "abcdefgh", count: 30))
        run.feed(builder.send(Sample.record(22, hello)))
        run.feed(builder.receive(Sample.record(21, [2, 40])))
        run.finish()
        let closed = try #require(run.closed.first)
        #expect(closed.value(.serverName) == "cut.example" && closed.value(.nextProtocol) == nil)
        #expect(closed.value(.errorCode) == "handshake_failure")
    }

    @Test func handshakeInsideATunnelIsSeen() throws {
        var run = TrackerRun()
        var builder = RecordBuilder()
        run.feed(builder.send("CONNECT shop.example:443 HTTP/1.1\r\nHost: shop.example:443\r\n\r\n"))
        run.feed(builder.receive("HTTP/1.1 200 OK\r\n\r\n"))
        run.feed(builder.send(Sample.record(22, Sample.clientHello("inside.example"))))
        run.feed(builder.receive(Sample.record(21, [2, 40])))
        run.finish()
        #expect(run.closed.map(\.operation) == ["CONNECT shop.example:443", "inside.example"])
        #expect(Set(run.closed.map(\.exchange.end)).count == 2)
    }
}
