import CInterspanBPF
import Testing

@testable import Capture

private let everything = UInt32(INTERSPAN_CONNECTION_PLACES)

/// Connections that are left out under overload, as the tracker sees them.
@Suite struct LeftOutTests {
    private let ok = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"

    private func get(_ path: String) -> String { "GET \(path) HTTP/1.1\r\nHost: h\r\n\r\n" }

    private func place(_ builder: RecordBuilder) -> UInt32 {
        interspan_connection_place(UInt64(builder.firstSent), UInt64(builder.firstReceived))
    }

    private func outcomes(_ run: borrowing TrackerRun) -> [String] {
        run.closed.map { "\($0.operation) \($0.exchange.outcome)" }
    }

    @Test func aConnectionHasOnePlaceAtBothEndsAndPlacesAreEvenlySpread() {
        var low = 0
        for number in 0..<10_000 as Range<UInt64> {
            let (one, other) = (Mixer.mix(number) & 0xFFFF_FFFF, Mixer.mix(~number) & 0xFFFF_FFFF)
            let place = interspan_connection_place(one, other)
            #expect(place == interspan_connection_place(other, one))
            #expect(place < everything)
            if place < everything / 4 { low += 1 }
        }
        #expect((2300...2700).contains(low))
        // Two versions of the agent may see two ends of one connection.
        #expect(interspan_connection_place(1000, 5_000_000) == 14768)
        #expect(interspan_connection_place(7, 7 | 1 << 63) == 50231)
    }

    @Test func whatIsUnderWayWhenTheShareRisesIsLeftOutAtBothEnds() {
        var run = TrackerRun()
        var client = RecordBuilder()
        var server = client.peer
        run.feed(client.send(get("/a")))
        run.feed(server.receive(get("/a")))
        run.tracker.note(ShareStep(share: place(client) + 1, time: server.time + 1))
        server.time += 10
        run.feed(server.send(ok))
        client.time = server.time + 10
        run.feed(client.receive(ok))
        #expect(outcomes(run) == ["GET /a shed", "GET /a shed"])
        #expect(run.tracker.counters.shedding.exchanges == 2 && run.tracker.counters.shedding.records == 2)
        #expect(run.tracker.counters.connections == 0)
        run.finish()
        #expect(run.tracker.counters.losses.isZero)
    }

    @Test func connectionsOfOtherPlacesAreNotTouched() {
        var run = TrackerRun()
        var builder = RecordBuilder()
        run.feed(builder.receive(get("/a")))
        run.tracker.note(ShareStep(share: place(builder), time: builder.time + 1))
        run.feed(builder.send(ok))
        #expect(outcomes(run) == ["GET /a complete"])
        run.finish()
    }

    @Test func nothingOfAConnectionThatIsLeftOutIsRemembered() {
        var run = TrackerRun()
        var builder = RecordBuilder()
        run.tracker.note(ShareStep(share: everything, time: 1))
        for index in 0..<100 {
            run.feed(builder.receive(get("/\(index)")))
            run.feed(builder.send(ok))
        }
        #expect(run.tracker.counters.connections == 0 && run.tracker.counters.shedding.records == 200)
        run.finish()
        #expect(run.opened.isEmpty)
    }

    @Test func aConnectionThatIsTakenInIsSeenAgainButForWhatBeginsAtOnce() {
        var run = TrackerRun()
        var builder = RecordBuilder()
        run.feed(builder.receive(get("/before")))
        run.feed(builder.send(ok))
        run.tracker.note(ShareStep(share: everything, time: builder.time + 1))
        run.feed(builder.receive(get("/unseen")))
        run.tracker.note(ShareStep(share: 0, time: builder.time + 1))
        run.feed(builder.send(ok))
        run.feed(builder.receive(get("/soon")))
        run.feed(builder.send(ok))
        builder.time += LeftOut.quiet
        run.feed(builder.receive(get("/after")))
        run.feed(builder.send(ok))
        #expect(outcomes(run) == ["GET /before complete", "GET /soon shed", "GET /after complete"])
        #expect(run.opened.map(\.exchange.outcome) == [.open, .shed, .open])
        #expect(run.lost(.gap) == 0)
        run.finish()
    }

