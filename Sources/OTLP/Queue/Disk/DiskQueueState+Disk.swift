extension DiskQueueState {
    /// What is done with the disk next: one transaction, and what is read back.
    struct Round {
        var batches: [Staged] = []
        var deletions: [Int64] = []
        /// The row after which to read.
        var readAfter: Int64?
        var readBytes = 0

        /// Whether there is something to write.
        var writes: Bool { !batches.isEmpty || !deletions.isEmpty }
    }

    /// Those who wait to hear that what they received is stored, or is not.
    typealias Answers = [@Sendable (Bool) -> Void]

    /// What there is to do now.
    mutating func nextRound(now: UInt64) -> Round? {
        var round = Round()
        if (writePause ?? 0) <= now {
            var bytes = 0
            while bytes < Self.transactionBytes, let staged = staging.popFirst() {
                bytes += staged.weight.bytes
                round.batches.append(staged)
            }
            swap(&round.deletions, &deletions)
        }
        if beyondRows > 0, !isLeaving, windowWeight.bytes < windowLimit, (readPause ?? 0) <= now {
            round.readAfter = lastLoaded
            round.readBytes = windowLimit - windowWeight.bytes
        }
        return round.writes || round.readAfter != nil ? round : nil
    }

    /// When something that failed is tried again.
    var nextAttempt: UInt64? {
        let write = staging.isEmpty && deletions.isEmpty ? nil : writePause
        let read = beyondRows > 0 ? readPause : nil
        return [write, read].compactMap { $0 }.min()
    }

    /// Counts what an earlier run left.
    mutating func recovered(_ inventory: DiskStore.Inventory) {
        held = held + inventory.weight
        beyond = inventory.weight
        beyondRows = inventory.rows
        counted.accepted += UInt64(inventory.weight.items + inventory.lostRows)
        counted.drop(UInt64(inventory.lostRows), .corrupt)
    }

    /// A round's batches are in rows now.
    mutating func stored(_ rows: [StoredRow], of batches: [Staged]) -> Answers {
        writePause = nil
        var answers = Answers()
        for staged in batches {
            held = held - staged.weight
            stagedBytes -= staged.weight.bytes
            if case .received(_, let stored) = staged.batch {
                unaccepted = unaccepted - staged.weight
                counted.accepted += UInt64(staged.weight.items)
                answers.append(stored)
            }
        }
        for row in rows {
            held = held + row.weight
            if beyondRows == 0, windowWeight.bytes < windowLimit, !isLeaving {
                window.append(row)
                windowWeight = windowWeight + row.weight
                lastLoaded = row.id
            } else {
                beyond = beyond + row.weight
                beyondRows += 1
            }
        }
        return answers
    }

    /// A round's batches could not be stored, nor its rows deleted. Our own wait; whoever sends us something is told to
    /// come again.
    mutating func failed(_ round: Round, now: UInt64) -> Answers {
        writePause = now &+ Self.pause
        deletions = round.deletions + deletions
        let all = round.batches + staging
        staging.removeAll()
        var answers = Answers()
        for staged in all {
            switch staged.batch {
            case .spans: staging.append(staged)
            case .received(_, let stored):
                cancel(staged.weight)
                refuse(staged.weight.items)
                answers.append(stored)
            }
        }
        return answers
    }

    /// Gives up what is staged, for the end has come.
    mutating func abandonStaging(_ reason: DropReason) -> Answers {
        let answers = failed(Round(), now: 0)
        for staged in staging {
            held = held - staged.weight
            stagedBytes -= staged.weight.bytes
            counted.drop(UInt64(staged.weight.items), reason)
        }
        staging.removeAll()
        return answers
    }

    /// Rows came back from the disk.
    /// - Returns: how many items were in rows that were damaged.
    mutating func loaded(_ page: DiskStore.Page) -> Int {
        readPause = nil
        var corrupt = 0
        for row in page.rows {
            lastLoaded = max(lastLoaded, row.id)
            beyond = beyond - row.weight
            if isLeaving { continue }
            window.append(row)
            windowWeight = windowWeight + row.weight
        }
        for (id, weight) in page.corrupt {
            lastLoaded = max(lastLoaded, id)
            beyond = beyond - weight
            held = held - weight
            deletions.append(id)
            counted.drop(UInt64(weight.items), .corrupt)
            corrupt += weight.items
        }
        beyondRows -= page.rows.count + page.corrupt.count
        // What was there when it was counted, and is no more.
        if page.isLast || beyondRows <= 0 { corrupt += reconcile(with: DiskStore.Inventory()) }
        return corrupt
    }

    /// Rows could not be read.
    mutating func failedToRead(now: UInt64) { readPause = now &+ Self.pause }

    /// What is beyond the window is not what it was thought to be: what is missing was damaged.
    /// - Returns: how many items are missing.
    @discardableResult
    mutating func reconcile(with found: DiskStore.Inventory) -> Int {
        let missing = beyond - found.weight
        held = held - missing
        beyond = found.weight
        beyondRows = found.rows
        if missing.items > 0 {
            counted.drop(UInt64(missing.items), .corrupt)
        } else {
            counted.accepted += UInt64(-missing.items)
        }
        return max(missing.items, 0)
    }
}
