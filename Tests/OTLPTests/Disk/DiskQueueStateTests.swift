import Testing

@testable import OTLP

/// The queue on disk as a value: the disk is whatever the test says.
@Suite struct DiskQueueStateTests {
    private func state(_ change: (inout QueueSettings) -> Void = { _ in }) -> DiskQueueState {
        var settings = QueueSettings()
        settings.batch.flushTimeoutNanoseconds = 200
        change(&settings)
        return DiskQueueState(settings, storage: StorageSettings(directory: "/"), signal: .traces)
    }

    private func put(_ batch: ReceivedBatch, into state: inout DiskQueueState, _ answer: StoredAnswer, now: UInt64 = 0)
    {
        #expect(state.reserve(batch.weight, now: now) == .accepted)
        state.commit(batch, stored: answer.take, now: now)
    }

    private func row(_ id: Int64, _ batch: ReceivedBatch, arrival: UInt64 = 0) -> StoredRow {
        StoredRow(id: id, arrival: arrival, weight: batch.weight, payload: batch.bytes)
    }

    @Test func whatIsReceivedIsAcceptedOnceItIsStored() {
        var state = state()
        let answer = StoredAnswer()
        let batch = DiskFixture.batch(1)
        put(batch, into: &state, answer)
        #expect(state.counters.accepted == 0)
        #expect(state.counters.queued == 0)
        #expect(state.counters.queueSize == 1)
        #expect(!state.isEmpty)
        #expect(state.take(now: 1000) == nil)
        let round = state.nextRound(now: 0)
        #expect(round?.batches.count == 1)
        #expect(state.nextRound(now: 0)?.batches == nil)
        for answer in state.stored([row(1, batch)], of: round?.batches ?? []) { answer(true) }
        #expect(answer.all == [true])
        #expect(state.counters.accepted == 3)
        expectBalanced(state.counters)
        #expect(state.take(now: 199) == nil)
        let portion = state.take(now: 200)
        #expect(portion?.receipt.rows == [1])
        if let portion { state.settle(portion.receipt, sent: 2, dropped: 1, .rejected) }
        #expect(state.isEmpty)
        #expect(state.counters.dropped(.rejected) == 1)
        #expect(state.nextRound(now: 0)?.deletions == [1])
        expectBalanced(state.counters)
    }

    @Test func afterAFailureOurOwnWaitOthersAreRefusedAndNothingIsTriedForAWhile() {
        var state = state()
        let answer = StoredAnswer()
        #expect(state.admit(Samples.batch(2), now: 0) == .accepted)
        put(DiskFixture.batch(1), into: &state, answer)
        let round = state.nextRound(now: 0)
        #expect(state.admit(Samples.batch(5), now: 0) == .accepted)
        put(DiskFixture.batch(2), into: &state, answer)
        for answer in state.failed(round ?? .init(), now: 1000) { answer(false) }
        #expect(answer.all == [false, false])
        #expect(state.counters.refused == 6)
        #expect(state.counters.queued == 7)
        #expect(state.counters.queueSize == 2)
        expectBalanced(state.counters)
        #expect(state.reserve(DiskFixture.batch(3).weight, now: 1000) == .full)
        #expect(state.nextRound(now: 1000 + DiskQueueState.pause - 1)?.batches == nil)
        #expect(state.nextAttempt == 1000 + DiskQueueState.pause)
        let again = state.nextRound(now: 1000 + DiskQueueState.pause)
        // In the order in which they came.
        #expect(again?.batches.map(\.weight.items) == [2, 5])
        #expect(state.reserve(DiskFixture.batch(3).weight, now: 1000 + DiskQueueState.pause) == .accepted)
    }

    @Test func whatCannotBeDeletedIsTriedAgain() {
        var state = state()
        let batch = DiskFixture.batch(1)
        put(batch, into: &state, StoredAnswer())
        let round = state.nextRound(now: 0)
        _ = state.stored([row(7, batch)], of: round?.batches ?? [])
        if let portion = state.take(now: 1000) { state.settle(portion.receipt, sent: 3, dropped: 0, .rejected) }
        let deletion = state.nextRound(now: 0)
        #expect(deletion?.deletions == [7])
        _ = state.failed(deletion ?? .init(), now: 0)
        #expect(state.nextRound(now: DiskQueueState.pause)?.deletions == [7])
    }

