import Capture
import Testing

/// Connections: their numbers, who serves, how they begin and end, and the bounds.
@Suite struct ReplayRecordsTests {
    @Test func wholeConnectionIsTheSameAtBothEnds() {
        var connection = TestConnection.local
        let replayed = Replayed(connection.exchange())
        let client = replayed.at(port: 40_000)
        let server = replayed.at(port: 80)
        #expect(client.map(\.kind) == [.open, .send, .receive, .close])
        #expect(server.map(\.kind) == [.receive, .send, .close])
        #expect(Set(client.map(\.socket)).count == 1 && Set(server.map(\.socket)).count == 1)
        #expect(client[0].socket != server[0].socket)
        #expect(client.dropFirst().allSatisfy { $0.firstSent == 1001 && $0.firstReceived == 900_001 })
        #expect(server.allSatisfy { $0.firstSent == 900_001 && $0.firstReceived == 1001 })
        #expect((client.dropFirst() + server).allSatisfy { $0.flags == ReplayedRecord.sequenced })
        #expect(client[0].flags == 0, "the peer's first number is not known when the SYN leaves")
        #expect(client[1].sequence == 1001 && client[2].sequence == 900_001)
        #expect(client[1].text == server[0].text && client[2].text == server[1].text)
        #expect(client[0].peer == TestConnection.local.server)
        // The sender's record comes first, with the time of the receiver's.
        #expect(replayed.records.map(\.local.port) == [40_000, 40_000, 80, 80, 40_000, 40_000, 80])
        #expect(replayed.records.map(\.time) == [1000, 4000, 4000, 5000, 5000, 8000, 8000])
        #expect(replayed.counters.records == 7 && replayed.counters.segments == 8)
    }

    @Test func withoutHandshakeTheFirstPayloadGivesBothNumbers() {
        var connection = TestConnection.local
        let keepAlive = connection.segment(fromClient: true)
        let replayed = Replayed([keepAlive] + connection.exchange(handshake: false))
        let client = replayed.at(port: 40_000)
        let server = replayed.at(port: 80)
        #expect(client.map(\.kind) == [.send, .receive, .close])
        #expect(client.allSatisfy { $0.firstSent == 1000 && $0.firstReceived == 900_000 })
        #expect(server.allSatisfy { $0.firstSent == 900_000 && $0.firstReceived == 1000 })
        #expect(replayed.records.allSatisfy { $0.flags == ReplayedRecord.sequenced | ReplayedRecord.assumed })
    }

    @Test func secondHalfOfAHandshakeIsEnough() {
        var connection = TestConnection.remote
        let replayed = Replayed(Array(connection.exchange().dropFirst()))
        #expect(replayed.records.map(\.kind) == [.receive, .send, .close])
        #expect(replayed.records.allSatisfy { $0.firstReceived == 1001 && $0.flags == ReplayedRecord.sequenced })
        #expect(replayed.records.allSatisfy { $0.local.port == 80 })
    }

    @Test func firstHalfAloneIsAnAssumption() {
        var connection = TestConnection.remote
        var segments = connection.exchange()
        segments.remove(at: 1)
        let records = Replayed(segments).records
        #expect(records.map(\.kind) == [.receive, .send, .close])
        #expect(records.allSatisfy { $0.firstSent == 900_001 && $0.firstReceived == 1001 })
        #expect(records.allSatisfy { $0.flags == ReplayedRecord.sequenced | ReplayedRecord.assumed })
    }

    @Test func dataInTheFirstSYNIsLeftOutAndCountedAsSent() {
        var connection = TestConnection.local
        var syn = connection.segment(fromClient: true, flags: TestSegment.syn)
        syn.payload = [UInt8]("GET / HTTP/1.1\r\n\r\n".utf8)
        connection.clientNext += 1 + 18
        var answer = connection.segment(fromClient: false, flags: TestSegment.syn | TestSegment.ack)
        answer.payload = [UInt8]("HTTP/1.1 200 OK\r\n\r\n".utf8)
        connection.serverNext += 1 + 19
        let replayed = Replayed([syn, answer, connection.send("GET / HTTP/1.1\r\n\r\n", fromClient: true)])
        #expect(replayed.counters.connections == 1)
        #expect(replayed.at(port: 80).map(\.sequence) == [900_001, 1019])
        #expect(replayed.at(port: 80).allSatisfy { $0.firstReceived == 1001 && $0.flags == ReplayedRecord.sequenced })
    }

