import Capture
import Testing

@testable import Correlate

/// Ids that a proxy makes: its calls carry them, and so do its answers.
@Suite struct EchoTests {
    private let scene = Scene()
    /// Does everything, each thing in a turn of its own: an event loop that queues requests.
    private var loop = Actor(thread: 1)

    private mutating func turn() -> Actor {
        loop.turn += 1
        return loop
    }

    private mutating func read(_ numbers: ClosedRange<UInt64>) {
        for number in numbers { scene.open(scene.server(number), turn()) }
    }

    private mutating func call(_ number: UInt64, id: String? = nil) {
        scene.open(scene.client(number), turn(), id: id ?? "made \(number)")
    }

    private mutating func answer(_ number: UInt64, id: String?) { scene.close(scene.server(number), turn(), id: id) }

    /// Requests go one after the other until ids have proved unique.
    private mutating func prove() {
        read(900...901)
        for number: UInt64 in 910...919 { call(number) }
        // One answer cannot carry ten ids; what counts is that each id came back once.
        for (request, ids) in [(900, 910...914), (901, 915...919)] as [(UInt64, ClosedRange<UInt64>)] {
            scene.close(scene.server(request), turn(), ids: ids.prefix(4).map { "made \($0)" })
        }
        scene.flush()
    }

    @Test mutating func anAnswerTellsWhichRequestACallWasMadeFor() {
        read(1...16)
        for number: UInt64 in (1...16).reversed() { call(100 + number) }
        for number: UInt64 in [7, 2, 16, 5, 1, 3, 4, 6, 9, 8, 10, 15, 11, 12, 14, 13] {
            scene.close(scene.client(100 + number), turn())
            answer(number, id: "made \(100 + number)")
        }
        scene.flush()
        for number: UInt64 in 1...16 {
            let link = scene.link(scene.client(100 + number))
            #expect(link == nil, "request \(number) waits for its client end")
        }
        scene.finish()
        for number: UInt64 in 1...16 {
            let link = scene.link(scene.client(100 + number))
            #expect(link?.parent == scene.server(number))
            #expect(link?.method == .requestID)
            #expect((link?.confidence ?? 0) > 0.9)
        }
    }

