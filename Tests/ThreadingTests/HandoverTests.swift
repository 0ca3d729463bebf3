import Testing

@testable import Threading

/// What one thread leaves for another.
@Suite struct HandoverTests {
    @Test func theLatestIsTakenOnce() {
        let handover = Handover<Int>()
        #expect(handover.take() == nil)
        handover.put(1)
        handover.put(2)
        #expect(handover.take() == 2)
        #expect(handover.take() == nil)
    }

    @Test func whoLeftSomethingCanWaitUntilItIsTaken() throws {
        let handover = Handover<Int>()
        #expect(handover.awaitTaken(until: Monotonic.now()))
        handover.put(1)
        #expect(!handover.awaitTaken(until: Monotonic.now() + 1_000_000))
        let thread = try OSThread(name: "taker") { while handover.take() == nil {} }
        #expect(handover.awaitTaken(until: Monotonic.now() + 60_000_000_000))
        thread.join()
    }
}
