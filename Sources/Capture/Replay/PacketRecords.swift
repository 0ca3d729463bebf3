internal import CInterspanBPF
internal import Glibc

/// Makes the records that the kernel's programs would have made at the ends of a connection from the packets between
/// them, as far as packets tell: no process, no thread, no cgroup.
///
/// **Which ends.** Each end whose address is here (``Locality``) is a socket: the sender's end has a SEND record for the
/// payload of every segment, the receiver's a RECEIVE record, of the same time, in this order. When neither end is here
/// the server alone is: the destination of the SYN or the source of the SYN and ACK. Without a handshake it is the side
/// that a request of a known protocol is sent to, or that sends such a response; until one is recognised, the side with
/// the lower port (of equals, the destination), which is revised at the first recognised message to the contrary. An
/// end that becomes known to be here later joins in then; one that was begun stays.
///
/// **Datagrams.** A DNS datagram is a SEND record at its sender's end and a RECEIVE record at its receiver's, by the same
/// rules; the server is known by its port.
///
/// **Numbers.** Sequence numbers are TCP's own. With a handshake in the capture both directions' first numbers are
/// known; without, they are those of the first payload and what it acknowledges, marked `INTERSPAN_FLAG_ASSUMED`. The
/// data of a first SYN (TCP Fast Open) is left out. Segments are handed on as they come, repeated, overlapping or out of
/// order; what the capture cut off a payload is in its length alone.
///
/// **Ends.** OPEN at the connecting end at its SYN; CLOSE at both ends when both FINs are acknowledged, at a reset, or
/// when a new SYN takes the addresses; at the end of the capture for a connection whose server has sent its FIN. A
/// connection that is evicted has none: whoever follows it forgets it in the same way.
package struct PacketRecords {
    /// What was seen so far.
    package internal(set) var counters = PacketCounters()
    /// The latest time of any packet, ns since 1970.
    package private(set) var latest: UInt64 = 0

    var locality: Locality
    private var table: FlowTable
    /// Only to ask which side of a connection is the server.
    private let recognisers = ParserTable()
    private var lastSocket: UInt64 = 0

    /// Takes ``CaptureOptions/localNetworks`` and ``CaptureOptions/maximumConnections``.
    package init(options: CaptureOptions) {
        locality = Locality(networks: options.localNetworks)
        table = FlowTable(capacity: options.maximumConnections)
    }

    /// Takes note of an address of the host that made the capture.
    package mutating func learn(local address: Endpoint) { locality.learn(address) }

    /// Takes a packet and hands over the records that it makes, each for the time of the call.
    package mutating func consume(_ packet: Packet, _ emit: (Record) -> Void) {
        counters.packets &+= 1
        latest = max(latest, packet.time)
        let segment: TCPSegment
        switch PacketDecoder.contents(of: packet) {
        case .success(.segment(let decoded)): segment = decoded
        case .success(.datagram(let datagram)): return consume(datagram, at: packet.time, emit)
        case .failure(let skip):
            counters[skip.reason] &+= 1
            return
        }
        guard let (key, sender) = FlowKey.of(segment) else {
            counters[.malformed] &+= 1
            return
        }
        counters.segments &+= 1
        let known = table.find(key)
        learn(from: segment, sender, known)
        // A connection begins for us with its SYN or with payload: whatever else comes first says nothing.
        guard let index = known ?? begin(key, with: segment) else { return }

        var step = table[index].take(segment, from: sender)
        if step == .another {
            if !table[index].isClosed { end(index, from: sender, at: packet.time, emit) }
            table[index] = Flow(key: key)
            counters.connections &+= 1
            step = table[index].take(segment, from: sender)
        }
        guard case .follows(let opens, let moves, let ends) = step else {
            if segment.length > 0 { counters.afterClose &+= 1 }
            return
        }
        table[index].time = max(table[index].time, packet.time)
        observe(index)
        choose(index, moves ? segment.payload : nil, from: sender, emit)
        if opens { emitRecord(INTERSPAN_KIND_OPEN, index, sender, nil, emit) }
        if moves {
            emitRecord(INTERSPAN_KIND_DATA, index, sender, (INTERSPAN_DIRECTION_SEND, segment), emit)
            emitRecord(INTERSPAN_KIND_DATA, index, sender.other, (INTERSPAN_DIRECTION_RECEIVE, segment), emit)
        }
        if ends { end(index, from: sender, at: packet.time, emit) }
        table.touch(index)
    }

    /// Ends the connections whose server had ended them but whose client had not yet: an answer that lasts until the
    /// connection closes is whole then. To be called when no packets remain.
    package mutating func finish(_ emit: (Record) -> Void) {
        for index in table.indices where !table[index].isClosed {
            switch table[index].server {
            case .known(let side) where table[index][side].finish != nil,
                .guessed(let side) where table[index][side].finish != nil:
                end(index, from: side, at: latest, emit)
            default: break
            }
        }
    }

    // MARK: Which ends are followed

    /// A cooked header says which side is here; of a connection that is known as such nothing is to be learned.
    private mutating func learn(from segment: TCPSegment, _ sender: FlowSide, _ index: Int?) {
        let side: FlowSide
        switch segment.capturedAt {
        case .unknown: return
        case .source: side = sender
        case .destination: side = sender.other
        }
        if let index, table[index][side].isObserved { return }
        locality.learn(side == sender ? segment.source : segment.destination)
    }

    private mutating func begin(_ key: FlowKey, with segment: TCPSegment) -> Int? {
        let flags = segment.flags
        guard flags.contains(.syn) || (segment.length > 0 && flags.contains(.ack)), !flags.contains(.rst) else {
            return nil
        }
        let (index, evicted) = table.insert(key)
        counters.connections &+= 1
        if evicted { counters.evicted &+= 1 }
        return index
    }

    /// Looks again which ends are here, when that may have changed.
    private mutating func observe(_ index: Int) {
        let flow = table[index]
        guard flow.locality != locality.generation &+ 1 else { return }
        table[index].locality = locality.generation &+ 1
        for side in [FlowSide.first, .second] where !flow[side].isObserved && locality.contains(flow.key[side]) {
            table[index][side].isObserved = true
            follow(side, of: index)
        }
    }

    /// With neither end here, follows the server's.
    private mutating func choose(
        _ index: Int, _ payload: UnsafeRawBufferPointer?, from sender: FlowSide, _ emit: (Record) -> Void
    ) {
        let flow = table[index]
        if flow[.first].isObserved || flow[.second].isObserved { return }
        switch flow.server {
        case .known(let side): follow(side, of: index)
        case .unknown, .guessed:
            guard let payload else { return }
            let server: Flow.Server
            let hint = RecognitionHint(
                recordLength: UInt64(payload.count), isFirst: false, isOpening: false,
                senderPort: flow.key[sender].port, receiverPort: flow.key[sender.other].port, isFromOpener: nil)
            switch recognisers.recognise(payload, hint, ruledOut: ProtocolSet()).1 {
            case .yes(.requester): server = .known(sender.other)
            case .yes(.responder): server = .known(sender)
            case .maybe, .no:
                if flow.server != .unknown { return }
                let isLower = flow.key[sender].port < flow.key[sender.other].port
                server = .guessed(isLower ? sender : sender.other)
            }
            if case .guessed(let side) = flow.server, server == .known(side.other) {
                emitRecord(INTERSPAN_KIND_CLOSE, index, side, nil, emit)
                table[index][side].socket = 0
            }
            table[index].server = server
            if case .known(let side) = server { follow(side, of: index) }
            if case .guessed(let side) = server { follow(side, of: index) }
        }
    }

    private mutating func follow(_ side: FlowSide, of index: Int) {
        guard table[index][side].socket == 0 else { return }
        lastSocket &+= 1
        table[index][side].socket = lastSocket
    }

    // MARK: Records

    private mutating func end(_ index: Int, from sender: FlowSide, at time: UInt64, _ emit: (Record) -> Void) {
        table[index].time = max(table[index].time, time)
        emitRecord(INTERSPAN_KIND_CLOSE, index, sender, nil, emit)
        emitRecord(INTERSPAN_KIND_CLOSE, index, sender.other, nil, emit)
    }

    /// Hands over one record of an end, if that end is followed.
    private mutating func emitRecord(
        _ kind: interspan_kind, _ index: Int, _ side: FlowSide, _ moved: (interspan_direction, TCPSegment)?,
        _ emit: (Record) -> Void
    ) {
        let flow = table[index]
        guard flow[side].socket != 0 else { return }
        var header = interspan_record()
        header.kind = UInt8(truncatingIfNeeded: kind.rawValue)
        header.time = flow.time
        header.socket = flow[side].socket
        let (local, peer) = (flow.key[side], flow.key[side.other])
        header.family = UInt16(local.family == .ipv4 ? AF_INET : AF_INET6)
        header.local_port = local.port
        header.peer_port = peer.port
        PacketRecords.write(local, to: &header.local_address)
        PacketRecords.write(peer, to: &header.peer_address)
        if flow[side].isAnchored, flow[side.other].isAnchored {
            let flags = INTERSPAN_FLAG_SEQUENCED.rawValue | (flow.isAssumed ? INTERSPAN_FLAG_ASSUMED.rawValue : 0)
            header.flags = UInt8(truncatingIfNeeded: flags)
            header.first_sent = flow[side].first
            header.first_received = flow[side.other].first
        }
        var payload = UnsafeRawBufferPointer(start: nil, count: 0)
        if let (direction, segment) = moved {
            header.direction = UInt8(truncatingIfNeeded: direction.rawValue)
            header.sequence = segment.dataSequence
            header.length = segment.length
            payload = segment.payload
            header.head_length = UInt32(payload.count)
        }
        header.size = UInt32(MemoryLayout<interspan_record>.size + payload.count)
        counters.records &+= 1
        withUnsafePointer(to: header) { emit(Record(header: $0, head: payload)) }
    }

    /// An address as a record has it: network byte order, IPv4 in the first four bytes.
    static func write(_ endpoint: Endpoint, to address: inout some Any) {
        withUnsafeMutableBytes(of: &address) {
            $0.storeBytes(of: endpoint.high.bigEndian, as: UInt64.self)
            $0.storeBytes(of: endpoint.low.bigEndian, toByteOffset: 8, as: UInt64.self)
        }
    }
}