    @Test func textOfAResetIsNoData() {
        var connection = TestConnection.local
        var reset = connection.segment(fromClient: false, flags: TestSegment.rst | TestSegment.ack)
        reset.payload = [UInt8]("go away".utf8)
        let request = connection.send("GET / HTTP/1.1\r\n\r\n", fromClient: true)
        #expect(Replayed([request, reset]).records.map(\.kind) == [.send, .receive, .close, .close])
        #expect(Replayed([reset]).records.isEmpty)
    }

    @Test func repeatedSYNIsTheSameConnection() {
        var connection = TestConnection.local
        let handshake = connection.handshake()
        let request = connection.send("GET / HTTP/1.1\r\n\r\n", fromClient: true)
        let replayed = Replayed([
            handshake[0], handshake[0], handshake[1], handshake[0], handshake[1], handshake[2], request,
        ])
        #expect(replayed.counters.connections == 1)
        #expect(replayed.records.map(\.kind) == [.open, .send, .receive])
    }

    @Test func newSYNOnTheSamePortsIsAnotherConnection() {
        var first = TestConnection.local
        var second = TestConnection.local
        second.clientNext = 5_000_000
        second.serverNext = 6_000_000
        let begun = first.handshake() + [first.send("GET / HTTP/1.1\r\n\r\n", fromClient: true)]
        for skipped in [0, 1] {
            // By its SYN, or when that is missing by its SYN and ACK.
            var other = second
            let replayed = Replayed(begun + other.exchange().dropFirst(skipped))
            #expect(replayed.counters.connections == 2)
            let server = replayed.at(port: 80)
            #expect(server.map(\.kind) == [.receive, .close, .receive, .send, .close])
            #expect(server[0].socket == server[1].socket && server[1].socket < server[2].socket)
            #expect(server[1].firstReceived == 1001 && server[2].firstReceived == 5_000_001)
        }
    }

    @Test func reusedPortsAfterAProperEndAreClosedOnce() {
        var first = TestConnection.local
        var second = TestConnection.local
        second.clientNext = 5_000_000
        let replayed = Replayed(first.exchange() + second.exchange())
        #expect(replayed.at(port: 80).map(\.kind) == [.receive, .send, .close, .receive, .send, .close])
    }

    @Test func resetClosesBothEnds() {
        var connection = TestConnection.local
        var segments = connection.handshake() + [connection.send("GET / HTTP/1.1\r\n\r\n", fromClient: true)]
        segments.append(connection.segment(fromClient: false, flags: TestSegment.rst | TestSegment.ack))
        segments.append(connection.send("late", fromClient: true))
        let replayed = Replayed(segments)
        #expect(replayed.records.map(\.kind) == [.open, .send, .receive, .close, .close])
        #expect(replayed.counters.afterClose == 1)
    }

    @Test func refusedConnectionOpensAndCloses() {
        let connection = TestConnection.local
        let replayed = Replayed([
            connection.segment(fromClient: true, flags: TestSegment.syn),
            connection.segment(fromClient: false, flags: TestSegment.rst | TestSegment.ack),
        ])
        #expect(replayed.records.map(\.kind) == [.open, .close, .close])
    }

    @Test func halfClosedConnectionGoesOn() {
        var connection = TestConnection.local
        var segments = connection.handshake() + [connection.send("GET / HTTP/1.0\r\n\r\n", fromClient: true)]
        segments += [connection.finish(fromClient: true), connection.segment(fromClient: false)]
        segments.append(connection.send("HTTP/1.0 200 OK\r\n\r\nall", fromClient: false))
        #expect(Replayed(segments).records.map(\.kind) == [.open, .send, .receive, .send, .receive])
        // The server's own end is one even if the capture stops before the client's.
        segments.append(connection.finish(fromClient: false))
        #expect(Replayed(segments).records.map(\.kind).suffix(2) == [.close, .close])
    }

    @Test func dataThatComesAfterAReorderedFINIsKept() {
        var connection = TestConnection.local
        var segments = connection.handshake()
        let request = connection.send("GET / HTTP/1.1\r\n\r\n", fromClient: true)
        let end = connection.finish(fromClient: true)
        let serverEnd = connection.finish(fromClient: false)
        segments += [
            end, serverEnd, request, connection.segment(fromClient: false), connection.segment(fromClient: true),
        ]
        #expect(Replayed(segments).at(port: 80).map(\.kind) == [.receive, .close])
    }

    @Test func segmentsAreHandedOnAsTheyCome() {
        var connection = TestConnection.local
        let handshake = connection.handshake()
        let parts = ["GET /", " HTTP/1.1\r\n", "\r\n"].map { connection.send($0, fromClient: true) }
        let replayed = Replayed(handshake + [parts[0], parts[2], parts[1], parts[1]])
        #expect(replayed.at(port: 80).map(\.sequence) == [1001, 1017, 1006, 1006])
        #expect(replayed.counters.afterClose == 0)
    }

