import Foundation
import Synchronization
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

    @Test(arguments: [false, true])
    func roomThatIsGivenBackAtTheEndWakesWhoWaitsForIt(isOnDisk: Bool) {
        let woken = Mutex(0)
        var settings = QueueSettings()
        if isOnDisk { settings.storage = StorageSettings(directory: "/nowhere") }
        let queue = makeQueue(settings: settings, name: "test", signal: .traces, log: LogRecorder().log) {
            woken.withLock { $0 += 1 }
        }
        let batch = DiskFixture.batch(1)
        #expect(queue.reserve(batch))
        queue.close(deadline: inSeconds(10))
        let before = woken.withLock { $0 }
        queue.cancel(batch)
        #expect(queue.isEmpty)
        #expect(woken.withLock { $0 } > before)
    }

    @Test func anEmptyBatchIsNothing() {
        let queue = SpanQueue(QueueSettings())
        #expect(queue.enqueue(SpanBatch()))
        #expect(queue.counters.accepted == 0)
        #expect(queue.isEmpty)
    }
}
