import Capture
import Testing

@testable import Correlate

@Suite struct ThreadTests {
    private let scene = Scene()

    private func expect(_ child: UInt64, of parent: UInt64, _ method: LinkMethod = .thread) {
        let link = scene.link(scene.client(child))
        #expect(link?.parent == scene.server(parent))
        #expect(link?.method == method)
        #expect((link?.confidence ?? 0) > 0.85)
    }

    private func expectNoParent(_ child: UInt64, confidence: Double? = nil) {
        let link = scene.link(scene.client(child))
        #expect(link != nil)
        #expect(link?.parent == nil)
        // A kind of evidence that has proved nothing yet is believed a little less.
        if let confidence {
            #expect((link?.confidence ?? 1) <= confidence)
            #expect((link?.confidence ?? 0) >= confidence * 0.7)
        }
    }

    @Test func threadPerRequestMakesItsCalls() {
        for thread: UInt32 in 1...4 { scene.open(scene.server(UInt64(thread)), Actor(thread: thread)) }
        for thread: UInt32 in 1...4 { scene.call(UInt64(thread) + 10, Actor(thread: thread)) }
        for thread: UInt32 in 1...4 { scene.close(scene.server(UInt64(thread)), Actor(thread: thread)) }
        scene.finish()
        for number: UInt64 in 1...4 { expect(number + 10, of: number) }
        #expect(scene.counters[linked: .thread] == 4)
        #expect(scene.counters[linked: .none] == 4)
    }

    @Test func sequentialCallsOnOneThreadHaveOneParent() {
        let worker = Actor(thread: 7)
        for request: UInt64 in 1...3 {
            scene.open(scene.server(request), worker)
            for call: UInt64 in 1...5 { scene.call(request * 10 + call, worker) }
            scene.close(scene.server(request), worker)
        }
        scene.finish()
        for request: UInt64 in 1...3 { for call: UInt64 in 1...5 { expect(request * 10 + call, of: request) } }
    }

    @Test func aMessageWithoutAnswerMakesItsReadersCallsUntilTheNext() {
        let consumer = Actor(thread: 7, turn: 3)
        scene.message(scene.server(1), consumer, socket: 5)
        scene.flush()
        scene.call(11, consumer)
        scene.call(12, consumer)
        let later = Actor(thread: 7, turn: 4)
        scene.message(scene.server(2), later, socket: 5)
        scene.call(21, later)
        scene.finish()
        for (call, message): (UInt64, UInt64) in [(11, 1), (12, 1), (21, 2)] { expect(call, of: message) }
    }

    @Test func aMessageWithoutAnswerIsOneOfTwoChoicesInALaterTurn() {
        scene.message(scene.server(1), Actor(thread: 7, turn: 3))
        scene.call(11, Actor(thread: 7, turn: 4))
        scene.finish()
        expectNoParent(11, confidence: 0.5)
    }

    @Test func fanOutBeforeAnyResponseHasOneParent() {
        let worker = Actor(thread: 7, turn: 3)
        scene.open(scene.server(1), worker)
        for call: UInt64 in 11...15 { scene.open(scene.client(call), worker) }
        scene.finish()
        for call: UInt64 in 11...15 { expect(call, of: 1) }
    }

    @Test func oneOpenRequestIsCertainInLaterTurnsToo() {
        scene.open(scene.server(1), Actor(thread: 7, turn: 3))
        scene.call(11, Actor(thread: 7, turn: 9))
        scene.finish()
        expect(11, of: 1)
    }

    @Test func eventLoopWithKeptUpstreamsCallsInTheSameTurn() {
        var loop = Actor(thread: 7)
        for request: UInt64 in 1...20 {
            loop.turn += 1
            scene.open(scene.server(request), loop)
            scene.open(scene.client(100 + request), loop, socket: 5)
        }
        for request: UInt64 in (1...20).reversed() {
            loop.turn += 1
            scene.close(scene.client(100 + request), loop)
            scene.close(scene.server(request), loop)
        }
        scene.finish()
        for request: UInt64 in 1...20 { expect(100 + request, of: request) }
    }