    @Test func timeOfAConnectionNeverStepsBack() throws {
        var connection = TestConnection.local
        var file = TestPcap(link: 101)
        for (index, segment) in connection.exchange().enumerated() {
            file.add(segment.ip, at: index == 4 ? 1000 : 50_000)
        }
        #expect(try Replayed(file.bytes).records.allSatisfy { $0.time == 50_000 })
    }

    // MARK: Who serves, when nothing says so

    private func servers(_ payloads: [(String, Bool)], client: UInt16 = 40_000, server: UInt16 = 80) -> [ReplayedRecord]
    {
        var connection = TestConnection.remote
        connection.client.port = client
        connection.server.port = server
        return Replayed(payloads.map { connection.send($0.0, fromClient: $0.1) }).records
    }

    @Test(arguments: ["GET /", "POST /x", "PROPFIND /x", "OPTIONS *", "CONNECT a:1"])
    func requestsAreSentToTheServer(request: String) {
        let records = servers([(request, true)], client: 80, server: 40_000)
        #expect(records.map(\.kind) == [.receive])
        #expect(records.map(\.local.port) == [40_000])
    }

    @Test func responsesComeFromTheServer() {
        let records = servers([("HTTP/1.1 200 OK\r\n\r\n", false)], client: 80, server: 40_000)
        #expect(records.map(\.kind) == [.send])
        #expect(records.map(\.local.port) == [40_000])
    }

    @Test(arguments: ["hello", "GET", "GET  /", "HTTP/1", "HTTP/2", "", "PUTTY 1"])
    func otherwiseTheLowerPortServes(text: String) {
        #expect(servers([(text + "\u{1}", true)]).map(\.kind) == [.receive])
        #expect(servers([(text + "\u{1}", false)]).map(\.kind) == [.send])
    }

    @Test func ofEqualPortsTheFirstDestinationServes() {
        #expect(servers([("hello", true)], client: 80, server: 80).map(\.local) == [TestConnection.remote.server])
    }

    @Test func wrongGuessIsRevisedBeforeTheFirstMessage() {
        let records = servers(
            [("middle of a body", true), ("GET /", true), ("HTTP/1.1 200 OK\r\n", false), ("GET /", false)],
            client: 80, server: 40_000)
        #expect(records.map(\.kind) == [.send, .close, .receive, .send, .send])
        #expect(records.map(\.local.port) == [80, 80, 40_000, 40_000, 40_000])
    }

    // MARK: Bounds

    @Test func oldestConnectionMakesRoomAndIsCounted() {
        var options = CaptureOptions()
        options.maximumConnections = 4
        var segments: [TestSegment] = []
        for port in UInt16(0)..<10 {
            var connection = TestConnection.local
            connection.client.port = 50_000 + port
            segments += connection.handshake() + [connection.send("GET / HTTP/1.1\r\n\r\n", fromClient: true)]
        }
        let replayed = Replayed(segments, options: options)
        #expect(replayed.counters.connections == 10)
        #expect(replayed.counters.evicted == 6)
        #expect(!replayed.records.map(\.kind).contains(.close))
    }

    @Test func closedConnectionsMakeRoomFirstAndUncounted() {
        var options = CaptureOptions()
        options.maximumConnections = 4
        var kept = TestConnection.local
        var segments = kept.handshake()
        for port in UInt16(0)..<20 {
            var connection = TestConnection.local
            connection.client.port = 50_000 + port
            segments += connection.exchange()
        }
        segments.append(kept.send("GET / HTTP/1.1\r\n\r\n", fromClient: true))
        let replayed = Replayed(segments, options: options)
        #expect(replayed.counters.evicted == 0)
        #expect(replayed.records.last?.flags == ReplayedRecord.sequenced)
        #expect(replayed.records.last?.firstReceived == 1001)
    }

    @Test func recentlyUsedConnectionsStay() {
        var options = CaptureOptions()
        options.maximumConnections = 2
        var busy = TestConnection.local
        var segments = busy.handshake()
        for port in UInt16(0)..<5 {
            var connection = TestConnection.local
            connection.client.port = 50_000 + port
            segments += connection.handshake() + [busy.send("GET / HTTP/1.1\r\n\r\n", fromClient: true)]
        }
        let records = Replayed(segments, options: options).records.filter { $0.peer.port == 40_000 }
        #expect(records.count == 5)
        #expect(Set(records.map(\.socket)).count == 1)
    }
}
