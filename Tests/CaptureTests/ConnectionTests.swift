import CInterspanBPF
import Testing

@testable import Capture

/// What happens to connections, whatever they speak.
@Suite struct ConnectionTests {
    private let ok = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"

    private func get(_ path: String) -> String { "GET \(path) HTTP/1.1\r\nHost: h\r\n\r\n" }

    @Test func closingWithoutAResponseOrInTheMiddleOfOneSaysSo() {
        var run = TrackerRun()
        for (socket, response) in [(1, ""), (2, "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nabc")] {
            var builder = RecordBuilder()
            builder.socket = UInt64(socket)
            run.feed(builder.receive(get("/\(socket)")))
            if !response.isEmpty { run.feed(builder.send(response)) }
            run.feed(builder.event(INTERSPAN_KIND_CLOSE))
        }
        #expect(run.closed.map(\.exchange.outcome) == [.noResponse, .cutOff])
        run.finish()
    }

    @Test(arguments: [false, true]) func aTCPConnectionIsKnownToBothHostsUnlessItsBeginningIsAnAssumption(
        isAssumed: Bool
    ) {
        var run = TrackerRun()
        var builder = RecordBuilder()
        for record in [builder.receive(get("/")), builder.send(ok)] {
            var record = record
            if isAssumed { record.header.flags |= numericCast(INTERSPAN_FLAG_ASSUMED.rawValue) }
            run.feed(record)
        }
        #expect(run.closed.map(\.exchange.hasSharedID) == [!isAssumed])
        run.finish()
    }

    @Test func theEndOfAProcessOrOfTheCaptureEndsItsExchanges() {
        var run = TrackerRun()
        var builder = RecordBuilder()
        run.feed(builder.receive(get("/a")))
        var other = RecordBuilder()
        (other.socket, other.pid, other.firstSent) = (2, 999, 77)
        run.feed(other.receive(get("/b")))
        run.feed(builder.event(INTERSPAN_KIND_EXIT))
        #expect(run.closed.map(\.exchange.outcome) == [.processExited])
        run.finish()
        #expect(run.closed.map(\.exchange.outcome) == [.processExited, .captureEnded])
    }

    @Test func recordsThatComeAndGoBehindAWaitingOneLeaveNothing() {
        var run = TrackerRun()
        var builder = RecordBuilder()
        builder.step = 0
        run.feed(builder.receive("POST / HTTP/1.1\r\nContent-Length: 100000\r\n\r\n"))
        let received = builder.received
        builder.received += 1000
        run.feed(builder.receive("x"))
        for _ in 0..<2000 {
            builder.received = received - 1
            run.feed(builder.receive("\n"))
        }
        #expect(run.lost(.duplicate) == 2000)
        #expect(run.tracker.connections[0].waiting.count == 1)
        #expect(run.tracker.connections[0].waiting.places < 32)
        run.finish()
    }

    @Test func connectionsThatEndWhileTheyWaitLeaveNothing() {
        var run = TrackerRun()
        var builder = RecordBuilder()
        builder.step = 0
        for socket in 1...200 as ClosedRange<UInt64> {
            builder.socket = socket
            (builder.sent, builder.received) = (0, 0)
            run.feed(builder.event(INTERSPAN_KIND_OPEN))
            builder.received = 100
            run.feed(builder.receive("x"))
            run.feed(builder.event(INTERSPAN_KIND_CLOSE))
        }
        #expect(run.tracker.waiting.count == 1)
        run.finish()
    }

