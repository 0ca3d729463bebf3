import CInterspanBPF
import Testing

@testable import Capture

/// What becomes of a connection whose parser gives up, and of exchanges that are passed over or pushed. Commands are those
/// of ``LetterParser``.
@Suite final class ChangingProtocolTests {
    private var run = TrackerRun.ofLetters()
    private var client = RecordBuilder()

    /// The protocols of the exchanges so far.
    private func protocols() -> [ApplicationProtocol] { run.closed.map(\.exchange.protocol) }

    private func end() {
        run.feed(client.event(INTERSPAN_KIND_CLOSE))
        run.advance(to: client.time + 2_000_000_000)
        run.finish()
        let isGivenBack = run.tracker.exchanges.isGivenBack
        #expect(isGivenBack)
    }

    @Test func whatOneProtocolIsWrongAboutAnotherMayTell() {
        run.feed(client.send("*ro"))
        run.feed(client.receive("a"))
        // The first one asked gives up in the middle; the record is told anew, from its beginning.
        run.feed(client.send("*kUro"))
        run.feed(client.receive("a"))
        end()
        #expect(protocols() == [.redis, .nats])
        #expect(run.closed.map(\.exchange.outcome) == [.complete, .complete])
    }

    @Test func aProtocolThatWasRuledOutIsNotAskedAgain() {
        run.feed(client.send("AU"))
        run.feed(client.send("AroaA"))
        run.feed(client.send("AroaA"))
        end()
        #expect(protocols().isEmpty)
        #expect(run.lost(.malformed) == 0)
    }

    @Test func whatIsRuledOutByAllIsLeftAlone() {
        for _ in 0..<40 { run.feed([client.send("*V"), client.receive("zz")]) }
        #expect(run.lost(.unrecognised) == 1)
        #expect(run.tracker.modeChanges.last?.send == UInt8(INTERSPAN_MODE_IGNORED.rawValue))
        end()
    }

    @Test func sidesThatAreMistakenForEachOtherComeToAnEnd() {
        for _ in 0..<40 { run.feed([client.send("AkM"), client.receive("AM")]) }
        #expect(run.lost(.unrecognised) == 1)
        end()
    }

    @Test func aParserThatGivesUpAtAGapLeavesTheNextRecordToBeTakenOnce() {
        run.feed(client.send("Ar"))
        run.feed(client.receive("A"))
        client.received += 10
        run.feed(client.receive("Bro1"))
        run.advance(to: client.time + 2_000_000_000)
        end()
        #expect(protocols() == [.nats])
        #expect(run.lost(.duplicate) == 0)
    }

    @Test func recordsThatWereTooShortToTellArePassedOnToWhoeverComesNext() {
        for bytes in ["?", "U", "Bro1"] { run.feed(client.send(bytes)) }
        end()
        #expect(protocols() == [.nats])
    }

    @Test func theRestOfTheRecordIsOfWhatComesNext() {
        run.feed(client.send("AroCro"))
        run.feed(client.receive("a"))
        end()
        #expect(Set(protocols()) == [.redis, .nats])
        // The first one's exchange stays under way until the connection ends.
        #expect(run.closed.map(\.exchange.outcome) == [.complete, .noResponse])
        #expect(run.closed.map(\.exchange.protocol) == [.nats, .redis])
        #expect(Set(run.closed.map(\.exchange.end.id)).count == 2)
    }

    @Test func whatIsUnknownOrAtTheEndOfTheRecordIsHandedOverToo() {
        client.headLimit = 5
        client.tailLimit = 4
        run.feed(client.send("AroCr" + "oooo" + "ro1."))
        end()
        // Of the five known at first the last was the next parser's, and the tail was.
        #expect(run.opened.map(\.exchange.protocol) == [.redis, .nats])
        #expect(run.lost(.malformed) == 1, "its first exchange was never opened")
    }

    @Test func anythingMayFollowAnUpgradeToWhatIsNotKnown() {
        run.feed(client.send("AkroN"))
        run.feed(client.send("Bro1"))
        end()
        #expect(run.closed.map(\.exchange.protocol) == [.redis, .nats])
        #expect(run.closed.first?.exchange.outcome == .noResponse)
    }

