import Foundation
import Testing

@testable import OTLP

@Suite struct SpanQueueTests {
    @Test func enqueueWaitsForRoomWhenItShall() async {
        var settings = QueueSettings()
        settings.size = 1
        settings.blockOnOverflow = true
        settings.batch.flushTimeoutNanoseconds = 0
        let queue = SpanQueue(settings)
        #expect(queue.enqueue(Samples.batch(1)))
        async let second = Task.detached { queue.enqueue(Samples.batch(2)) }.value
        let portion = queue.take()
        #expect(portion?.receipt.weight.items == 1)
        if let portion { queue.settle(portion.receipt.weight, sent: 1) }
        #expect(await second)
        #expect(queue.counters.queued == 2)
        #expect(queue.counters.refused == 0)
    }

    @Test func whoWaitsForRoomIsRefusedAtTheEnd() async {
        var settings = QueueSettings()
        settings.size = 1
        settings.blockOnOverflow = true
        let queue = SpanQueue(settings)
        #expect(queue.enqueue(Samples.batch(1)))
        async let second = Task.detached { queue.enqueue(Samples.batch(2)) }.value
        queue.close(deadline: inSeconds(1))
        #expect(await !second)
        #expect(queue.counters.refused == 2)
    }

    @Test func anEmptyBatchIsNothing() {
        let queue = SpanQueue(QueueSettings())
        #expect(queue.enqueue(SpanBatch()))
        #expect(queue.counters.accepted == 0)
        #expect(queue.isEmpty)
    }
}