    @Test func aCallAfterAResponseContinuesItsRequest() {
        var loop = Actor(thread: 7, turn: 1)
        for request: UInt64 in 1...8 {
            loop.turn += 1
            scene.open(scene.server(request), loop)
            scene.open(scene.client(10 + request), loop)
        }
        for request: UInt64 in [5, 2, 8, 1, 3, 7, 4, 6] {
            loop.turn += 1
            scene.firstByte(scene.client(10 + request), loop)
            scene.open(scene.client(20 + request), loop)
            scene.close(scene.client(10 + request), loop)
            scene.open(scene.client(30 + request), loop)
        }
        scene.finish()
        for request: UInt64 in 1...8 {
            expect(20 + request, of: request)
            expect(30 + request, of: request)
        }
    }

    @Test(arguments: [2, 3, 16])
    func interleavedAwaitsGiveNoParentRatherThanAWrongOne(_ open: UInt64) {
        for request in 1...open { scene.open(scene.server(request), Actor(thread: 7, turn: UInt32(request))) }
        for request in 1...open {
            scene.open(scene.client(100 + request), Actor(thread: 7, turn: 50 + UInt32(request)))
        }
        scene.finish()
        // The first may be any one's; from then on the thread may be at work on something not known as well.
        for request in 1...open {
            expectNoParent(100 + request, confidence: 1 / Double(request == 1 ? open : open + 1))
            #expect(scene.link(scene.client(100 + request))?.method == .thread)
        }
        #expect(scene.counters.unsure == open)
    }

    @Test func theResponseOfAnUnsureCallLeavesNothingToContinue() {
        scene.open(scene.server(1), Actor(thread: 7, turn: 1))
        scene.open(scene.server(2), Actor(thread: 7, turn: 2))
        scene.call(11, Actor(thread: 7, turn: 3))
        scene.open(scene.client(12), Actor(thread: 7, turn: 3))
        scene.finish()
        expectNoParent(11)
        expectNoParent(12)
    }

    @Test func workAfterTheAnswerHasNoParent() {
        let worker = Actor(thread: 7)
        scene.open(scene.server(1), worker)
        scene.close(scene.server(1), worker)
        scene.call(11, worker)
        scene.finish()
        expectNoParent(11, confidence: 0)
    }

    @Test func workAfterAnAnswerIsNotAnotherOpenRequests() {
        let loop = Actor(thread: 7, turn: 5)
        scene.open(scene.server(1), Actor(thread: 7, turn: 1))
        scene.open(scene.server(2), Actor(thread: 7, turn: 2))
        scene.close(scene.server(2), loop)
        scene.open(scene.client(11), loop)
        scene.open(scene.client(12), Actor(thread: 7, turn: 6))
        scene.finish()
        expectNoParent(11, confidence: 0.5)
    }

    @Test func aCallBegunBeforeTheAnswerKeepsItsParentThoughToldLater() {
        let worker = Actor(thread: 7)
        scene.open(scene.server(1), worker)
        let began = scene.now + 1
        scene.now += 10
        scene.close(scene.server(1), worker)
        scene.open(scene.client(11), worker, at: began)
        scene.finish()
        expect(11, of: 1)
    }

    @Test func anAnswerByAnotherThreadEndsTheRequestForItsReader() {
        scene.open(scene.server(1), Actor(thread: 7))
        scene.close(scene.server(1), Actor(thread: 8))
        scene.call(11, Actor(thread: 7))
        scene.finish()
        expectNoParent(11)
    }

    @Test func theRestOfARequestReadByAnotherThreadMovesItThere() {
        scene.open(scene.server(1), Actor(thread: 7, turn: 1))
        scene.more(scene.server(1), Actor(thread: 8, turn: 1))
        scene.open(scene.server(2), Actor(thread: 7, turn: 2))
        scene.call(11, Actor(thread: 8, turn: 9))
        scene.call(12, Actor(thread: 7, turn: 9))
        scene.finish()
        expect(11, of: 1)
        expect(12, of: 2)
    }

    @Test func whoWritesAPartOfTheAnswerWorksOnTheRequest() {
        scene.open(scene.server(1), Actor(thread: 7, turn: 1))
        scene.open(scene.server(2), Actor(thread: 7, turn: 2))
        scene.firstByte(scene.server(1), Actor(thread: 8, turn: 4))
        scene.call(11, Actor(thread: 8, turn: 4))
        scene.more(scene.server(1), Actor(thread: 9, turn: 4))
        scene.call(12, Actor(thread: 9, turn: 4))
        scene.finish()
        expect(11, of: 1)
        expect(12, of: 1)
    }

