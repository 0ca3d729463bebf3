import Capture
import Testing

@testable import Correlate

/// What the writing of answers tells of calls.
@Suite struct AnswerTests {
    private let scene = Scene()

    private func task(_ unit: UInt64, group: UInt64 = 0) -> Actor {
        Actor(thread: 1, turn: UInt32(unit), unit: unit, group: group, kind: .task)
    }

    private func goroutine(_ unit: UInt64, on thread: UInt32) -> Actor {
        Actor(thread: thread, unit: unit, kind: .goroutine)
    }

    @Test func aPoolsThreadThatAnswersMadeTheCallsSinceItsLastAnswer() {
        for round: UInt64 in 0..<3 {
            for number: UInt64 in 1...4 {
                scene.open(scene.server(round * 100 + number), Actor(thread: 1, turn: UInt32(round * 10 + number)))
            }
            // Who is handed which is another matter each time.
            for number: UInt64 in 1...4 {
                let worker = Actor(thread: 10 + UInt32((number + round) % 4), turn: UInt32(round))
                scene.call(round * 100 + 10 + number, worker)
                scene.call(round * 100 + 20 + number, worker)
                scene.close(scene.server(round * 100 + number), worker)
            }
        }
        scene.finish()
        for round: UInt64 in 0..<3 {
            for number: UInt64 in 1...4 {
                for call in [round * 100 + 10 + number, round * 100 + 20 + number] {
                    #expect(scene.parent(scene.client(call)) == scene.server(round * 100 + number))
                    #expect(scene.link(scene.client(call))?.method == .thread)
                    #expect((scene.link(scene.client(call))?.confidence ?? 0) > 0.9)
                }
            }
        }
    }

    @Test func whoDoesSeveralThingsSideBySideMadeNoneOfThemForCertain() {
        let loop = { Actor(thread: 7, turn: $0) }
        scene.open(scene.server(1), loop(1))
        scene.open(scene.server(2), loop(2))
        scene.call(11, loop(3))
        scene.open(scene.client(12), loop(5))
        scene.close(scene.server(1), loop(6))
        scene.close(scene.client(12), loop(7))
        scene.close(scene.server(2), loop(8))
        scene.finish()
        #expect(scene.parent(scene.client(11)) == nil)
        #expect(scene.parent(scene.client(12)) == nil)
    }

    @Test func aCallBeforeTheRequestIsNotMadeForIt() {
        let worker = Actor(thread: 9)
        scene.open(scene.server(1), Actor(thread: 1, turn: 1))
        scene.call(11, worker)
        scene.open(scene.server(2), Actor(thread: 1, turn: 2))
        scene.close(scene.server(2), worker)
        scene.finish()
        #expect(scene.parent(scene.client(11)) == nil)
    }

    @Test func tasksAreFollowedThroughTheirLoop() {
        let loop = Actor(thread: 1, turn: 1, unit: 999, kind: .task)
        for number: UInt64 in 1...8 { scene.open(scene.server(number), loop) }
        for number: UInt64 in [3, 1, 8, 2, 5, 4, 7, 6] { scene.open(scene.client(10 + number), task(number)) }
        // The loop reads responses in a context of its own.
        for number: UInt64 in 1...8 { scene.close(scene.client(10 + number), loop) }
        for number: UInt64 in [6, 1, 2, 8, 7, 3, 4, 5] { scene.close(scene.server(number), task(number)) }
        scene.finish()
        for number: UInt64 in 1...8 {
            #expect(scene.parent(scene.client(10 + number)) == scene.server(number))
            #expect(scene.link(scene.client(10 + number))?.method == .task)
        }
    }

    @Test func childTasksAreKnownByWhatTheyShareWithTheirMaker() {
        let loop = Actor(thread: 1, turn: 1, unit: 999, kind: .task)
        for number: UInt64 in 1...8 { scene.open(scene.server(number), loop) }
        for number: UInt64 in 1...8 {
            for child: UInt64 in 0..<3 {
                scene.open(scene.client(number * 10 + 100 + child), task(number * 10 + child, group: 50 + number))
            }
        }
        for number: UInt64 in 1...8 {
            for child: UInt64 in 0..<3 { scene.close(scene.client(number * 10 + 100 + child), loop) }
        }
        for number: UInt64 in 1...8 { scene.close(scene.server(number), task(number, group: 50 + number)) }
        scene.finish()
        for number: UInt64 in 1...8 {
            for child: UInt64 in 0..<3 {
                #expect(scene.parent(scene.client(number * 10 + 100 + child)) == scene.server(number))
            }
        }
    }

