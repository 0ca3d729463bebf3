import Capture
import Testing

@testable import Correlate

@Suite struct FlowTests {
    private let caller = Actor(thread: 1, pid: 1)
    private let service = Actor(thread: 2, pid: 2)

    @Test func aServerEndHangsFromItsClientEndWhicheverComesFirst() {
        for serverFirst in [false, true] {
            let scene = Scene()
            let ends = serverFirst ? [scene.server(1), scene.client(1)] : [scene.client(1), scene.server(1)]
            for end in ends { scene.open(end, end.role == .client ? caller : service) }
            scene.flush()
            let link = scene.link(scene.server(1))
            #expect(link?.parent == scene.client(1))
            #expect(link?.method == .flow)
            #expect(link?.confidence == 1)
            #expect(scene.counters.undecided == 0)
            #expect(scene.counters[linked: .flow] == 1)
        }
    }

    @Test func aServerEndCanBeOverBeforeItsClientEndIsSeen() {
        let scene = Scene()
        scene.open(scene.server(1), service, fields: [(.method, "GET"), (.target, "/a")])
        scene.close(scene.server(1), service, fields: [(.method, "GET"), (.target, "/a"), (.errorDetail, "x")])
        scene.flush()
        #expect(scene.ledger.order.isEmpty)
        #expect(scene.counters.heldBytes > 0)
        scene.open(scene.client(1), caller, fields: [(.method, "GET")])
        scene.flush()
        #expect(scene.ledger.order.map(\.end) == [scene.client(1), scene.server(1), scene.server(1)])
        #expect(scene.ledger.order.map(\.fields) == [["GET"], ["GET", "/a"], ["GET", "/a", "x"]])
        #expect(scene.counters.heldBytes == 0)
    }

    @Test func aServerEndWithoutClientEndIsDecidedAfterTheGrace() {
        let scene = Scene()
        scene.open(scene.server(1), service)
        scene.flush(after: 99 * millisecond)
        #expect(scene.link(scene.server(1)) == nil)
        #expect(scene.counters.undecided == 1)
        scene.flush(after: 2 * millisecond)
        #expect(scene.link(scene.server(1))?.method == LinkMethod.none)
        #expect(scene.counters.undecided == 0)
    }

    @Test func aClientEndThatComesTooLateIsCountedAndChangesNothing() {
        let scene = Scene()
        scene.open(scene.server(1), service)
        scene.flush(after: 200 * millisecond)
        scene.open(scene.client(1), caller)
        scene.finish()
        #expect(scene.link(scene.server(1))?.parent == nil)
        #expect(scene.link(scene.client(1)) != nil)
        #expect(scene.counters.lateJoins == 1)
    }

