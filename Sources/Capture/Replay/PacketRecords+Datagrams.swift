internal import CInterspanBPF
internal import Glibc

extension PacketRecords {
    /// Takes a datagram and hands over the records that it makes. Nothing is remembered of it: the number of the socket made
    /// up for an end is a hash of its address.
    mutating func consume(_ datagram: UDPDatagram, at time: UInt64, _ emit: (Record) -> Void) {
        counters.segments &+= 1
        guard datagram.length > 0 else { return }
        switch datagram.capturedAt {
        case .unknown: break
        case .source: locality.learn(datagram.source)
        case .destination: locality.learn(datagram.destination)
        }
        var isSenders = locality.contains(datagram.source)
        var isReceivers = locality.contains(datagram.destination)
        if !isSenders, !isReceivers {
            isSenders = !datagram.isForServer
            isReceivers = datagram.isForServer
        }
        // What one host sends to itself may be captured twice, going out and coming in.
        if datagram.capturedAt != .destination, isSenders {
            emitRecord(INTERSPAN_DIRECTION_SEND, datagram, from: datagram.source, to: datagram.destination, time, emit)
        }
        if datagram.capturedAt != .source, isReceivers {
            emitRecord(
                INTERSPAN_DIRECTION_RECEIVE, datagram, from: datagram.destination, to: datagram.source, time, emit)
        }
    }

    private mutating func emitRecord(
        _ direction: interspan_direction, _ datagram: UDPDatagram, from local: Endpoint, to peer: Endpoint,
        _ time: UInt64, _ emit: (Record) -> Void
    ) {
        var header = interspan_record()
        header.kind = UInt8(truncatingIfNeeded: INTERSPAN_KIND_DATA.rawValue)
        header.direction = UInt8(truncatingIfNeeded: direction.rawValue)
        header.flags = UInt8(truncatingIfNeeded: INTERSPAN_FLAG_DATAGRAM.rawValue)
        header.time = time
        header.socket = PacketRecords.socket(of: local)
        header.family = UInt16(local.family == .ipv4 ? AF_INET : AF_INET6)
        header.local_port = local.port
        header.peer_port = peer.port
        PacketRecords.write(local, to: &header.local_address)
        PacketRecords.write(peer, to: &header.peer_address)
        header.length = datagram.length
        header.head_length = UInt32(datagram.payload.count)
        header.size = UInt32(MemoryLayout<interspan_record>.size + datagram.payload.count)
        counters.records &+= 1
        withUnsafePointer(to: header) { emit(Record(header: $0, head: datagram.payload)) }
    }

    private static func socket(of endpoint: Endpoint) -> UInt64 {
        var mixer = Mixer(seed: UInt64(endpoint.port) << 8 | UInt64(endpoint.family.rawValue))
        mixer.absorb(endpoint.high)
        mixer.absorb(endpoint.low)
        // The numbers that connections are given count from 1 and never have this bit.
        return mixer.finish().0 & ~(1 << 63) | 1 << 62
    }
}
