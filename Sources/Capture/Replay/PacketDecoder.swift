/// Finds the TCP segment, or the DNS datagram, in a packet: link layer, IPv4 or IPv6, TCP or UDP. Bounds are checked before every read; what the
/// capture cut off is never guessed.
enum PacketDecoder {
    /// Most VLAN tags, and most IPv6 extension headers, that are passed over.
    private static let maximumHeaders = 8
    /// IP's number of TCP.
    private static let tcpNumber: UInt8 = 6
    /// IP's number of UDP.
    private static let udpNumber: UInt8 = 17
    /// Longest payload that is believed when IP does not say how long it is (segmentation offload).
    private static let maximumOffload = 1 << 20

    /// What a packet has.
    enum Contents {
        case segment(TCPSegment)
        case datagram(UDPDatagram)
    }

    /// What a packet has, or why it has nothing.
    static func contents(of packet: Packet) -> Result<Contents, Skip> {
        do throws(Skip) {
            var capturedAt = TCPSegment.CapturedAt.unknown
            let start = try networkHeader(of: packet, &capturedAt)
            guard packet.bytes.count > start else { throw packet.length > start ? Skip(.headerCut) : Skip(.notIP) }
            switch packet.bytes[start] >> 4 {
            case 4: return .success(try ipv4(packet.bytes.from(start), packet.length - start, capturedAt))
            case 6: return .success(try ipv6(packet.bytes.from(start), packet.length - start, capturedAt))
            default: throw Skip(.notIP)
            }
        } catch {
            return .failure(error)
        }
    }

    /// Why a packet is passed over, as an error.
    struct Skip: Error {
        var reason: SkippedPacket
        init(_ reason: SkippedPacket) { self.reason = reason }
    }

    // MARK: Link layers (https://www.tcpdump.org/linktypes.html)

    /// Offset of the IP header.
    private static func networkHeader(
        of packet: Packet, _ capturedAt: inout TCPSegment.CapturedAt
    ) throws(Skip) -> Int {
        let bytes = packet.bytes
        switch packet.link {
        case .raw: return 0
        case .loopback:
            // The address family as the capturing system numbers it, in its byte order or (LOOP) the network's.
            guard bytes.count >= 4 else { throw Skip(.headerCut) }
            guard isAddressFamily(bytes.big32(0)) || isAddressFamily(bytes.big32(0).byteSwapped) else {
                throw Skip(.notIP)
            }
            return 4
        case .ethernet: return try afterTags(bytes, type: 12)
        case .cooked:
            guard bytes.count >= 16 else { throw Skip(.headerCut) }
            capturedAt = place(bytes.big16(0))
            return try afterTags(bytes, type: 14)
        case .cooked2:
            guard bytes.count >= 20 else { throw Skip(.headerCut) }
            capturedAt = place(UInt16(bytes[10]))
            return try afterTags(bytes, type: 0, header: 20)
        }
    }

    /// AF_INET everywhere, and AF_INET6 of Linux, NetBSD, FreeBSD and Darwin.
    private static func isAddressFamily(_ number: UInt32) -> Bool {
        switch number {
        case 2, 10, 24, 28, 30: true
        default: false
        }
    }

    /// Linux's packet types: 0 was sent to us, 4 by us; broadcast, multicast and others' say nothing.
    private static func place(_ packetType: UInt16) -> TCPSegment.CapturedAt {
        switch packetType {
        case 0: .destination
        case 4: .source
        default: .unknown
        }
    }

    /// Passes over VLAN tags (802.1Q, 802.1ad) and makes sure that IP follows.
    private static func afterTags(_ bytes: UnsafeRawBufferPointer, type: Int, header: Int? = nil) throws(Skip) -> Int {
        var type = type
        var next = header ?? type + 2
        for _ in 0...maximumHeaders {
            guard bytes.count >= max(type + 2, next) else { throw Skip(.headerCut) }
            switch bytes.big16(type) {
            case 0x0800, 0x86DD: return next
            case 0x8100, 0x88A8, 0x9100:
                // A tag is its own two bytes and the type of what follows.
                type = next + 2
                next += 4
            default: throw Skip(.notIP)
            }
        }
        throw Skip(.malformed)
    }

    // MARK: Network layers

    /// RFC 791.
    private static func ipv4(
        _ bytes: UnsafeRawBufferPointer, _ wire: Int, _ capturedAt: TCPSegment.CapturedAt
    ) throws(Skip) -> Contents {
        guard bytes.count >= 20 else { throw Skip(.headerCut) }
        let header = Int(bytes[0] & 0x0F) * 4
        guard header >= 20 else { throw Skip(.malformed) }
        guard bytes[9] == tcpNumber || bytes[9] == udpNumber else { throw Skip(.notTCP) }
        guard bytes.big16(6) & 0x3FFF == 0 else { throw Skip(.fragment) }
        var total = Int(bytes.big16(2))
        if total == 0 { total = offloaded(wire, bytes.count) }
        guard total >= header else { throw Skip(.malformed) }
        return try transport(
            bytes[9], bytes.from(header), total - header, capturedAt,
            source: Endpoint(family: .ipv4, port: 0, bytes: UnsafeRawBufferPointer(rebasing: bytes[12..<16])),
            destination: Endpoint(family: .ipv4, port: 0, bytes: UnsafeRawBufferPointer(rebasing: bytes[16..<20])))
    }

