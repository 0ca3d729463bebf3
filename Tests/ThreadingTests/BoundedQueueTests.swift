import Testing

import Threading

@Suite struct BoundedQueueTests {
    @Test func keepsOrderAndRefusesWhatDoesNotFit() {
        let queue = BoundedQueue<Int>(capacity: 3)
        for round in 0..<10 {
            #expect(queue.push(round) && queue.push(round + 1) && queue.push(round + 2))
            #expect(!queue.push(99))
            #expect(queue.pop() == round)
            #expect(queue.pop() == round + 1)
            #expect(queue.pop() == round + 2)
        }
    }

    @Test func closedQueueIsEmptiedThenEnds() {
        let queue = BoundedQueue<Int>(capacity: 3)
        _ = queue.push(1)
        queue.close()
        #expect(!queue.push(2))
        #expect(queue.pop() == 1)
        #expect(queue.pop() == nil)
    }

    @Test func waitingEndsWithNothingOrWithTheEnd() {
        let queue = BoundedQueue<Int>(capacity: 1)
        if case .nothingYet = queue.pop(timeout: 1_000_000) {} else { Issue.record("something came") }
        queue.close()
        if case .closed = queue.pop(timeout: 1_000_000) {} else { Issue.record("not closed") }
    }

    @Test func everythingCrossesBetweenThreads() throws {
        let queue = BoundedQueue<Int>(capacity: 16)
        let back = BoundedQueue<Int>(capacity: 1)
        let reader = try OSThread(name: "reader") {
            var sum = 0
            while let number = queue.pop() { sum += number }
            _ = back.push(sum)
        }
        for number in 1...10_000 { while !queue.push(number) {} }
        queue.close()
        reader.join()
        #expect(back.pop() == 50_005_000)
    }

    @Test func whoTakesAnElementOwnsItAlone() {
        final class Token: Sendable {}
        let queue = BoundedQueue<Token>(capacity: 2)
        weak var seen: Token?
        do {
            let token = Token()
            seen = token
            _ = queue.push(token)
        }
        #expect(seen != nil)
        _ = queue.pop()
        #expect(seen == nil)
    }
}