    @Test func pipelinedRequestsOfABlockingThreadAreHandledInOrder() {
        let worker = Actor(thread: 7)
        for request: UInt64 in 1...3 { scene.open(scene.server(request), worker, socket: 9) }
        for request: UInt64 in 1...3 {
            scene.call(10 + request, worker)
            scene.close(scene.server(request), worker)
        }
        scene.call(20, worker)
        scene.finish()
        for request: UInt64 in 1...3 { expect(10 + request, of: request) }
        expectNoParent(20)
    }

    @Test func pipelinedRequestsOfAnEventLoopAreNotGuessed() {
        let loop = Actor(thread: 7, turn: 1)
        for request: UInt64 in 1...3 { scene.open(scene.server(request), loop, socket: 9) }
        scene.call(11, loop)
        scene.finish()
        expectNoParent(11, confidence: 1.0 / 3)
    }

    @Test func requestsReadInOneTurnBeforeAnythingComesOfThemAreNotGuessed() {
        var loop = Actor(thread: 7, turn: 1)
        for request: UInt64 in 1...3 { scene.open(scene.server(request), loop) }
        scene.open(scene.client(11), loop)
        scene.connect(50, loop)
        loop.turn = 2
        scene.open(scene.client(12), loop, socket: 50, first: true)
        scene.open(scene.server(4), loop)
        scene.open(scene.client(13), loop)
        scene.finish()
        expectNoParent(11, confidence: 1.0 / 3)
        expectNoParent(12)
        expect(13, of: 4)
    }