    /// RFC 8200; the order of extension headers is not checked.
    private static func ipv6(
        _ bytes: UnsafeRawBufferPointer, _ wire: Int, _ capturedAt: TCPSegment.CapturedAt
    ) throws(Skip) -> Contents {
        guard bytes.count >= 40 else { throw Skip(.headerCut) }
        var total = 40 + Int(bytes.big16(4))
        if total == 40 { total = offloaded(wire, bytes.count) }
        var next = bytes[6]
        var offset = 40
        for _ in 0...maximumHeaders where next != tcpNumber && next != udpNumber {
            guard isExtension(next) else { throw Skip(.notTCP) }
            guard bytes.count >= offset + 8 else { throw Skip(.headerCut) }
            if next == 44, bytes.big16(offset + 2) & 0xFFF9 != 0 { throw Skip(.fragment) }
            let units = Int(bytes[offset + 1])
            let length = next == 44 ? 8 : next == 51 ? (units + 2) * 4 : (units + 1) * 8
            next = bytes[offset]
            offset += length
        }
        guard next == tcpNumber || next == udpNumber, total >= offset else { throw Skip(.malformed) }
        return try transport(
            next, bytes.from(offset), total - offset, capturedAt,
            source: Endpoint(family: .ipv6, port: 0, bytes: UnsafeRawBufferPointer(rebasing: bytes[8..<24])),
            destination: Endpoint(family: .ipv6, port: 0, bytes: UnsafeRawBufferPointer(rebasing: bytes[24..<40])))
    }

    /// Hop-by-hop options, routing, fragment, authentication, destination options, mobility, HIP, Shim6.
    private static func isExtension(_ header: UInt8) -> Bool {
        switch header {
        case 0, 43, 44, 51, 60, 135, 139, 140: true
        default: false
        }
    }

    /// The length of a packet that IP says is 0 long: it was captured before the network card split it (or is a
    /// jumbogram, which is the same to us).
    private static func offloaded(_ wire: Int, _ captured: Int) -> Int { wire <= maximumOffload ? wire : captured }

    private static func transport(
        _ number: UInt8, _ bytes: UnsafeRawBufferPointer, _ length: Int, _ capturedAt: TCPSegment.CapturedAt,
        source: Endpoint, destination: Endpoint
    ) throws(Skip) -> Contents {
        if number == tcpNumber {
            return .segment(try tcp(bytes, length, capturedAt, source: source, destination: destination))
        }
        return .datagram(try udp(bytes, length, capturedAt, source: source, destination: destination))
    }

    /// RFC 768. Only what may be DNS is a datagram to us.
    private static func udp(
        _ bytes: UnsafeRawBufferPointer, _ length: Int, _ capturedAt: TCPSegment.CapturedAt, source: Endpoint,
        destination: Endpoint
    ) throws(Skip) -> UDPDatagram {
        guard length >= 8 else { throw Skip(.malformed) }
        guard bytes.count >= 8 else { throw Skip(.headerCut) }
        var source = source
        var destination = destination
        source.port = bytes.big16(0)
        destination.port = bytes.big16(2)
        guard source.port == DNSSignature.port || destination.port == DNSSignature.port else { throw Skip(.notTCP) }
        let total = Int(bytes.big16(4))
        guard total >= 8, total <= length else { throw Skip(.malformed) }
        return UDPDatagram(
            source: source, destination: destination,
            payload: UnsafeRawBufferPointer(rebasing: bytes[8..<max(min(bytes.count, total), 8)]),
            length: UInt32(total - 8), capturedAt: capturedAt)
    }

    // MARK: TCP (RFC 9293)

    private static func tcp(
        _ bytes: UnsafeRawBufferPointer, _ length: Int, _ capturedAt: TCPSegment.CapturedAt, source: Endpoint,
        destination: Endpoint
    ) throws(Skip) -> TCPSegment {
        guard length >= 20 else { throw Skip(.malformed) }
        guard bytes.count >= 20 else { throw Skip(.headerCut) }
        let header = Int(bytes[12] >> 4) * 4
        guard header >= 20, header <= length else { throw Skip(.malformed) }
        // What lies behind the datagram pads the frame.
        let end = min(bytes.count, length)
        var source = source
        var destination = destination
        source.port = bytes.big16(0)
        destination.port = bytes.big16(2)
        return TCPSegment(
            source: source, destination: destination, sequence: bytes.big32(4), acknowledgement: bytes.big32(8),
            flags: TCPSegment.Flags(rawValue: bytes[13]),
            payload: header < end
                ? UnsafeRawBufferPointer(rebasing: bytes[header..<end]) : UnsafeRawBufferPointer(start: nil, count: 0),
            length: UInt32(length - header), capturedAt: capturedAt)
    }
}