    @Test func whatTheTasksOfAllRequestsShareTellsNothing() {
        let loop = Actor(thread: 1, turn: 1, unit: 999, kind: .task)
        for round: UInt64 in 0..<4 {
            let first = round * 100 + 1
            for number in first...first + 3 { scene.open(scene.server(number), loop) }
            for number in first...first + 3 { scene.open(scene.client(number + 10), task(number * 7, group: 5)) }
            for number in first...first + 3 { scene.close(scene.client(number + 10), loop) }
            for number in first...first + 3 { scene.close(scene.server(number), task(number, group: 5)) }
        }
        scene.finish()
        // Nothing is known of it when the first answers come; from then on it is.
        for round: UInt64 in 1..<4 {
            for number in round * 100 + 1...round * 100 + 4 {
                #expect(scene.parent(scene.client(number + 10)) == nil)
            }
        }
    }

    @Test func anAnswerInTheTurnInWhichAResponseWasReadTellsWhoseCallItWas() {
        let loop = { Actor(thread: 7, turn: $0) }
        for number: UInt32 in 1...3 { scene.open(scene.server(UInt64(number)), loop(number)) }
        // After a pause: nothing that was read leads to these calls.
        for number: UInt32 in 1...3 { scene.open(scene.client(UInt64(10 + number)), loop(10 + number)) }
        for number: UInt32 in [2, 3, 1] {
            scene.close(scene.client(UInt64(10 + number)), loop(20 + number))
            scene.close(scene.server(UInt64(number)), loop(20 + number))
        }
        scene.finish()
        for number: UInt64 in 1...3 { #expect(scene.parent(scene.client(10 + number)) == scene.server(number)) }
    }

    @Test func callsThatFollowOneAnotherAreOneRequestsOwn() {
        let loop = { Actor(thread: 7, turn: $0) }
        for number: UInt32 in 1...3 { scene.open(scene.server(UInt64(number)), loop(number)) }
        for number: UInt32 in 1...3 { scene.open(scene.client(UInt64(10 + number)), loop(10 + number)) }
        for number: UInt32 in [2, 3, 1] {
            scene.close(scene.client(UInt64(10 + number)), loop(20 + number))
            scene.open(scene.client(UInt64(30 + number)), loop(20 + number))
        }
        for number: UInt32 in [3, 1, 2] {
            scene.close(scene.client(UInt64(30 + number)), loop(40 + number))
            scene.close(scene.server(UInt64(number)), loop(40 + number))
        }
        scene.finish()
        for number: UInt64 in 1...3 {
            #expect(scene.parent(scene.client(10 + number)) == scene.server(number))
            #expect(scene.parent(scene.client(30 + number)) == scene.server(number))
        }
    }

    @Test func severalResponsesReadBeforeAnyAnswerTellNothing() {
        let loop = { Actor(thread: 7, turn: $0) }
        for number: UInt32 in 1...2 { scene.open(scene.server(UInt64(number)), loop(number)) }
        for number: UInt32 in 1...2 { scene.open(scene.client(UInt64(10 + number)), loop(10 + number)) }
        scene.close(scene.client(11), loop(20))
        scene.close(scene.client(12), loop(20))
        scene.close(scene.server(1), loop(20))
        scene.close(scene.server(2), loop(20))
        scene.finish()
        #expect(scene.parent(scene.client(12)) != scene.server(1), "the one that was read last")
        #expect(scene.parent(scene.client(11)) == nil)
    }

    @Test func aResponseReadJustBeforeAnotherGoroutineAnswersIsOfItsCall() {
        for number: UInt64 in 1...4 { scene.open(scene.server(number), goroutine(number, on: UInt32(number))) }
        // Calls are written by goroutines of their connections.
        for number: UInt64 in 1...4 { scene.open(scene.client(10 + number), goroutine(100 + number, on: 9)) }
        for number: UInt64 in [3, 1, 4, 2] {
            scene.close(scene.client(10 + number), goroutine(200 + number, on: 20))
            scene.close(scene.server(number), goroutine(number, on: 20))
        }
        scene.finish()
        for number: UInt64 in 1...4 {
            #expect(scene.parent(scene.client(10 + number)) == scene.server(number))
            #expect(scene.link(scene.client(10 + number))?.method == .goroutine)
        }
    }

    @Test func longAfterAResponseNothingIsHandedOver() {
        scene.open(scene.server(1), goroutine(1, on: 1))
        scene.open(scene.server(2), goroutine(2, on: 2))
        scene.open(scene.client(11), goroutine(100, on: 9))
        scene.close(scene.client(11), goroutine(200, on: 20))
        scene.now += 5 * millisecond
        scene.close(scene.server(1), goroutine(1, on: 20))
        scene.finish()
        #expect(scene.parent(scene.client(11)) == nil)
    }
}
