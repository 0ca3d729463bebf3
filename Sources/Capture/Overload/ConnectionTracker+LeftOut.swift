import CInterspanBPF

// Connections that the kernel's programs leave out under overload.
extension ConnectionTracker {
    /// Notes from when on another share of the connections is left out. Told before any record that is stamped later.
    package mutating func note(_ step: ShareStep) {
        leftOut.note(step)
        nextShare = leftOut.nextTime
    }

    /// The first record of a connection's data. Where connections have been left out, what came before may have been missed
    /// although the opening was seen.
    mutating func begin(_ index: Int32, _ header: UnsafePointer<interspan_record>, isSent: Bool) {
        var mayHaveMissed = false
        if leftOut.hasActed {
            let quietEnd = leftOut.quietEnd(of: LeftOut.place(of: header))
            // It was opened by this end before it was left out, and what comes first is the other's: that answers something.
            mayHaveMissed =
                connections[index].sawOpening && !isSent && connections[index].openedAt &+ LeftOut.quiet < quietEnd
            connections[index].quietEnd = quietEnd
            connections[index].sawOpening = false
        }
        connections[index].begin(header, isSent: isSent, mayHaveMissed: mayHaveMissed)
        unixEnds.note(index, connections[index])
    }

    /// Whether a connection was met in the middle, because it was there before or had been left out: an answer that comes
    /// first is that to a request which was not seen, rather than one that is stamped before its request. Of a connection
    /// without TCP's numbers nothing tells where it began.
    func mayHaveBeenLeftOut(_ index: Int32) -> Bool {
        !connections[index].sawBeginning && (leftOut.hasActed || connections[index].isSequenced)
    }

    /// Does what has become due: connections that are left out from now on are forgotten, and what they have under way was
    /// not seen at either end.
    mutating func changeShare(at time: UInt64) {
        while leftOut.nextTime <= time {
            let places = leftOut.advance()
            guard !places.isEmpty else { continue }
            var index = byUse.first
            while index >= 0 {
                let next = useLinks.after(index)
                if isLeftOut(index, places) { leaveOut(index) }
                index = next
            }
        }
        nextShare = leftOut.nextTime
    }

    /// Of a connection that was not used yet only the opening is known, of an ignored one nothing comes in any case.
    private func isLeftOut(_ index: Int32, _ places: Range<UInt32>) -> Bool {
        guard connections[index].hasData else { return false }
        if case .ignored = connections[index].stage { return false }
        return places.upperBound == UInt32(INTERSPAN_CONNECTION_PLACES) || places.contains(place(of: index))
    }

    private func place(of index: Int32) -> UInt32 {
        let connection = connections[index]
        return LeftOut.place(
            isSequenced: connection.isSequenced, firsts: (connection.firstSent, connection.firstReceived),
            ends: (connection.local, connection.peer))
    }

    private mutating func leaveOut(_ index: Int32) {
        while let held = connections[index].waiting.removeFirst() { holdBudget.give(held.size) }
        // Should it come back it is a connection of which nothing is known, of which the kernel must send what it sends of
        // those.
        let ordinary = SocketModeChange(socket: connections[index].socket, send: 0, receive: 0)
        if connections[index].mode != ordinary {
            connections[index].mode = ordinary
            requestMode(index)
        }
        end(index, .leftOut)
    }
}
