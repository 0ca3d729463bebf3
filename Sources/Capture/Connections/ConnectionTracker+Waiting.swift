import CInterspanBPF

// Records that come before others which belong in front of them wait, and all of their connection's records with them,
// in the order in which they came. What is missing comes, or is given up.
extension ConnectionTracker {
    /// Takes a record of data.
    mutating func data(_ record: Record) {
        let header = record.header
        let isSent = UInt32(header.pointee.direction) == INTERSPAN_DIRECTION_SEND.rawValue
        let isReceived = UInt32(header.pointee.direction) == INTERSPAN_DIRECTION_RECEIVE.rawValue
        guard header.pointee.socket != 0, header.pointee.length > 0, isSent || isReceived else { return }
        if leftOut.contains(header) {
            leftOutRecords &+= 1
            return
        }
        let index = connection(of: header.pointee.socket, at: header.pointee.time)
        own(index, header)
        if case .ignored = connections[index].stage { return }
        if !connections[index].hasData {
            begin(index, header, isSent: isSent)
        }
        connections[index].count(from: header, isSent: isSent)
        if connections[index].waiting.isEmpty {
            let offset = connections[index].offset(header, isSent: isSent)
            let segment = Segment(record, isSent: isSent, offset: offset)
            if isNext(index, isSent: isSent, offset: offset) {
                deliver(segment, index)
            } else {
                wait(segment, index)
            }
        } else {
            // Without numbers, the place in the stream is the place in the queue.
            let offset =
                connections[index].isSequenced ? connections[index].offset(header, isSent: isSent) : UInt64.max
            wait(Segment(record, isSent: isSent, offset: offset), index)
            passOn(index, at: header.pointee.time)
        }
    }

    /// Whether a segment may be passed on: nothing is missing before it, and it makes sense now.
    private func isNext(_ index: Int32, isSent: Bool, offset: UInt64) -> Bool {
        !isBehindGap(index, isSent: isSent, offset: offset) && isReady(index, isSent: isSent)
    }

    private func isBehindGap(_ index: Int32, isSent: Bool, offset: UInt64) -> Bool {
        guard connections[index].isSequenced else { return false }
        let position = connections[index][isSent: isSent]
        return position.isKnown && offset > position.next
    }

    /// Whether a segment of a direction makes sense now.
    func isReady(_ index: Int32, isSent: Bool) -> Bool {
        guard case .parsing(let place, let requesterIsLocal) = connections[index].stage else { return true }
        return parsers.isReady(for: isSent == requesterIsLocal ? .requester : .responder, at: place)
    }

    /// Lets a segment wait.
    mutating func wait(_ segment: Segment, _ index: Int32) {
        let bytes = segment.knownCount
        while connections[index].waiting.isFull(forBytes: bytes), !connections[index].waiting.isEmpty {
            giveUpFirst(index)
        }
        guard holdBudget.take(HeldSegment.size(ofBytes: bytes)) else {
            exchanges.count(.tableFull)
            passOnAll(index)
            return passOver(segment, index)
        }
        connections[index].waiting.append(HeldSegment(segment))
        list(index)
    }

    /// Sees to it that what waits does not wait for ever.
    private mutating func list(_ index: Int32) {
        guard let first = connections[index].waiting.first else { return }
        nextDeadline = min(nextDeadline, first.time &+ patience(first.pid))
        guard !connections[index].isListed else { return }
        connections[index].isListed = true
        waiting.append(index)
    }

    private func patience(_ pid: UInt32) -> UInt64 {
        pid == 0 ? ConnectionTracker.packetPatience : ConnectionTracker.recordPatience
    }

    /// Passes on whatever waits for nothing any more.
    private mutating func passOn(_ index: Int32, at time: UInt64) {
        passOnReady(index)
        while let first = connections[index].waiting.first, first.time &+ patience(first.pid) <= time {
            giveUpFirst(index)
        }
    }

    private mutating func passOnReady(_ index: Int32) {
        while let first = connections[index].waiting.first {
            let next: HeldSegment?
            if isBehindGap(index, isSent: first.isSent, offset: first.offset) {
                let expected = connections[index][isSent: first.isSent].next
                next = connections[index].waiting.removeFirst {
                    $0.isSent == first.isSent && $0.offset <= expected
                }
            } else if isReady(index, isSent: first.isSent) {
                next = connections[index].waiting.removeFirst()
            } else {
                let other = connections[index][isSent: !first.isSent]
                let isSequenced = connections[index].isSequenced
                next = connections[index].waiting.removeFirst {
                    $0.isSent != first.isSent && (!isSequenced || !other.isKnown || $0.offset <= other.next)
                }
            }
            guard let next else { return }
            holdBudget.give(next.size)
            next.withSegment { deliver($0, index) }
        }
    }

    /// Waits no longer for what should come before the first segment that waits.
    private mutating func giveUpFirst(_ index: Int32) {
        guard let first = connections[index].waiting.removeFirst() else { return }
        holdBudget.give(first.size)
        first.withSegment { passOver($0, index) }
        passOnReady(index)
    }

    /// Passes a segment on, and before it, as unknown, what is missing.
    private mutating func passOver(_ segment: Segment, _ index: Int32) {
        var segment = segment
        if isBehindGap(index, isSent: segment.isSent, offset: segment.offset) {
            let expected = connections[index][isSent: segment.isSent].next
            let missing = segment.offset - expected
            let isSent = segment.isSent
            // The end of the stream (FIN) has a number too: taken in the same call as the last bytes, it makes those
            // look one further on.
            if missing == 1, !isSent, segment.header.pointee.pid != 0,
                !connections[index].waiting.contains(where: { $0.isSent == isSent })
            {
                segment.offset = expected
            } else {
                deliverGap(missing, before: segment, index)
            }
        }
        deliver(segment, index)
    }

    /// Passes on everything of a connection that waits.
    mutating func passOnAll(_ index: Int32) {
        while !connections[index].waiting.isEmpty { giveUpFirst(index) }
    }

    /// Passes on what has waited long enough.
    mutating func expireWaiting(at time: UInt64) {
        nextDeadline = .max
        let listed = waiting
        waiting = []
        for index in listed {
            connections[index].isListed = false
            passOn(index, at: time)
            list(index)
        }
    }
}
