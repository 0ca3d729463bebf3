import CInterspanBPF

extension ConnectionTracker {
    /// The connection of a socket, made when there is none.
    mutating func connection(of socket: UInt64, at time: UInt64) -> Int32 {
        if let index = sockets[socket] {
            useLinks.moveToEnd(index, of: &byUse)
            if connections[index].lastTime < time { connections[index].lastTime = time }
            return index
        }
        if connections.count >= maximumConnections {
            exchanges.count(.tableFull)
            end(byUse.first, .evicted)
        }
        let index = connections.take { Connection(socket: socket) }
        reset(index, Connection(socket: socket))
        connections[index].lastTime = time
        exchanges.prepare(connection: index)
        sockets.insert(socket, index)
        useLinks.append(index, to: &byUse)
        return index
    }

    /// A connection is being opened.
    mutating func opened(_ header: UnsafePointer<interspan_record>) {
        let socket = header.pointee.socket
        guard socket != 0 else { return }
        if let index = sockets[socket] { end(index, .closed) }
        let index = connection(of: socket, at: header.pointee.time)
        connections[index].sawOpening = true
        connections[index].openedAt = connections[index].lastTime
        connections[index].isOpener = true
        own(index, header)
        note(.socketOpened(socket, ExecutionPoint(header)))
    }

    /// A connection was closed.
    mutating func closed(_ header: UnsafePointer<interspan_record>) {
        let socket = header.pointee.socket
        guard socket != 0 else { return }
        if let index = sockets[socket] { end(index, .closed) }
        if let index = otherUnixEnd(header) { end(index, .closed) }
        note(.socketClosed(socket, ExecutionPoint(header)))
    }

    /// The other end of an AF_UNIX connection, if it is one of this host's that is followed.
    private func otherUnixEnd(_ header: UnsafePointer<interspan_record>) -> Int32? {
        let (local, peer) = Connection.endpoints(header)
        guard let index = unixEnds.place(local: peer, peer: local),
            connections[index].local == peer, connections[index].peer == local
        else { return nil }
        return index
    }

    /// The peer sends nothing more. What it sent before may not have been read yet; on AF_UNIX it has been.
    mutating func peerClosed(_ header: UnsafePointer<interspan_record>) {
        guard let index = sockets[header.pointee.socket], connections[index].hasData else { return }
        if connections[index].isSequenced {
            connections[index].receivedEnd = connections[index].offset(header, isSent: false)
            endReceived(index)
        } else if case .parsing(_, requesterIsLocal: true) = connections[index].stage {
            passOnAll(index)
            stopParsing(index, .closed)
            // The server has answered for the last time, and may close it where nobody looks; it may still read.
            if let other = otherUnixEnd(header) {
                passOnAll(other)
                stopParsing(other, .closed)
            }
        }
    }

    /// When all that the peer sent has been passed on, whoever waits for its answers waits no more. A requester that has
    /// sent its last byte may well be answered still.
    mutating func endReceived(_ index: Int32) {
        guard let end = connections[index].receivedEnd, connections[index].received.isKnown,
            connections[index].received.next >= end, connections[index].waiting.isEmpty,
            case .parsing(_, requesterIsLocal: true) = connections[index].stage
        else { return }
        stopParsing(index, .closed)
    }

    /// A process ended. Its TCP connections get their own records when they close, unless others share them; AF_UNIX
    /// sockets do not.
    mutating func exited(_ header: UnsafePointer<interspan_record>) {
        let process = ProcessKey(header)
        while let index = processes.first(of: process) {
            if connections[index].local.family == .unix || connections[index].isDatagram {
                end(index, .processExited)
            } else {
                passOnAll(index)
                stopParsing(index, .processExited)
                disown(index)
            }
        }
        note(.exited(ExecutionPoint(header)))
    }

    /// Ends a connection and what it has open.
    mutating func end(_ index: Int32, _ reason: EndReason) {
        passOnAll(index)
        stopParsing(index, reason)
        disown(index)
        sockets.remove(connections[index].key)
        unixEnds.forget(index, connections[index])
        if connections[index].isDatagram {
            useLinks.remove(index, from: &datagramsByUse)
        } else {
            useLinks.remove(index, from: &byUse)
        }
        reset(index, Connection(socket: 0))
        connections.release(index)
    }

