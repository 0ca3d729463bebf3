import CInterspanBPF
import Testing

@testable import Capture

/// DNS over UDP: what a datagram is, whose it is, and how long it is waited for.
@Suite struct DNSDatagramTests {
    private static let second: UInt64 = 1_000_000_000

    /// Both ends of a client's socket: they have clocks of one host.
    private struct Ends {
        var client = RecordBuilder()
        var server: RecordBuilder

        /// - Parameter knows: whether the client's socket is connected, so that it has addresses.
        init(clientPort: UInt16 = 40_000, knows: Bool = true) {
            client.localPort = clientPort
            client.peerPort = 53
            client.isSequenced = false
            server = client.peer
            if !knows { client.localAddress = [0, 0, 0, 0] }
        }

        mutating func query(_ message: DNSBytes) -> [TestRecord] {
            [client.send(message.message).datagram, server.receive(message.message).datagram]
        }

        mutating func answer(_ message: DNSBytes) -> [TestRecord] {
            server.time = max(server.time, client.time) + 1000
            let sent = server.send(message.message).datagram
            client.time = server.time
            return [sent, client.receive(message.message).datagram]
        }
    }

    @Test func questionAndAnswerAreOneExchangeAtBothEnds() {
        for knows in [true, false] {
            var ends = Ends(knows: knows)
            var run = TrackerRun()
            run.feed(ends.query(.query(7, "shop.test", type: 28)))
            #expect(run.opened.map(\.exchange.end.role) == [.client, .server])
            #expect(run.tracker.counters.connections == 2)
            run.feed(ends.answer(.answer(7, "shop.test", type: 28, addresses: 3)))
            #expect(run.closed.map(\.exchange.outcome) == [.complete, .complete])
            #expect(Set(run.closed.map(\.exchange.end.id)).count == 1)
            #expect(run.closed.allSatisfy { $0.exchange.isDatagram && $0.exchange.socket != 0 })
            #expect(run.closed.allSatisfy { $0.operation == "shop.test" && $0.value(.questionType) == "AAAA" })
            #expect(run.closed.allSatisfy { $0.value(.errorCode) == "NOERROR" && $0.value(.rows) == "3" })
            #expect(run.closed.allSatisfy { ($0.value(.answers)?.utf8.count ?? 0) >= 3 * DNSAnswers.length })
            #expect(run.tracker.counters.connections == 0, "nothing is remembered beyond the answer")
            run.finish()
            #expect(run.tracker.counters.losses.isZero)
        }
    }