    @Test func beyondTheWindowThereAreOnlySums() {
        var state = state { $0.memoryLimit = 4000 }
        var id: Int64 = 0
        for _ in 0..<50 {
            put(DiskFixture.batch(1, size: 300), into: &state, StoredAnswer())
            let round = state.nextRound(now: 0)
            id += 1
            _ = state.stored([row(id, DiskFixture.batch(1, size: 300))], of: round?.batches ?? [])
        }
        #expect(state.window.count == 4)
        #expect(state.beyondRows == 46)
        #expect(state.counters.queued == 150)
        // The window is as much as a request may wait for.
        let portion = state.take(now: 0)
        #expect(portion?.receipt.rows == [1, 2, 3, 4])
        let round = state.nextRound(now: 0)
        #expect(round?.readAfter == 4)
        #expect(round?.readBytes == 1000)
        // Nothing is due while more is being read.
        #expect(state.nextFlush == nil)
        var page = DiskStore.Page()
        page.rows = (5...7).map { row($0, DiskFixture.batch(1, size: 300)) }
        page.corrupt = [(8, DiskFixture.batch(1, size: 300).weight)]
        #expect(state.loaded(page) == 3)
        #expect(state.counters.dropped(.corrupt) == 3)
        expectBalanced(state.counters)
        #expect(state.nextFlush == nil)
        // If nothing more can be read, what there is goes.
        state.failedToRead(now: 0)
        #expect(state.nextFlush == 0)
        #expect(state.take(now: 0)?.receipt.rows == [5, 6, 7])
        // What should have been there and is not was damaged.
        page = DiskStore.Page()
        page.isLast = true
        #expect(state.loaded(page) == 126)
        #expect(state.counters.dropped(.corrupt) == 129)
        #expect(state.counters.queued == 21)
        expectBalanced(state.counters)
    }

    @Test func whatAnEarlierRunLeftIsAccepted() {
        var state = state { $0.size = 3 }
        var inventory = DiskStore.Inventory()
        inventory.rows = 2
        inventory.weight = Weight(requests: 5, items: 9, bytes: 100)
        inventory.lostRows = 2
        state.recovered(inventory)
        #expect(state.counters.accepted == 11)
        #expect(state.counters.queued == 9)
        #expect(state.counters.dropped(.corrupt) == 2)
        expectBalanced(state.counters)
        // More than fits in by today's settings: nothing new until there is room.
        #expect(state.counters.queueSize == 5)
        #expect(state.admit(Samples.batch(1), now: 0) == .full)
    }

    @Test func atTheEndWhatIsStoredStaysAndWhatIsNotIsCounted() {
        var state = state()
        let answer = StoredAnswer()
        let batch = DiskFixture.batch(1)
        put(batch, into: &state, StoredAnswer())
        let round = state.nextRound(now: 0)
        _ = state.stored([row(1, batch)], of: round?.batches ?? [])
        #expect(state.admit(Samples.batch(4), now: 0) == .accepted)
        put(DiskFixture.batch(2), into: &state, answer)
        state.close()
        state.leaveWaiting()
        #expect(state.isEmpty)
        #expect(state.nextFlush == nil)
        for answer in state.abandonStaging(.writeFailed) { answer(false) }
        #expect(answer.all == [false])
        #expect(state.counters.dropped(.writeFailed) == 4)
        #expect(state.counters.refused == 3)
        #expect(state.counters.queued == 3)
        expectBalanced(state.counters)
    }

    @Test func rowsAreJoinedAndCut() {
        var batch = BatchSettings()
        batch.maxSize = 10
        let packer = RowPacker(signal: .traces, batch: batch)
        func received(_ items: Int) -> Staged {
            let batch = DiskFixture.batch(1, items: items)
            return Staged(batch: .received(batch, stored: { _ in }), arrival: 5, weight: batch.weight)
        }
        func own(_ count: Int) -> Staged {
            let batch = Samples.batch(count)
            return Staged(batch: .spans(batch), arrival: 7, weight: batch.weight)
        }
        #expect(packer.rows(of: [received(4), received(6), received(1)]).map(\.weight.items) == [10, 1])
        // What was received is never cut.
        #expect(packer.rows(of: [received(4), received(60), received(1)]).map(\.weight.items) == [4, 60, 1])
        let rows = packer.rows(of: [own(25), received(5), own(3)])
        #expect(rows.map(\.weight.items) == [10, 10, 10, 3])
        #expect(rows.map(\.weight.requests) == [0, 0, 2, 1])
        #expect(rows.map(\.arrival) == [7, 7, 7, 7])
        #expect(rows.allSatisfy { $0.weight.bytes == $0.payload.count && $0.weight.bytes > 0 })
        #expect(packer.rows(of: []).isEmpty)
    }
}