    @Test func aLostRequestCostsItsOwnExchangeAlone() {
        var run = TrackerRun()
        var builder = RecordBuilder()
        for index in 0..<5 {
            let request = builder.receive(get("/\(index)"))
            if index != 2 { run.feed(request) }
            run.feed(builder.send("HTTP/1.1 20\(index) OK\r\nContent-Length: 0\r\n\r\n"))
            builder.time += 100_000_000
            run.advance(to: builder.time)
        }
        run.finish()
        #expect(
            run.closed.map { "\($0.operation) \($0.exchange.status)" } == [
                "GET /0 200", "GET /1 201", "GET /3 203", "GET /4 204",
            ])
        #expect(run.lost(.orphanResponse) == 1)
        #expect(run.lost(.gap) == UInt64(get("/2").utf8.count))
    }

    @Test func aLostResponseCostsItsOwnExchangeAlone() {
        var run = TrackerRun()
        var builder = RecordBuilder()
        for index in 0..<5 {
            run.feed(builder.receive(get("/\(index)")))
            let response = builder.send("HTTP/1.1 20\(index) OK\r\nContent-Length: 0\r\n\r\n")
            if index != 2 { run.feed(response) }
            run.advance(to: builder.time)
        }
        run.finish()
        let got = run.closed.sorted { $0.operation < $1.operation }.map { "\($0.operation) \($0.exchange.status)" }
        #expect(got == ["GET /0 200", "GET /1 201", "GET /2 0", "GET /3 203", "GET /4 204"])
    }

    @Test func aGapInsideABodyLosesNothing() {
        var run = TrackerRun()
        var builder = RecordBuilder()
        run.feed(builder.receive(get("/a")))
        run.feed(builder.send("HTTP/1.1 200 OK\r\nContent-Length: 30\r\n\r\n0123456789"))
        _ = builder.send("0123456789")
        run.feed(builder.send("0123456789"))
        run.advance(to: builder.time + 50_000_000)
        #expect(run.closed.map(\.exchange.outcome) == [.complete])
        #expect(run.closed.first?.exchange.responseBody == 30)
        #expect(run.lost(.gap) == 10)
        run.finish()
    }

    @Test func theNumberOfTheStreamsEndIsNoGap() {
        var run = TrackerRun()
        var builder = RecordBuilder()
        run.feed(builder.send(get("/a")))
        run.feed(builder.receive("HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nab"))
        builder.received += 1
        run.feed(builder.receive("cd"))
        run.feed(builder.event(INTERSPAN_KIND_CLOSE))
        #expect(run.closed.map(\.exchange.outcome) == [.complete])
        #expect(run.lost(.gap) == 0)
        run.finish()
    }

    @Test func aResponseThatIsStampedBeforeItsRequestWaitsForIt() {
        var run = TrackerRun()
        var builder = RecordBuilder()
        run.feed(builder.event(INTERSPAN_KIND_OPEN))
        for index in 0..<3 {
            let request = builder.send(get("/\(index)"))
            run.feed(builder.receive("HTTP/1.1 20\(index) OK\r\nContent-Length: 0\r\n\r\n"))
            run.feed(request)
        }
        run.finish()
        #expect(run.closed.map(\.exchange.status) == [200, 201, 202])
        #expect(run.tracker.counters.losses.isZero)
    }

    @Test func unknownProtocolsAreCountedOnceAndLeftAlone() {
        var run = TrackerRun()
        var builder = RecordBuilder()
        for _ in 0..<100 {
            run.feed(builder.send("SSH-2.0-OpenSSH_9"))
            run.feed(builder.receive("SSH-2.0-dropbear"))
        }
        #expect(run.lost(.unrecognised) == 1)
        #expect(run.tracker.modeChanges.count == 1)
        #expect(run.tracker.modeChanges.first?.send == UInt8(INTERSPAN_MODE_IGNORED.rawValue))
        run.finish()
        #expect(run.opened.isEmpty)
    }

    @Test func theIdlestConnectionMakesRoom() {
        var options = CaptureOptions()
        options.maximumConnections = 10
        var run = TrackerRun(options: options)
        for socket in 1...25 {
            var builder = RecordBuilder()
            (builder.socket, builder.firstSent) = (UInt64(socket), UInt32(socket))
            run.feed(builder.receive(get("/\(socket)")))
            #expect(run.tracker.counters.connections <= 10)
        }
        #expect(run.lost(.tableFull) == 15)
        #expect(run.closed.map(\.operation) == (1...15).map { "GET /\($0)" })
        #expect(run.closed.allSatisfy { $0.exchange.outcome == .cutOff })
        run.finish()
    }

    @Test func unixSocketsAreIdentifiedByInodesAndForgottenWhenIdle() throws {
        var run = TrackerRun()
        var client = RecordBuilder()
        client.family = 1
        client.isSequenced = false
        client.localAddress = [1, 2, 0, 0, 0, 0, 0, 0]
        client.peerAddress = [3, 4, 0, 0, 0, 0, 0, 0]
        var server = client.peer
        run.feed(client.send(get("/u")))
        run.feed(server.receive(get("/u")))
        run.feed(server.send(ok))
        run.feed(client.receive(ok))
        #expect(run.closed.count == 2)
        #expect(Set(run.closed.map(\.exchange.end.id)).count == 1)
        #expect(Set(run.closed.map(\.exchange.end.role)) == [.client, .server])
        #expect(run.closed.first?.exchange.local.family == .unix)
        #expect(run.closed.allSatisfy { !$0.exchange.hasSharedID })
        run.advance(to: client.time + 200_000_000_000)
        #expect(run.tracker.counters.connections == 2)
        run.advance(to: client.time + 301_000_000_000)
        #expect(run.tracker.counters.connections == 0)
        run.finish()
    }

    /// gunicorn behind nginx: an answer without a length ends with its connection, which the server closes unseen.
    @Test func aUnixServerThatClosesFirstEndsWithItsClient() {
        var run = TrackerRun()
        var client = RecordBuilder()
        client.family = 1
        client.isSequenced = false
        client.localAddress = [1, 2, 0, 0, 0, 0, 0, 0]
        client.peerAddress = [1, 2, 0, 0, 0, 0, 0, 0x80]
        var server = client.peer
        let answer = "HTTP/1.0 200 OK\r\n\r\nas long as it lasts"
        run.feed(client.send("GET /u HTTP/1.0\r\n\r\n"))
        run.feed(server.receive("GET /u HTTP/1.0\r\n\r\n"))
        run.feed(server.send(answer))
        run.feed(client.receive(answer))
        #expect(run.closed.isEmpty)
        run.feed(client.event(INTERSPAN_KIND_CLOSE))
        #expect(run.closed.map(\.exchange.outcome) == [.complete, .complete])
        #expect(Set(run.closed.map(\.exchange.end.id)).count == 1)
        #expect(Set(run.closed.map(\.exchange.end.role)) == [.client, .server])
        #expect(run.tracker.counters.connections == 0)
        run.finish()
    }

    @Test func aUnixPeerThatSendsNothingMoreHasAnsweredForTheLastTime() {
        var run = TrackerRun()
        var client = RecordBuilder()
        (client.family, client.isSequenced) = (1, false)
        client.localAddress = [1, 2, 0, 0, 0, 0, 0, 0]
        client.peerAddress = [1, 2, 0, 0, 0, 0, 0, 0x80]
        var server = client.peer
        let answer = "HTTP/1.0 200 OK\r\n\r\nas long as it lasts"
        run.feed(client.send("GET /u HTTP/1.0\r\n\r\n"))
        run.feed(server.receive("GET /u HTTP/1.0\r\n\r\n"))
        // Half a close of the client's, which waits for its answer.
        run.feed(server.event(INTERSPAN_KIND_PEER_CLOSED))
        run.feed(server.send(answer))
        run.feed(client.receive(answer))
        #expect(run.closed.isEmpty)
        run.feed(client.event(INTERSPAN_KIND_PEER_CLOSED))
        #expect(run.closed.map(\.exchange.outcome) == [.complete, .complete])
        #expect(Set(run.closed.map(\.exchange.end.role)) == [.client, .server])
        run.feed(client.event(INTERSPAN_KIND_CLOSE))
        #expect(run.tracker.counters.connections == 0)
        run.finish()
    }

    /// Numbers of inodes are used again, while a connection that had them may still be remembered.
    @Test func aUnixConnectionEndsWithTheOneThatHasItsNumbersNow() {
        var run = TrackerRun()
        var client = RecordBuilder()
        (client.family, client.isSequenced) = (1, false)
        client.localAddress = [1, 2, 0, 0, 0, 0, 0, 0]
        client.peerAddress = [1, 2, 0, 0, 0, 0, 0, 0x80]
        var (former, server) = (client.peer, client.peer)
        (former.socket, former.pid, former.thread, former.received) = (77, 77, 77, 1000)
        run.feed(former.receive(get("/former")))
        run.feed(client.send(get("/now")))
        run.feed(server.receive(get("/now")))
        run.feed(former.event(INTERSPAN_KIND_EXIT))
        #expect(run.closed.map(\.operation) == ["GET /former"])
        run.feed(client.event(INTERSPAN_KIND_CLOSE))
        #expect(run.closed.map(\.operation) == ["GET /former", "GET /now", "GET /now"])
        run.finish()
    }

    @Test func eventsOfProcessesAndSocketsAreLineage() {
        var run = TrackerRun()
        var builder = RecordBuilder()
        run.feed(builder.event(INTERSPAN_KIND_OPEN))
        run.feed(builder.event(INTERSPAN_KIND_FORK, peerPID: 100, peerThread: 7))
        run.feed(builder.event(INTERSPAN_KIND_EXEC))
        run.feed(builder.event(INTERSPAN_KIND_CLOSE))
        run.feed(builder.event(INTERSPAN_KIND_EXIT))
        let told = run.lineage.map { lineage in
            switch lineage {
            case .socketOpened(let socket, _): "opened \(socket)"
            case .forked(_, let child, let thread): "forked \(child.pid) \(child.start) \(thread)"
            case .executed: "executed"
            case .socketClosed(let socket, _): "closed \(socket)"
            case .exited: "exited"
            case .continued, .requestEnded: "continued"
            }
        }
        #expect(told == ["opened 1", "forked 100 5 7", "executed", "closed 1", "exited"])
        run.finish()
    }

    /// Of a client that asks again at once, the next request would come while the answer waited for its own.
    @Test func anAnswerThatComesFirstOnAConnectionThatWasThereBeforeIsNotTakenForTheNextOne() {
        var run = TrackerRun()
        var client = RecordBuilder()
        (client.sent, client.received) = (500, 700)
        for (answer, path) in [("201 Old", "/1"), ("202 First", "/2"), ("203 Second", "/3")] {
            run.feed(client.receive("HTTP/1.1 \(answer)\r\nContent-Length: 0\r\n\r\n"))
            run.feed(client.send("GET \(path) HTTP/1.1\r\nHost: h\r\n\r\n"))
        }
        run.advance(to: client.time + 100_000_000)
        #expect(run.closed.map { "\($0.operation) \($0.exchange.status)" } == ["GET /1 202", "GET /2 203"])
        #expect(run.lost(.orphanResponse) == 1)
        run.finish()
    }

    /// AF_UNIX sockets are forgotten when they rest, since nothing tells of their end.
    @Test func aUnixConnectionThatComesAgainHasNewIdentities() {
        var run = TrackerRun()
        var builder = RecordBuilder()
        builder.family = 1
        builder.isSequenced = false
        run.feed(builder.send("GET /1 HTTP/1.1\r\n\r\n"))
        run.feed(builder.receive("HTTP/1.1 204 No Content\r\n\r\n"))
        builder.time += ConnectionTracker.idleTimeout + 1
        run.advance(to: builder.time)
        run.feed(builder.send("GET /2 HTTP/1.1\r\n\r\n"))
        run.feed(builder.receive("HTTP/1.1 204 No Content\r\n\r\n"))
        #expect(run.closed.count == 2)
        #expect(Set(run.closed.map(\.exchange.end)).count == 2)
        run.finish()
    }
}