    @Test func manyQuestionsFromOneSocketAreAnsweredInAnyOrder() {
        var ends = Ends()
        var run = TrackerRun()
        for id in 0..<200 { run.feed(ends.query(.query(id, "host\(id).test"))) }
        for id in (0..<200).reversed() { run.feed(ends.answer(.answer(id, "host\(id).test", code: id % 6))) }
        run.finish()
        #expect(run.closed.count == 400)
        #expect(
            run.closed.allSatisfy { closed in
                let id = Int(closed.operation.dropFirst(4).dropLast(5)) ?? -1
                return closed.exchange.status == Int32(id % 6) && closed.exchange.hasFailed == (id % 6 != 0)
            })
        #expect(Set(run.closed.map(\.exchange.end.id)).count == 200)
        #expect(run.tracker.counters.losses.isZero)
    }

    @Test func equalIdsWithOtherQuestionsAreToldApart() {
        var ends = Ends()
        var run = TrackerRun()
        run.feed(ends.query(.query(1, "a.test")) + ends.query(.query(1, "b.test")))
        run.feed(ends.answer(.answer(1, "b.test", code: 3)) + ends.answer(.answer(1, "A.TEST", code: 2)))
        run.finish()
        #expect(run.closed.map(\.operation) == ["b.test", "b.test", "a.test", "a.test"])
        #expect(run.closed.map(\.exchange.status) == [3, 3, 2, 2])
    }

    @Test func aRepeatedQuestionIsAnExchangeOfItsOwn() {
        var ends = Ends()
        var run = TrackerRun()
        for _ in 0..<3 { run.feed(ends.query(.query(9, "slow.test"))) }
        run.feed(ends.answer(.answer(9, "slow.test")))
        run.feed(ends.query(.query(9, "slow.test")) + ends.answer(.answer(9, "slow.test")))
        run.finish()
        for role in [Role.client, .server] {
            let closed = run.closed.filter { $0.exchange.end.role == role }
            #expect(closed.map(\.exchange.outcome) == [.noResponse, .noResponse, .complete, .complete])
            #expect(Set(closed.map(\.exchange.end.id)).count == 4)
        }
        #expect(Set(run.closed.map(\.exchange.end.id)).count == 4, "each at both ends")
    }

    @Test func whatNobodyAnswersIsGivenUp() {
        var ends = Ends()
        var run = TrackerRun()
        run.feed(ends.query(.query(1, "quiet.test")))
        let start = ends.client.time
        run.advance(to: start + 29 * DNSDatagramTests.second)
        #expect(run.closed.isEmpty)
        run.advance(to: start + 31 * DNSDatagramTests.second)
        #expect(run.closed.map(\.exchange.outcome) == [.noResponse, .noResponse])
        #expect(run.tracker.counters.connections == 0)
        run.finish()
    }

    @Test func aBusySocketGivesUpWhatIsOld() {
        var ends = Ends()
        var run = TrackerRun()
        run.feed(ends.query(.query(1, "quiet.test")))
        for id in 2..<6 {
            ends.client.time += 10 * DNSDatagramTests.second
            ends.server.time = ends.client.time
            run.feed(ends.query(.query(id, "other\(id).test")))
            run.advance(to: ends.client.time)
        }
        let given = run.closed.filter { $0.operation == "quiet.test" }
        #expect(given.map(\.exchange.outcome) == [.noResponse, .noResponse])
        run.finish()
    }

    @Test func aServerWhosePeerWasNotKnownFindsItsQuestion() {
        var ends = Ends()
        var run = TrackerRun()
        var records = ends.query(.query(4, "first.test"))
        records[1].header.peer_port = 0
        records[1].header.peer_address = interspan_record().peer_address
        run.feed(records + ends.answer(.answer(4, "first.test")))
        run.finish()
        #expect(run.closed.map(\.exchange.outcome) == [.complete, .complete])
        #expect(run.tracker.counters.losses.isZero)
    }

    @Test func aClientThatCannotTellItsPeerFindsItsQuestion() {
        var ends = Ends(knows: false)
        var run = TrackerRun()
        run.feed(ends.query(.query(4, "first.test")))
        var records = ends.answer(.answer(4, "first.test", code: 5))
        records[1].header.peer_port = 0
        run.feed(records)
        run.finish()
        #expect(run.closed.map(\.exchange.status) == [5, 5])
        #expect(run.closed.allSatisfy { $0.exchange.peer.port == ($0.exchange.end.role == .client ? 53 : 40_000) })
    }

    @Test func anAnswerWithoutItsQuestionIsKnownByItsId() {
        var ends = Ends()
        var run = TrackerRun()
        run.feed(ends.query(.query(4, "a.test")) + ends.query(.query(5, "b.test")))
        run.feed(ends.answer(DNSBytes(message: [0, 5, 0x80, 1, 0, 0, 0, 0, 0, 0, 0, 0])))
        #expect(run.closed.map(\.operation) == ["b.test", "b.test"])
        #expect(run.closed.allSatisfy { $0.value(.errorCode) == "FORMERR" })
        run.finish()
    }

    @Test func serversOfManyClientsAreBoundedAndForgetNoConnections() {
        var options = CaptureOptions()
        options.maximumConnections = 64
        var run = TrackerRun(options: options)
        var http = RecordBuilder()
        http.socket = 7
        run.feed(http.send("GET / HTTP/1.1\r\nHost: h\r\n\r\n"))
        for index in 0..<500 {
            var ends = Ends(clientPort: UInt16(10_000 + index))
            ends.client.time = UInt64(2 + index) * 1_000_000
            ends.server.time = ends.client.time
            run.feed(ends.query(.query(index, "flood.test"))[1])
        }
        #expect(run.tracker.counters.connections == 1 + 16)
        #expect(run.lost(.tableFull) == 484)
        run.feed(http.receive("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"))
        #expect(run.closed.last?.exchange.status == 200)
        run.finish()
    }

    @Test func whatIsNoDNSIsCountedAndLeftAlone() {
        var ends = Ends()
        var run = TrackerRun()
        var random = SeededGenerator(state: 3)
        for length in 1..<300 {
            let bytes = (0..<length).map { _ in UInt8.random(in: 0...255, using: &random) }
            run.feed(ends.query(DNSBytes(message: bytes)) + ends.answer(DNSBytes(message: bytes)))
        }
        run.advance(to: ends.server.time + 31 * DNSDatagramTests.second)
        run.finish()
        #expect(run.tracker.counters.connections == 0)
        #expect(run.lost(.malformed) > 0)
    }

    @Test func theProcessThatAskedEnds() {
        var ends = Ends()
        var run = TrackerRun()
        run.feed(ends.query(.query(4, "a.test"))[0])
        run.feed(ends.client.event(INTERSPAN_KIND_EXIT))
        #expect(run.closed.map(\.exchange.outcome) == [.processExited])
        #expect(run.tracker.counters.connections == 0)
        run.finish()
    }
}

extension TestRecord {
    /// The record as one of a datagram.
    fileprivate var datagram: TestRecord {
        var copy = self
        copy.header.flags = UInt8(INTERSPAN_FLAG_DATAGRAM.rawValue)
        copy.header.sequence = 0
        return copy
    }
}