    @Test func aConnectionChangesWhatItSpeaksSoOftenOnly() {
        run.feed(client.send("A"))
        for _ in 0..<4 { run.feed(client.send("kCkDro1")) }
        #expect(run.closed.map(\.exchange.protocol) == [.redis, .redis])
        #expect(run.lost(.unrecognised) == 1)
        #expect(run.tracker.modeChanges.last?.send == UInt8(INTERSPAN_MODE_IGNORED.rawValue))
        end()
    }

    @Test func changesWithinOneRecordAreBoundedToo() {
        run.feed(client.send("A" + String(repeating: "CD", count: 1000) + "ro1"))
        #expect(run.closed.isEmpty)
        #expect(run.lost(.unrecognised) == 1)
        end()
    }

    @Test func whatSucceedsSilentlyIsCountedAndNotTold() {
        run.feed(client.send("Ars"))
        run.feed(client.receive("x"))
        #expect(run.opened.isEmpty)
        #expect(run.tracker.counters.passedOver == 1)
        run.feed(client.send("rs"))
        end()
        #expect(run.opened.isEmpty)
        #expect(run.tracker.counters.passedOver == 2, "one that the connection's end left without an answer")
        #expect(run.tracker.counters.losses.isZero)
    }

    @Test func whatFailsIsToldAlthoughItWasSilent() {
        run.feed(client.send("Ars"))
        run.feed(client.receive("ofa"))
        run.feed(client.send("rs"))
        run.feed(client.receive("of"))
        end()
        #expect(run.closed.map(\.exchange.hasFailed) == [true, true])
        #expect(run.closed.map(\.exchange.outcome) == [.complete, .noResponse])
        #expect(run.tracker.counters.passedOver == 0)
    }

    @Test func anOpenOneThatIsPassedOverIsComplete() {
        run.feed(client.send("Aro"))
        run.feed(client.receive("x"))
        end()
        #expect(run.closed.map(\.exchange.outcome) == [.complete])
    }

    @Test func whatIsPushedIsTheSameAtBothEnds() {
        var server = client.peer
        run.feed([client.send("A"), client.receive("ro1")])
        run.feed([server.receive("A"), server.send("ro1")])
        // A request at the same place of the other direction is another exchange.
        run.feed([client.send("oro"), client.receive("a")])
        end()
        let pushed = run.closed.filter(\.exchange.isPush)
        #expect(pushed.count == 2)
        #expect(Set(pushed.map(\.exchange.end.id)).count == 1)
        #expect(pushed.map(\.exchange.end.role) == [.server, .client], "who sends is the client of what it sends")
        #expect(Set(run.closed.map(\.exchange.end.id)).count == 2)
        #expect(run.firstBytes.count == 1)
    }

    @Test func wishesReachTheKernelOnce() {
        run.feed(client.send("Aeee"))
        run.feed(client.receive("e"))
        #expect(run.tracker.modeChanges.map(\.receive) == [UInt8(INTERSPAN_MODE_EVERYTHING.rawValue)])
        run.feed(client.send("l"))
        run.feed(client.send("l"))
        #expect(run.tracker.modeChanges.count == 2)
        #expect(run.tracker.modeChanges.last?.sendUntil == client.firstSent + 100_000)
        #expect(run.tracker.modeChanges.last?.receive == UInt8(INTERSPAN_MODE_EVERYTHING.rawValue))
        run.feed(client.send("n"))
        #expect(run.tracker.modeChanges.count == 3)
        end()
    }

    @Test func whatOneParserWantedIsNotAskedOfTheKernelForTheNext() {
        run.feed(client.send("*e"))
        run.feed(client.send("*U"))
        #expect(
            run.tracker.modeChanges.map(\.receive) == [
                UInt8(INTERSPAN_MODE_EVERYTHING.rawValue), UInt8(INTERSPAN_MODE_DEFAULT.rawValue),
            ])
        end()
    }
}