    @Test mutating func whatACallCausedWaitsWithIt() {
        read(1...2)
        call(11)
        let service = Actor(thread: 5, pid: 5)
        scene.open(scene.server(11), service)
        scene.open(scene.client(12), service)
        scene.close(scene.client(12), service)
        scene.close(scene.server(11), service)
        scene.close(scene.client(11), turn())
        scene.flush(after: 500 * millisecond)
        #expect(scene.ledger.order.map(\.end) == [scene.server(1), scene.server(2)])
        #expect(scene.counters.undecided == 1)
        answer(1, id: nil)
        answer(2, id: "made 11")
        scene.flush()
        // All that waited is opened before any of it is closed.
        #expect(
            scene.ledger.order.dropFirst(2).map(\.end) == [
                scene.server(1), scene.client(11), scene.server(11), scene.client(12),
                scene.client(11), scene.server(11), scene.client(12), scene.server(2),
            ])
        #expect(scene.parent(scene.client(11)) == scene.server(2))
        #expect(scene.parent(scene.client(12)) == scene.server(11))
        #expect(scene.counters.heldBytes == 0)
        #expect(scene.counters.undecided == 0)
    }

    @Test mutating func untilIDsHaveProvedUniqueAnswersAreHeldAgainstOneAnother() {
        read(1...3)
        call(11)
        answer(2, id: "made 11")
        scene.flush(after: 500 * millisecond)
        #expect(scene.link(scene.client(11)) == nil)
        answer(1, id: "made 11")
        answer(3, id: nil)
        scene.finish()
        #expect(scene.parent(scene.client(11)) == nil)
    }

    @Test mutating func onceIDsHaveProvedUniqueTheFirstAnswerDecides() {
        prove()
        read(1...3)
        call(11)
        answer(2, id: "made 11")
        scene.flush(after: 500 * millisecond)
        #expect(scene.parent(scene.client(11)) == scene.server(2))
    }

    @Test mutating func aConstantInAnswersGivesNoWrongParent() {
        for round: UInt64 in 0..<10 {
            let first = round * 100 + 1
            read(first...first + 9)
            for number in first...first + 9 { call(number + 50, id: "constant") }
            for number in first...first + 9 { answer(number, id: "constant") }
            scene.flush(after: 10 * millisecond)
        }
        scene.finish()
        #expect(scene.counters[linked: .requestID] == 0)
        #expect(scene.counters.undecided == 0)
    }

    @Test mutating func aConstantOnceIDsHaveProvedUniqueIsFoundOut() {
        prove()
        for round: UInt64 in 0..<10 {
            let first = round * 100 + 1
            read(first...first + 9)
            for number in first...first + 9 { call(number + 50, id: "constant") }
            for number in first...first + 9 { answer(number, id: "constant") }
            scene.flush(after: 10 * millisecond)
        }
        scene.finish()
        for round: UInt64 in 0..<10 {
            for number in round * 100 + 1...round * 100 + 10 { #expect(scene.parent(scene.client(number + 50)) == nil) }
        }
    }

    @Test mutating func requestsThatBeganLaterOrWereOverDoNotCount() {
        read(1...2)
        answer(1, id: nil)
        call(11)
        read(3...3)
        answer(3, id: "made 11")
        answer(2, id: nil)
        scene.finish()
        #expect(scene.parent(scene.client(11)) == scene.server(2), "the only one that was open")
        #expect(scene.link(scene.client(11))?.method == .thread)
    }

    @Test mutating func noIDIsWaitedForWhenEveryRequestThatMayHaveCausedTheCallIsOver() {
        read(1...3)
        call(11)
        read(4...4)
        for number: UInt64 in 1...3 { answer(number, id: "something else \(number)") }
        scene.flush()
        answer(4, id: "made 11")
        scene.finish()
        #expect(scene.parent(scene.client(11)) == nil)
    }

    @Test func aCallOfAProcessWithoutOpenRequestsDoesNotWait() {
        scene.open(scene.client(11), Actor(thread: 1), id: "made")
        scene.flush()
        #expect(scene.link(scene.client(11)) != nil)
    }

    @Test mutating func afterTheWindowACallWaitsNoLonger() {
        read(1...2)
        call(11)
        scene.flush(after: 9_900 * millisecond)
        #expect(scene.link(scene.client(11)) == nil)
        scene.flush(after: 200 * millisecond)
        #expect(scene.link(scene.client(11)) != nil)
        answer(2, id: "made 11")
        scene.finish()
        #expect(scene.parent(scene.client(11)) == nil)
    }

    @Test mutating func underPressureWhatWaitedForLongestIsDecidedFirst() {
        var options = CorrelateOptions()
        options.maxMemory = 1 << 20
        let scene = Scene(options)
        for number: UInt64 in 1...2 { scene.open(scene.server(number), turn()) }
        for call: UInt64 in 11...5_000 { scene.open(scene.client(call), turn(), id: "made \(call)") }
        scene.flush()
        let early = scene.ledger.order.map(\.end)
        #expect(early.count > 10 && early.count < 4_990)
        #expect(early == [scene.server(1), scene.server(2)] + (11..<UInt64(9 + early.count)).map { scene.client($0) })
        #expect(scene.counters.heldBytes <= 1 << 20)
        scene.finish()
        #expect(scene.ledger.links.count == 4_992)
    }

    /// Threads are right about so many calls, as answers show.
    private func earnTrust() {
        for number: UInt64 in 10_000..<10_100 {
            let worker = Actor(thread: UInt32(number))
            scene.open(scene.server(number), worker)
            scene.open(scene.client(number + 1_000), worker, id: "made \(number)")
            scene.close(scene.client(number + 1_000), worker)
            scene.close(scene.server(number), worker, id: "made \(number)")
        }
        scene.flush(after: 200 * millisecond)
    }

    /// A thread reads one request and is handed another, time and again.
    private func mislead(rounds: ClosedRange<UInt64>) {
        for round in rounds {
            let (one, other) = (Actor(thread: 1), Actor(thread: 2))
            let number = round * 10
            scene.open(scene.server(number), one)
            scene.open(scene.server(number + 1), other)
            scene.open(scene.client(number + 2), one, id: "made \(number + 2)")
            scene.close(scene.client(number + 2), one)
            scene.close(scene.server(number), one, id: "other \(number)")
            scene.close(scene.server(number + 1), other, id: "made \(number + 2)")
            scene.flush(after: 200 * millisecond)
        }
    }

    @Test func aCallWhoseThreadHasProvedCertainDoesNotWait() {
        earnTrust()
        for request: UInt64 in 1...4 {
            scene.open(scene.server(request), Actor(thread: UInt32(request)))
            scene.open(scene.client(10 + request), Actor(thread: UInt32(request)), id: "made \(request)")
        }
        scene.flush(after: 200 * millisecond)
        for request: UInt64 in 1...4 {
            #expect(scene.parent(scene.client(10 + request)) == scene.server(request))
            #expect(scene.link(scene.client(10 + request))?.method == .thread)
        }
    }

    @Test func untilThreadsHaveProvedCertainAnswersCorrectThem() {
        mislead(rounds: 1...6)
        scene.finish()
        for round: UInt64 in 1...6 {
            #expect(scene.parent(scene.client(round * 10 + 2)) == scene.server(round * 10 + 1))
            #expect(scene.link(scene.client(round * 10 + 2))?.method == .requestID)
        }
    }

    @Test func threadsThatProveWrongAreNotTrustedAnyLonger() {
        earnTrust()
        mislead(rounds: 1...6)
        scene.finish()
        #expect(scene.parent(scene.client(12)) == scene.server(10), "nothing was known against them by then")
        for round: UInt64 in 2...6 {
            #expect(scene.parent(scene.client(round * 10 + 2)) == scene.server(round * 10 + 1))
        }
    }

    @Test func whereAnswersTellNothingThreadsAreTakenAtTheirWord() {
        for number: UInt64 in 100..<200 {
            let worker = Actor(thread: UInt32(number))
            scene.open(scene.server(number), worker)
            scene.open(scene.client(number + 1_000), worker, id: "made \(number)")
            scene.close(scene.client(number + 1_000), worker)
            scene.close(scene.server(number), worker)
        }
        scene.flush(after: 200 * millisecond)
        scene.open(scene.server(1), Actor(thread: 1))
        scene.open(scene.client(2), Actor(thread: 1), id: "made 2")
        scene.flush(after: 200 * millisecond)
        #expect(scene.parent(scene.client(2)) == scene.server(1))
    }

    @Test func aCallIsNotAmongItsOwnAncestors() {
        // Stamps out of order let what the call caused look as if it had been open before.
        let (one, other) = (Actor(thread: 1), Actor(thread: 2, pid: 2))
        scene.open(scene.server(1), Actor(thread: 8))
        scene.open(scene.server(2), Actor(thread: 9))
        scene.open(scene.client(11), one, id: "made")
        scene.open(scene.server(11), other)
        scene.open(scene.client(12), other)
        scene.open(scene.server(12), one, at: scene.now - 20)
        scene.close(scene.server(12), one, id: "made")
        scene.finish()
        #expect(scene.counters.cycles == 1)
        #expect(scene.parent(scene.client(11)) == scene.server(12), "an id is surer than a thread")
        #expect(scene.parent(scene.client(12)) == nil)
        #expect(scene.parent(scene.server(12)) == scene.client(12))
        #expect(scene.ledger.links.count == 6)
    }
}
