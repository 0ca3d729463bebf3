import Capture
import Testing

@testable import Correlate

@Suite struct SocketAndForkTests {
    private let scene = Scene()

    @Test func aNewUpstreamConnectionBelongsToTheRequestItWasOpenedFor() {
        var loop = Actor(thread: 7)
        for request: UInt64 in 1...10 {
            loop.turn += 1
            scene.open(scene.server(request), loop)
            scene.connect(50 + request, loop)
        }
        // The connections stand in another order, in turns in which other requests are read.
        for request: UInt64 in [3, 1, 10, 7, 2, 9, 8, 4, 6, 5] {
            loop.turn += 1
            scene.open(scene.server(100 + request), loop)
            scene.open(scene.client(20 + request), loop, socket: 50 + request, first: true)
        }
        scene.finish()
        for request: UInt64 in 1...10 { #expect(scene.parent(scene.client(20 + request)) == scene.server(request)) }
        #expect(scene.counters[linked: .socket] == 10)
    }

    @Test func theSocketAloneIsCertain() {
        scene.open(scene.server(1), Actor(thread: 7, turn: 1))
        scene.connect(5, Actor(thread: 7, turn: 1))
        scene.open(scene.server(2), Actor(thread: 7, turn: 2))
        scene.open(scene.client(11), Actor(thread: 7, turn: 3), socket: 5, first: true)
        scene.finish()
        let link = scene.link(scene.client(11))
        #expect(link?.parent == scene.server(1))
        #expect(link?.method == .socket)
        #expect((link?.confidence ?? 0) > 0.85)
    }

    @Test func evidenceThatDisagreesLowersTheConfidence() {
        let loop = Actor(thread: 7, turn: 1)
        scene.open(scene.server(1), loop)
        scene.connect(5, loop)
        scene.open(scene.server(2), loop)
        scene.open(scene.client(11), loop, socket: 5, first: true)
        scene.finish()
        #expect(scene.parent(scene.client(11)) == scene.server(1))
        #expect((scene.link(scene.client(11))?.confidence ?? 1) < 0.7)
    }

    @Test func aConnectionOfAnEarlierTurnIsNotItsThreadsLatestRequest() {
        // Two requests are read in one turn before the connection is opened, so that its opener is one of two: whatever
        // is read in the turn in which it is written to says nothing more.
        let first = Actor(thread: 7, turn: 1)
        scene.open(scene.server(1), first)
        scene.open(scene.server(2), first)
        scene.connect(5, first)
        let later = Actor(thread: 7, turn: 2)
        scene.open(scene.server(3), later)
        scene.open(scene.client(11), later, socket: 5, first: true)
        scene.finish()
        #expect(scene.parent(scene.client(11)) == nil)
        #expect((scene.link(scene.client(11))?.confidence ?? 1) <= 0.5)
    }

    @Test func evidenceThatAgreesIsCertain() {
        let worker = Actor(thread: 7)
        scene.open(scene.server(1), worker)
        scene.connect(5, worker)
        scene.open(scene.client(11), worker, socket: 5, first: true)
        scene.finish()
        #expect(scene.parent(scene.client(11)) == scene.server(1))
        #expect((scene.link(scene.client(11))?.confidence ?? 0) > 0.98, "surer than either alone")
    }

    @Test func laterCallsOnTheConnectionDoNotBelongToItsOpener() {
        scene.open(scene.server(1), Actor(thread: 7, turn: 1))
        scene.connect(5, Actor(thread: 7, turn: 1))
        scene.open(scene.server(2), Actor(thread: 7, turn: 2))
        scene.open(scene.client(11), Actor(thread: 7, turn: 3), socket: 5, first: true)
        scene.open(scene.client(12), Actor(thread: 7, turn: 4), socket: 5)
        scene.finish()
        #expect(scene.parent(scene.client(12)) == nil)
    }

    @Test func aConnectionOpenedAfterAPauseAmongManyIsNotGuessed() {
        scene.open(scene.server(1), Actor(thread: 7, turn: 1))
        scene.open(scene.server(2), Actor(thread: 7, turn: 2))
        scene.open(scene.server(3), Actor(thread: 7, turn: 3))
        scene.connect(5, Actor(thread: 7, turn: 4))
        scene.open(scene.client(11), Actor(thread: 7, turn: 5), socket: 5, first: true)
        scene.finish()
        #expect(scene.parent(scene.client(11)) == nil)
        #expect((scene.link(scene.client(11))?.confidence ?? 1) < 0.5)
    }

    @Test func aSocketClosedAndUsedAgainProvesNothing() {
        scene.open(scene.server(1), Actor(thread: 7, turn: 1))
        scene.connect(5, Actor(thread: 7, turn: 1))
        scene.lineage(.socketClosed(5, scene.point(Actor(thread: 7, turn: 1))))
        scene.open(scene.client(11), Actor(thread: 9), socket: 5, first: true)
        scene.finish()
        #expect(scene.link(scene.client(11))?.method == LinkMethod.none)
    }

    @Test func aConnectionIsNoParentOnceItsOpenerWasAnswered() {
        scene.open(scene.server(1), Actor(thread: 7))
        scene.connect(5, Actor(thread: 7))
        scene.close(scene.server(1), Actor(thread: 7))
        scene.open(scene.client(11), Actor(thread: 7), socket: 5, first: true)
        scene.finish()
        #expect(scene.parent(scene.client(11)) == nil)
    }

    @Test func rememberedConnectionsAreBounded() {
        var options = CorrelateOptions()
        options.maximumSockets = 8
        let scene = Scene(options)
        scene.open(scene.server(1), Actor(thread: 7))
        for socket: UInt64 in 1...20 { scene.connect(socket, Actor(thread: 7)) }
        scene.finish()
        #expect(scene.counters[evicted: .socket] == 12)
    }

    @Test func aWorkerMadeForARequestActsOnItsBehalf() {
        scene.open(scene.server(1), Actor(thread: 7, turn: 1))
        scene.fork(Actor(thread: 7, turn: 1), makes: Actor(thread: 8))
        scene.open(scene.server(2), Actor(thread: 7, turn: 2))
        scene.fork(Actor(thread: 7, turn: 2), makes: Actor(thread: 9, pid: 9))
        scene.fork(Actor(thread: 9, pid: 9), makes: Actor(thread: 10, pid: 10))
        scene.call(11, Actor(thread: 8))
        scene.call(12, Actor(thread: 10, pid: 10))
        scene.connect(5, Actor(thread: 9, pid: 9))
        scene.open(scene.client(13), Actor(thread: 30, pid: 9), socket: 5, first: true)
        scene.finish()
        for (call, request) in [(11, 1), (12, 2)] as [(UInt64, UInt64)] {
            let link = scene.link(scene.client(call))
            #expect(link?.parent == scene.server(request))
            #expect(link?.method == .fork)
            #expect((link?.confidence ?? 0) > 0.9)
        }
        #expect(scene.parent(scene.client(13)) == scene.server(2))
    }

    @Test func acceptThenSpawnInheritsNothing() {
        scene.fork(Actor(thread: 7), makes: Actor(thread: 8))
        scene.open(scene.server(1), Actor(thread: 8))
        scene.fork(Actor(thread: 7), makes: Actor(thread: 9))
        scene.call(11, Actor(thread: 8))
        scene.call(12, Actor(thread: 9))
        scene.finish()
        #expect(scene.parent(scene.client(11)) == scene.server(1))
        #expect(scene.link(scene.client(11))?.method == .thread)
        #expect(scene.link(scene.client(12))?.method == LinkMethod.none)
    }

    @Test func processPerConnectionReadsItsOwnRequests() {
        let listener = Actor(thread: 7, pid: 7)
        for child: UInt32 in 20...25 {
            scene.fork(listener, makes: Actor(thread: child, pid: child))
            scene.open(scene.server(UInt64(child)), Actor(thread: child, pid: child))
        }
        for child: UInt32 in 20...25 {
            scene.call(UInt64(child) + 100, Actor(thread: child, pid: child))
            scene.close(scene.server(UInt64(child)), Actor(thread: child, pid: child))
            scene.lineage(.exited(scene.point(Actor(thread: child, pid: child))))
        }
        scene.finish()
        for child: UInt64 in 20...25 { #expect(scene.parent(scene.client(child + 100)) == scene.server(child)) }
        #expect(scene.ledger.ended.map(\.pid) == Array(20...25))
        #expect(scene.ledger.wallClockOffset == 77)
    }

    @Test func whatAThreadDidItselfOutweighsWhoMadeIt() {
        scene.open(scene.server(1), Actor(thread: 7))
        scene.fork(Actor(thread: 7), makes: Actor(thread: 8))
        scene.open(scene.server(2), Actor(thread: 8))
        scene.call(11, Actor(thread: 8))
        scene.finish()
        #expect(scene.parent(scene.client(11)) == scene.server(2))
    }

    @Test func anInheritedRequestThatWasAnsweredIsNoParent() {
        scene.open(scene.server(1), Actor(thread: 7))
        scene.fork(Actor(thread: 7), makes: Actor(thread: 8))
        scene.close(scene.server(1), Actor(thread: 7))
        scene.call(11, Actor(thread: 8))
        scene.finish()
        #expect(scene.parent(scene.client(11)) == nil)
    }

    @Test func programsThatWereReplacedAreTold() {
        scene.lineage(.executed(scene.point(Actor(thread: 7, pid: 70))))
        scene.flush()
        #expect(scene.ledger.ended == [ProcessKey(pid: 70, start: 1)])
    }
}
