import Testing

@testable import OTLP

@Suite struct QueueStateTests {
    private func settings(_ change: (inout QueueSettings) -> Void = { _ in }) -> QueueSettings {
        var settings = QueueSettings()
        settings.batch.flushTimeoutNanoseconds = 200
        change(&settings)
        return settings
    }

    private func expectBalanced(_ state: QueueState) {
        let counters = state.counters
        #expect(counters.accepted == counters.sent + counters.dropped + counters.queued)
    }

    @Test func aRequestLeavesWhenItsOldestSpanHasWaitedLongEnough() {
        var state = QueueState(settings())
        #expect(state.nextFlush == nil)
        #expect(state.admit(Samples.batch(2), now: 1000) == .accepted)
        #expect(state.admit(Samples.batch(3, first: 3), now: 1150) == .accepted)
        #expect(state.nextFlush == 1200)
        #expect(state.take(now: 1199) == nil)
        #expect(state.take(now: 1200)?.slices.map(\.count) == [2, 3])
        #expect(state.take(now: 5000) == nil)
        #expect(state.counters.queued == 5)
        expectBalanced(state)
    }

    @Test func aFullRequestLeavesAtOnce() {
        var state = QueueState(settings { $0.batch.minSize = 10 })
        #expect(state.admit(Samples.batch(9), now: 0) == .accepted)
        #expect(state.take(now: 0) == nil)
        #expect(state.admit(Samples.batch(1), now: 0) == .accepted)
        #expect(state.take(now: 0)?.receipt.weight.items == 10)
    }

    @Test func aBatchThatIsCutFreesItsPlaceWithItsLastPart() {
        var state = QueueState(settings { $0.batch.maxSize = 4 })
        let batch = Samples.batch(10)
        #expect(state.admit(batch, now: 0) == .accepted)
        var parts: [Portion] = []
        while let portion = state.take(now: 1000) { parts.append(portion) }
        #expect(parts.map(\.receipt.weight.items) == [4, 4, 2])
        #expect(parts.map(\.receipt.weight.requests) == [0, 0, 1])
        #expect(parts.flatMap { $0.slices.flatMap { Array($0.range) } } == Array(0..<10))
        #expect(parts.map(\.receipt.weight.bytes).reduce(0, +) == batch.footprint)
        #expect(state.counters.queueSize == 1)
        for part in parts { state.settle(part.receipt.weight, sent: part.receipt.weight.items) }
        #expect(state.counters.queueSize == 0)
        #expect(state.isEmpty)
        expectBalanced(state)
    }

    @Test func bytesBoundARequestButOneSpanAlwaysPasses() {
        let each = Samples.batch(1).footprint
        var state = QueueState(settings { $0.batch.maxBytes = each * 2 + each / 2 })
        #expect(state.admit(Samples.batch(5), now: 0) == .accepted)
        var sizes: [Int] = []
        while let portion = state.take(now: 1000) { sizes.append(portion.receipt.weight.items) }
        #expect(sizes.reduce(0, +) == 5)
        #expect(sizes.allSatisfy { $0 <= 3 })
        state = QueueState(settings { $0.batch.maxBytes = 1 })
        #expect(state.admit(Samples.batch(2), now: 0) == .accepted)
        #expect(state.take(now: 1000)?.receipt.weight.items == 1)
        #expect(state.take(now: 1000)?.receipt.weight.items == 1)
        #expect(state.take(now: 1000) == nil)
    }

    @Test(arguments: QueueSettings.Sizer.allCases)
    func whatDoesNotFitIsRefused(sizer: QueueSettings.Sizer) {
        let batch = Samples.batch(4)
        var state = QueueState(
            settings {
                $0.sizer = sizer
                $0.size = [.requests: 2, .items: 8, .bytes: batch.footprint * 2][sizer] ?? 0
            })
        #expect(state.admit(batch, now: 0) == .accepted)
        #expect(state.admit(batch, now: 0) == .accepted)
        #expect(state.counters.queueSize == state.counters.queueCapacity)
        #expect(state.admit(batch, now: 0) == .full)
        // On its way is still held: the queue's size bounds what there is in all.
        let portion = state.take(now: 1000)
        #expect(state.admit(batch, now: 0) == .full)
        if let portion { state.settle(portion.receipt.weight, sent: 8) }
        #expect(state.admit(batch, now: 0) == .accepted)
        expectBalanced(state)
    }