    @Test func anAnswerToWhatWasNotSeenIsNotTakenForTheNextOne() {
        var run = TrackerRun()
        var client = RecordBuilder()
        run.feed(client.event(INTERSPAN_KIND_OPEN))
        run.tracker.note(ShareStep(share: everything, time: client.time + 1))
        run.feed(client.send(get("/unseen")))
        run.tracker.note(ShareStep(share: 0, time: client.time + 1))
        client.time += LeftOut.quiet
        for (answer, path) in [("201 Old", "/1"), ("202 First", "/2"), ("203 Second", "/3")] {
            run.feed(client.receive("HTTP/1.1 \(answer)\r\nContent-Length: 0\r\n\r\n"))
            run.feed(client.send(get(path)))
        }
        run.advance(to: client.time + 100_000_000)
        #expect(run.closed.map { "\($0.operation) \($0.exchange.status)" } == ["GET /1 202", "GET /2 203"])
        #expect(run.lost(.gap) == 0)
        #expect(run.lost(.orphanResponse) == 1)
        run.finish()
    }

    @Test func recordsThatWaitForOthersAreForgottenWithTheirConnection() {
        var run = TrackerRun()
        var builder = RecordBuilder()
        run.feed(builder.receive(get("/a")))
        _ = builder.send("HTTP/1.1 200 OK\r\n")
        run.feed(builder.receive(get("/b")))
        builder.received += 10
        run.feed(builder.receive(get("/c")))
        run.tracker.note(ShareStep(share: everything, time: builder.time + 1))
        run.advance(to: builder.time + 1)
        #expect(outcomes(run).allSatisfy { $0.hasSuffix("shed") })
        #expect(run.tracker.counters.connections == 0)
        run.finish()
        #expect(run.tracker.counters.losses.isZero)
    }

    @Test func endsOfAUnixConnectionShareTheirPlace() {
        var run = TrackerRun()
        var client = RecordBuilder()
        client.family = 1
        client.isSequenced = false
        client.localAddress = [7, 0, 0, 0, 0, 0, 0, 0]
        client.peerAddress = [7, 0, 0, 0, 0, 0, 0, 0x80]
        var server = client.peer
        let place = interspan_connection_place(7, 7 | 1 << 63)
        run.feed(client.send(get("/a")))
        run.feed(server.receive(get("/a")))
        run.tracker.note(ShareStep(share: place + 1, time: server.time + 1))
        run.advance(to: server.time + 1)
        #expect(outcomes(run) == ["GET /a shed", "GET /a shed"])
        run.finish()
    }

    @Test func anUnrecognisedConnectionStaysIgnored() {
        var run = TrackerRun()
        var builder = RecordBuilder()
        for _ in 0..<100 {
            run.feed(builder.send("SSH-2.0-OpenSSH_9"))
            run.feed(builder.receive("SSH-2.0-dropbear"))
        }
        run.tracker.note(ShareStep(share: everything, time: builder.time + 1))
        run.advance(to: builder.time + 1)
        #expect(run.tracker.counters.connections == 1)
        run.finish()
    }

    @Test func moreChangesThanAreRememberedComeToTheRightEnd() {
        var leftOut = LeftOut()
        for step in 0..<1000 as Range<UInt64> {
            leftOut.note(ShareStep(share: step.isMultiple(of: 2) ? everything : 0, time: step))
        }
        while leftOut.nextTime != .max { _ = leftOut.advance() }
        #expect(leftOut.share == 0)
        for step in 1000..<2000 as Range<UInt64> {
            leftOut.note(ShareStep(share: step.isMultiple(of: 2) ? everything : 0, time: step))
            _ = leftOut.advance()
        }
        #expect(leftOut.quietEnd(of: 5) == 1999 + LeftOut.quiet)
    }
}