    /// Gives a place to another connection. One that is listed stays so, or it would be listed again and again.
    mutating func reset(_ index: Int32, _ connection: Connection) {
        let isListed = connections[index].isListed
        connections[index] = connection
        connections[index].isListed = isListed
    }

    /// Ends what a connection has open, and forgets what it speaks.
    mutating func stopParsing(_ index: Int32, _ reason: EndReason) {
        if case .parsing(let place, let requesterIsLocal) = connections[index].stage {
            exchanges.context.connection = index
            if reason == .leftOut { exchanges.leaveOut(of: index) }
            // A server that exits ends a response that ends with its connection.
            if reason == .closed || (reason == .processExited && !requesterIsLocal) {
                parsers.closed(at: place, in: &exchanges)
            } else {
                parsers.abandoned(at: place, in: &exchanges)
            }
            exchanges.closeAll(of: index, reason)
            parsers.release(place)
        }
        connections[index].stage = .recognising
        connections[index].undecided = []
    }

    /// Notes which process uses a connection.
    mutating func own(_ index: Int32, _ header: UnsafePointer<interspan_record>) {
        guard header.pointee.pid != 0 else { return }
        let process = ProcessKey(header)
        guard connections[index].owner != process else { return }
        disown(index)
        connections[index].owner = process
        connections[index].ownerPlace = processes.add(index, to: process)
    }

    private mutating func disown(_ index: Int32) {
        guard connections[index].ownerPlace >= 0 else { return }
        processes.remove(index, from: connections[index].ownerPlace)
        connections[index].ownerPlace = -1
        connections[index].owner = .none
    }

    /// Forgets connections that rest. Those with an exchange under way take their turn again.
    mutating func forgetIdle(at time: UInt64) {
        var most = byUse.count
        while most > 0, byUse.first >= 0 {
            let index = byUse.first
            let since = connections[index].lastTime
            guard time > since, time - since >= ConnectionTracker.idleTimeout else { return }
            most -= 1
            if exchanges.openCount(of: index) > 0 {
                connections[index].lastTime = time
                useLinks.moveToEnd(index, of: &byUse)
            } else {
                end(index, .evicted)
            }
        }
    }

    /// Asks the kernel for more or less of a socket's bytes.
    mutating func requestMode(_ index: Int32) {
        guard modeChanges.count < ConnectionTracker.maximumModeChanges else { return }
        modeChanges.append(connections[index].mode)
    }

    /// What a parser wants of one side's bytes.
    mutating func want(_ wanted: WantedBytes, of side: Side, _ index: Int32, requesterIsLocal: Bool) {
        let isSent = (side == .requester) == requesterIsLocal
        var mode = UInt8(INTERSPAN_MODE_DEFAULT.rawValue)
        var until: UInt32 = 0
        switch wanted {
        case .ordinary: break
        case .everything: mode = UInt8(INTERSPAN_MODE_EVERYTHING.rawValue)
        case .http2: mode = UInt8(INTERSPAN_MODE_HTTP2.rawValue)
        case .lengths(let end):
            // Without TCP's numbers the kernel and we count from different bytes.
            guard connections[index].isSequenced else { return }
            mode = UInt8(INTERSPAN_MODE_LENGTHS.rawValue)
            let first = isSent ? connections[index].firstSent : connections[index].firstReceived
            until = first &+ UInt32(truncatingIfNeeded: end)
        }
        let before = connections[index].mode
        if isSent {
            connections[index].mode.send = mode
            connections[index].mode.sendUntil = until
        } else {
            connections[index].mode.receive = mode
            connections[index].mode.receiveUntil = until
        }
        if connections[index].mode != before { requestMode(index) }
    }

    /// Wants nothing more of a connection.
    mutating func ignore(_ index: Int32) {
        connections[index].stage = .ignored
        connections[index].undecided = []
        connections[index].mode.send = UInt8(INTERSPAN_MODE_IGNORED.rawValue)
        connections[index].mode.receive = UInt8(INTERSPAN_MODE_IGNORED.rawValue)
        requestMode(index)
    }
}