    @Test func whatNeverFitsIsNotWaitedFor() {
        var state = QueueState(
            settings {
                $0.sizer = .items
                $0.size = 3
            })
        #expect(state.admit(Samples.batch(4), now: 0) == .impossible)
        state = QueueState(settings { $0.memoryLimit = 10 })
        #expect(state.admit(Samples.batch(1), now: 0) == .impossible)
        state = QueueState(settings())
        state.close()
        #expect(state.admit(Samples.batch(1), now: 0) == .impossible)
    }

    @Test func closingMakesEverythingDue() {
        var state = QueueState(settings())
        #expect(state.admit(Samples.batch(2), now: 1000) == .accepted)
        state.close()
        #expect(state.take(now: 1000)?.receipt.weight.items == 2)
    }

    @Test func whatWaitsAtTheEndIsCountedAsLost() {
        var state = QueueState(settings { $0.batch.maxSize = 3 })
        #expect(state.admit(Samples.batch(5), now: 0) == .accepted)
        let portion = state.take(now: 1000)
        state.dropWaiting()
        #expect(state.counters.dropped(.shutdown) == 2)
        #expect(state.counters.queued == 3)
        expectBalanced(state)
        if let portion { state.settle(portion.receipt.weight, sent: 3) }
        #expect(state.isEmpty)
        expectBalanced(state)
    }

    @Test func manyBatchesComeOutInOrder() {
        var state = QueueState(settings { $0.batch.maxSize = 7 })
        for number in 0..<300 { _ = state.admit(Samples.batch(1, first: UInt64(number + 1)), now: 0) }
        var ids: [UInt64] = []
        while let portion = state.take(now: 1000) {
            for slice in portion.slices { ids += slice.range.map { slice.batch.spans[$0].spanID } }
            state.settle(portion.receipt.weight, sent: portion.receipt.weight.items)
        }
        #expect(ids == Array(1...300))
        #expect(state.counters.sent == 300)
    }

    @Test func roomThatWasKeptIsNobodyElsesAndIsGivenBack() {
        var state = QueueState(settings { $0.size = 2 })
        let received = ReceivedBatch(signal: .traces, bytes: [1, 2, 3], items: 5)
        #expect(state.reserve(received.weight) == .accepted)
        #expect(state.reserve(received.weight) == .accepted)
        #expect(state.reserve(received.weight) == .full)
        #expect(state.admit(Samples.batch(1), now: 0) == .full)
        #expect(state.counters.accepted == 0)
        #expect(state.counters.queued == 0)
        #expect(!state.isEmpty)
        state.commit(received, now: 0)
        #expect(state.counters.queued == 5)
        state.cancel(received.weight)
        #expect(state.admit(Samples.batch(1), now: 0) == .accepted)
        #expect(state.counters.accepted == 6)
        expectBalanced(state)
        let portion = state.take(now: 1000)
        #expect(portion?.contents.map(\.count) == [5, 1])
        if let portion { state.settle(portion.receipt.weight, sent: 6) }
        #expect(state.isEmpty)
        expectBalanced(state)
    }

    @Test func whatWasReceivedIsNeverCutByBytes() {
        var state = QueueState(settings { $0.batch.maxBytes = 10 })
        for size in [4, 4, 4, 100] {
            let received = ReceivedBatch(signal: .logs, bytes: [UInt8](repeating: 0, count: size), items: 2)
            #expect(state.reserve(received.weight) == .accepted)
            state.commit(received, now: 0)
        }
        var requests: [[Int]] = []
        while let portion = state.take(now: 1000) { requests.append(portion.contents.map(\.count)) }
        #expect(requests == [[2, 2], [2], [2]])
    }

    @Test func whatWasReceivedIsCutToTheLargestRequest() throws {
        let bytes = TelemetryEncoder(.protobuf).encode(Samples.batch(10)) { [UInt8]($0) }
        let received = try #require(try TelemetryReader.read(protobuf: bytes, signal: .traces).batch)
        var state = QueueState(settings { $0.batch.maxSize = 4 })
        #expect(state.reserve(received.weight) == .accepted)
        state.commit(received, now: 0)
        #expect(state.counters.accepted == 10)
        var sizes: [Int] = []
        while let portion = state.take(now: 1000) {
            sizes.append(portion.receipt.weight.items)
            state.settle(portion.receipt.weight, sent: portion.receipt.weight.items)
        }
        #expect(sizes == [4, 4, 2])
        #expect(state.isEmpty)
        #expect(state.counters.queueSize == 0)
        expectBalanced(state)
    }
}