    @Test func aLoopThatFinishesEachReadBeforeTheNextIsCertainInOneTurn() {
        let loop = Actor(thread: 7, turn: 1)
        for request: UInt64 in 1...9 {
            scene.open(scene.server(request), loop)
            switch request % 3 {
            case 0: scene.open(scene.client(10 + request), loop)
            case 1: scene.connect(50 + request, loop)
            default: scene.close(scene.server(request), loop)
            }
        }
        scene.open(scene.server(100), loop)
        scene.open(scene.client(101), loop)
        for request: UInt64 in [7, 1, 4] {
            scene.open(scene.client(10 + request), Actor(thread: 7, turn: 2), socket: 50 + request, first: true)
        }
        scene.finish()
        for request: UInt64 in [3, 6, 9] { expect(10 + request, of: request) }
        for request: UInt64 in [1, 4, 7] { #expect(scene.parent(scene.client(10 + request)) == scene.server(request)) }
        expect(101, of: 100)
    }

    @Test func aThreadWhoseRequestsOthersAnswerIsNotBelieved() {
        for request: UInt64 in 1...10 {
            scene.open(scene.server(request), Actor(thread: 7, turn: UInt32(request)))
            scene.close(scene.server(request), Actor(thread: request < 4 ? 7 : 8, turn: UInt32(request)))
        }
        scene.open(scene.server(20), Actor(thread: 7, turn: 30))
        scene.call(21, Actor(thread: 7, turn: 30))
        scene.finish()
        expectNoParent(21, confidence: 0.3)
        #expect(scene.counters.unsure == 1)
    }

    @Test func aThreadNumberUsedAgainInheritsNothing() {
        scene.open(scene.server(1), Actor(thread: 7, pid: 100))
        scene.call(11, Actor(thread: 7, pid: 200))
        scene.open(scene.server(2), Actor(thread: 8))
        scene.fork(Actor(thread: 50), makes: Actor(thread: 8))
        scene.call(12, Actor(thread: 8))
        scene.finish()
        expectNoParent(11, confidence: 0)
        expectNoParent(12, confidence: 0)
    }

    @Test func goroutinesKeepTheirRequestAcrossThreads() {
        scene.open(scene.server(1), Actor(thread: 7, turn: 1, unit: 41))
        scene.open(scene.server(2), Actor(thread: 7, turn: 1, unit: 42))
        scene.call(11, Actor(thread: 8, turn: 6, unit: 41))
        scene.call(12, Actor(thread: 8, turn: 6, unit: 42))
        scene.finish()
        expect(11, of: 1)
        expect(12, of: 2)
    }

    @Test func aPacketCaptureHasNoThreads() {
        let nobody = Actor(thread: 0, pid: 0)
        scene.open(scene.server(1), nobody)
        scene.connect(5, nobody)
        scene.open(scene.client(11), nobody, socket: 5, first: true)
        scene.finish()
        #expect(scene.link(scene.client(11))?.method == LinkMethod.none)
    }

    @Test func theNumberOfUnitsIsBounded() {
        var options = CorrelateOptions()
        options.maximumUnits = 4
        let scene = Scene(options)
        for thread: UInt32 in 1...10 { scene.open(scene.server(UInt64(thread)), Actor(thread: thread)) }
        for thread: UInt32 in 1...10 { scene.open(scene.client(UInt64(thread) + 20), Actor(thread: thread)) }
        scene.finish()
        #expect(scene.counters[evicted: .unit] == 12, "by what they read, and by what they wrote")
        for number: UInt64 in 1...10 {
            #expect(scene.parent(scene.client(number + 20)) == (number > 6 ? scene.server(number) : nil))
        }
    }

    /// nginx reads large bodies side by side, and calls when one of them is whole.
    @Test func partsOfBodiesReadInTheSameTurnAreNoCandidates() {
        var loop = Actor(thread: 7)
        for request: UInt64 in 1...3 {
            loop.turn += 1
            scene.open(scene.server(request), loop, whole: false)
        }
        loop.turn += 1
        scene.more(scene.server(1), loop)
        scene.more(scene.server(2), loop)
        scene.endRequest(scene.server(3), loop)
        scene.open(scene.client(11), loop)
        scene.finish()
        #expect(scene.parent(scene.client(11)) == scene.server(3))
        #expect((scene.link(scene.client(11))?.confidence ?? 0) > 0.85)
    }

    @Test func headsWhoseBodiesAreStillToComeAreNoCandidates() {
        let loop = Actor(thread: 7, turn: 2)
        scene.open(scene.server(1), Actor(thread: 7, turn: 1), whole: false)
        scene.open(scene.server(2), loop, whole: false)
        scene.open(scene.server(3), loop, whole: false)
        scene.endRequest(scene.server(1), loop)
        scene.open(scene.client(11), loop)
        scene.finish()
        #expect(scene.parent(scene.client(11)) == scene.server(1))
        #expect((scene.link(scene.client(11))?.confidence ?? 0) > 0.85)
    }

    @Test func headsAreCandidatesWhereCallsAreMadeBeforeRequestsAreWhole() {
        scene.open(scene.server(1), Actor(thread: 7, turn: 1), whole: false)
        scene.open(scene.client(11), Actor(thread: 7, turn: 1))
        let loop = Actor(thread: 7, turn: 2)
        scene.open(scene.server(2), loop, whole: false)
        scene.open(scene.server(3), loop, whole: false)
        scene.open(scene.client(12), loop)
        scene.finish()
        #expect(scene.parent(scene.client(11)) == scene.server(1))
        #expect(scene.parent(scene.client(12)) == nil)
    }

    @Test func wholeRequestsReadInTheSameTurnAreCandidates() {
        let loop = Actor(thread: 7, turn: 2)
        scene.open(scene.server(1), Actor(thread: 7, turn: 1), whole: false)
        scene.open(scene.server(2), Actor(thread: 7, turn: 1), whole: false)
        scene.endRequest(scene.server(1), loop)
        scene.endRequest(scene.server(2), loop)
        scene.open(scene.client(11), loop)
        scene.finish()
        #expect(scene.parent(scene.client(11)) == nil)
    }

    @Test func whereTurnsAreNotToldNothingIsInTheSameOne() {
        let loop = Actor(thread: 7, turn: ExecutionPoint.unknownTurn)
        scene.open(scene.server(1), loop)
        scene.open(scene.server(2), loop)
        scene.open(scene.client(11), loop)
        scene.finish()
        #expect(scene.parent(scene.client(11)) == nil)
        let alone = Actor(thread: 8, turn: ExecutionPoint.unknownTurn)
        scene.open(scene.server(3), alone)
        scene.open(scene.client(12), alone)
        scene.finish()
        #expect(scene.parent(scene.client(12)) == scene.server(3))
    }
}