    @Test func chainsOfThreeTiersJoinInAnyOrderOfTheirEnds() {
        // 1: outside -> A, 2: A -> B, 3: B -> C. Within a tier the server's read comes before its call.
        let actors = [Actor(thread: 10, pid: 10), Actor(thread: 20, pid: 20), Actor(thread: 30, pid: 30)]
        for pattern in 0..<8 {
            let scene = Scene()
            func open(_ number: UInt64) {
                let server = { _ = scene.open(scene.server(number), actors[Int(number) - 1]) }
                let client = {
                    _ = scene.open(
                        scene.client(number), number == 1 ? Actor(thread: 5, pid: 5) : actors[Int(number) - 2])
                }
                if pattern & (1 << (number - 1)) == 0 { client(); server() } else { server(); client() }
            }
            for number: UInt64 in 1...3 { open(number) }
            for number: UInt64 in (1...3).reversed() {
                scene.close(scene.server(number), actors[Int(number) - 1])
                scene.close(scene.client(number), number == 1 ? Actor(thread: 5, pid: 5) : actors[Int(number) - 2])
            }
            scene.flush()
            for number: UInt64 in 1...3 { #expect(scene.parent(scene.server(number)) == scene.client(number)) }
            #expect(scene.parent(scene.client(1)) == nil)
            #expect(scene.parent(scene.client(2)) == scene.server(1))
            #expect(scene.parent(scene.client(3)) == scene.server(2))
            #expect(scene.ledger.closed.count == 6)
        }
    }

    @Test func descendantsOfAnUndecidedExchangeWaitAndLeaveBehindIt() {
        let scene = Scene()
        var actor = Actor(thread: 10, pid: 10)
        scene.open(scene.server(1), actor)
        for depth: UInt64 in 2...50 {
            scene.open(scene.client(depth), actor)
            actor = Actor(thread: 10 + UInt32(depth), pid: 10 + UInt32(depth))
            scene.open(scene.server(depth), actor)
            scene.close(scene.server(depth), actor)
            scene.close(scene.client(depth), Actor(thread: actor.thread - 1, pid: actor.pid - 1))
            scene.open(scene.server(depth + 1000), actor)
        }
        scene.close(scene.server(1), Actor(thread: 10, pid: 10))
        scene.flush()
        #expect(scene.link(scene.client(2)) == nil)
        #expect(scene.link(scene.server(2)) == nil)
        scene.finish()
        #expect(scene.ledger.links.count == 1 + 2 * 49 + 49)
        #expect(scene.ledger.position(scene.server(1)) < scene.ledger.position(scene.client(2)))
        #expect(scene.ledger.position(scene.client(2)) < scene.ledger.position(scene.server(2)))
        #expect(scene.counters.heldBytes == 0)
    }

    @Test func siblingsLeaveInTheOrderTheyCame() {
        let scene = Scene()
        scene.open(scene.server(1), service)
        for call: UInt64 in 11...20 { scene.open(scene.client(call), service) }
        scene.finish()
        #expect(scene.ledger.order.map(\.end) == [scene.server(1)] + (11...20).map { scene.client($0) })
    }

    @Test func anExchangeIsNeverItsOwnAncestor() {
        // A straggler makes a call look as if its own server end's descendant had made it.
        let scene = Scene()
        let (first, second) = (Actor(thread: 1, pid: 1), Actor(thread: 2, pid: 2))
        scene.open(scene.server(1), first)
        scene.open(scene.client(2), first)
        scene.open(scene.server(2), second)
        scene.open(scene.client(1), second)
        scene.finish()
        #expect(scene.counters.cycles == 1)
        #expect(scene.parent(scene.client(1)) == nil)
        #expect(scene.parent(scene.server(1)) == scene.client(1))
        #expect(scene.parent(scene.client(2)) == scene.server(1))
        #expect(scene.parent(scene.server(2)) == scene.client(2))
    }

    @Test func aCallOfAServiceToItselfIsJoined() {
        let scene = Scene()
        let loop = Actor(thread: 3, turn: 4)
        scene.open(scene.server(1), loop)
        scene.open(scene.client(2), loop)
        scene.open(scene.server(2), Actor(thread: 3, turn: 5))
        scene.close(scene.server(2), Actor(thread: 3, turn: 5))
        scene.finish()
        #expect(scene.parent(scene.client(2)) == scene.server(1))
        #expect(scene.parent(scene.server(2)) == scene.client(2))
    }

    @Test func whatComesTwiceIsTakenOnce() {
        let scene = Scene()
        for _ in 0..<3 { scene.open(scene.client(1), caller) }
        for _ in 0..<3 { scene.close(scene.client(1), caller) }
        scene.close(scene.client(9), caller)
        scene.finish()
        #expect(scene.counters.duplicates == 4)
        #expect(scene.counters.unmatchedCloses == 1)
        #expect(scene.ledger.order.count == 2)
    }

    @Test func equalTimesKeepTheirOrder() {
        let scene = Scene()
        let worker = Actor(thread: 7)
        let time: UInt64 = 5_000
        for request: UInt64 in 1...3 {
            scene.open(scene.server(request), worker, at: time)
            scene.open(scene.client(request + 10), worker, at: time)
            scene.close(scene.client(request + 10), worker, at: time)
            scene.close(scene.server(request), worker, at: time)
        }
        scene.finish()
        for request: UInt64 in 1...3 { #expect(scene.parent(scene.client(request + 10)) == scene.server(request)) }
    }

    @Test func aServerEndWithAStampInTheFarFutureDoesNotBlockOthers() {
        let scene = Scene()
        scene.open(scene.server(1), service, at: .max)
        scene.open(scene.server(2), caller)
        scene.flush()
        scene.flush(after: 200 * millisecond)
        #expect(scene.link(scene.server(1)) != nil)
        #expect(scene.link(scene.server(2)) != nil)
    }

    @Test func aCallThatWaitedIsOverOnlyAfterItsServerBegan() {
        let scene = Scene()
        let (worker, other) = (Actor(thread: 1), Actor(thread: 2, pid: 200))
        scene.open(scene.server(1), worker)
        scene.open(scene.client(101), worker)
        scene.open(scene.server(101), other)
        scene.close(scene.server(101), other)
        scene.close(scene.client(101), worker)
        #expect(scene.ledger.position(scene.client(101)) == -1, "it does not wait")
        scene.close(scene.server(1), worker)
        scene.finish()
        #expect(scene.ledger.position(scene.server(101)) < scene.ledger.position(scene.client(101), .closed))
    }
}
