import CInterspanBPF

// Datagrams: DNS. Each is a message, in no order and with nothing missing. A client's socket is one connection, whomever it
// asks: it tells answers by what was asked. A server's is one for each of its clients. Neither is remembered beyond the
// answers that are waited for.
extension ConnectionTracker {
    static let datagramFlag = UInt8(INTERSPAN_FLAG_DATAGRAM.rawValue)
    /// Of the connections that are followed at once, the part that may have datagrams.
    private static let datagramShare = 4
    /// How finely the time is part of a datagram's identity: by 2^36 ns, 69 s.
    private static let timeBits: UInt64 = 36

    /// Takes a record of a datagram.
    mutating func datagram(_ record: Record) {
        let header = record.header
        let isSent = UInt32(header.pointee.direction) == INTERSPAN_DIRECTION_SEND.rawValue
        let isReceived = UInt32(header.pointee.direction) == INTERSPAN_DIRECTION_RECEIVE.rawValue
        guard header.pointee.socket != 0, header.pointee.length > 0, isSent || isReceived else { return }
        let segment = Segment(record, isSent: isSent, offset: 0)
        guard let message = DNSHeader(segment.head) else { return exchanges.count(.malformed) }
        let requesterIsLocal = isSent != message.isResponse
        let server = requesterIsLocal ? header.pointee.peer_port : header.pointee.local_port
        guard server == DNSSignature.port || (server == 0 && requesterIsLocal) else {
            return exchanges.count(.malformed)
        }
        guard let index = connection(of: header, requesterIsLocal, isQuery: !message.isResponse) else {
            return exchanges.count(.orphanResponse)
        }
        own(index, header)
        if !message.isResponse {
            (connections[index].local, connections[index].peer) = Connection.endpoints(header)
        }
        guard case .parsing(let place, _) = connections[index].stage else { return }
        prepare(header, index, place, requesterIsLocal: requesterIsLocal)
        exchanges.context.identity = identity(header, requesterIsLocal)
        parsers.bytes(
            StreamBytes(
                bytes: segment.head, offset: 0, startsRecord: true,
                endsRecord: segment.unknown == 0 && segment.tail.isEmpty),
            from: message.isResponse ? .responder : .requester, at: place, in: &exchanges)
        exchanges.endRecord()
        if exchanges.openCount(of: index) == 0 { end(index, .closed) }
    }

    /// Gives up those that wait for an answer for too long.
    mutating func forgetIdleDatagrams(at time: UInt64) {
        while datagramsByUse.first >= 0 {
            let index = datagramsByUse.first
            let since = connections[index].lastTime
            guard time > since, time - since >= DNSParser.patience else { return }
            end(index, .closed)
        }
    }

    /// Both ends know the ports, what was asked, and how often; not each other's addresses, which a socket that is not
    /// connected has none of, and which are translated on the way. Since ports and ids are soon used again, the time
    /// belongs to it, as coarsely as two hosts agree on it.
    private func identity(_ header: UnsafePointer<interspan_record>, _ requesterIsLocal: Bool) -> ConnectionIdentity {
        let time = header.pointee.time &+ UInt64(bitPattern: wallClockOffset)
        let ends = (local: UInt64(header.pointee.local_port), peer: UInt64(header.pointee.peer_port))
        return ConnectionIdentity(
            kind: .datagram, requester: requesterIsLocal ? ends.local : ends.peer,
            responder: (time >> ConnectionTracker.timeBits) << 16 | (requesterIsLocal ? ends.peer : ends.local))
    }

    /// The connection of a datagram: made for a query, nil for an answer that nobody waits for.
    private mutating func connection(
        of header: UnsafePointer<interspan_record>, _ requesterIsLocal: Bool, isQuery: Bool
    ) -> Int32? {
        let key = ConnectionTracker.key(header, requesterIsLocal, knowsPeer: true)
        var known = sockets[key]
        if known == nil, !isQuery {
            // A server whose query came before its sender could be told.
            known = sockets[ConnectionTracker.key(header, requesterIsLocal, knowsPeer: false)]
        }
        let time = header.pointee.time
        if let known {
            useLinks.moveToEnd(known, of: &datagramsByUse)
            connections[known].lastTime = max(connections[known].lastTime, time)
            return known
        }
        guard isQuery else { return nil }
        if datagramsByUse.count >= max(maximumConnections / ConnectionTracker.datagramShare, 1) {
            exchanges.count(.tableFull)
            end(datagramsByUse.first, .evicted)
        }
        let socket = header.pointee.socket
        let index = connections.take { Connection(socket: socket) }
        reset(index, Connection(socket: socket))
        connections[index].key = key
        connections[index].isDatagram = true
        connections[index].lastTime = time
        connections[index].stage = .parsing(
            parsers.make(.dns, recognised: .requester, atBeginning: (true, true)), requesterIsLocal: requesterIsLocal)
        exchanges.prepare(connection: index)
        sockets.insert(key, index)
        useLinks.append(index, to: &datagramsByUse)
        return index
    }

    /// By what a connection with datagrams is found: its socket, which end it is, and a server's client. Sockets' own
    /// numbers never have the upper bit.
    private static func key(
        _ header: UnsafePointer<interspan_record>, _ requesterIsLocal: Bool, knowsPeer: Bool
    ) -> UInt64 {
        var mixer = Mixer(seed: header.pointee.socket)
        mixer.absorb(requesterIsLocal ? 1 : 0)
        if !requesterIsLocal, knowsPeer {
            let peer = Connection.endpoints(header).peer
            mixer.absorb(UInt64(peer.port))
            if peer.port != 0 {
                mixer.absorb(peer.high)
                mixer.absorb(peer.low)
            }
        } else {
            mixer.absorb(0)
        }
        return mixer.finish().0 | 1 << 63
    }
}
