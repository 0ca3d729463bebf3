import Capture

/// A TCP segment to be put into packets.
struct TestSegment {
    var source: Endpoint
    var destination: Endpoint
    var sequence: UInt32 = 0
    var acknowledgement: UInt32 = 0
    var flags: UInt8 = 0x10
    var payload: [UInt8] = []

    static let fin: UInt8 = 1
    static let syn: UInt8 = 2
    static let rst: UInt8 = 4
    static let ack: UInt8 = 16

    /// The TCP header and payload; 12 bytes of options, as Linux sends them.
    var tcp: [UInt8] {
        big(source.port) + big(destination.port) + big(sequence) + big(acknowledgement) + [0x80, flags, 0xFF, 0xFF]
            + [0, 0, 0, 0] + [1, 1, 8, 10, 0, 0, 0, 1, 0, 0, 0, 2] + payload
    }

    /// An IPv4 datagram, optionally with options, with another total length, and as a fragment.
    func ipv4(options: Int = 0, total: UInt16? = nil, fragment: UInt16 = 0x4000) -> [UInt8] {
        let header = 20 + options
        var bytes: [UInt8] = [0x40 | UInt8(header / 4), 0] + big(total ?? UInt16(header + tcp.count))
        bytes += [0x12, 0x34] + big(fragment) + [64, 6, 0, 0]
        bytes += big(UInt32(source.high >> 32)) + big(UInt32(destination.high >> 32))
        return bytes + [UInt8](repeating: 1, count: options) + tcp
    }

    /// An IPv6 datagram, optionally behind extension headers that end in a TCP next header.
    func ipv6(first: UInt8 = 6, extensions: [UInt8] = [], length: UInt16? = nil) -> [UInt8] {
        let body = extensions + tcp
        return [0x60, 0, 0, 0] + big(length ?? UInt16(body.count)) + [first, 64] + big(source.high) + big(source.low)
            + big(destination.high) + big(destination.low) + body
    }

    /// The datagram of the family of its addresses.
    var ip: [UInt8] { source.family == .ipv4 ? ipv4() : ipv6() }
    var etherType: UInt16 { source.family == .ipv4 ? 0x0800 : 0x86DD }

    func ethernet(tags: [UInt16] = []) -> [UInt8] {
        [UInt8](repeating: 2, count: 12) + tags.flatMap { big($0) + [0, 7] } + big(etherType) + ip
    }
    func cooked(_ packetType: UInt16) -> [UInt8] {
        big(packetType) + big(UInt16(1)) + big(UInt16(6)) + [1, 2, 3, 4, 5, 6, 0, 0] + big(etherType) + ip
    }
    func cooked2(_ packetType: UInt8) -> [UInt8] {
        big(etherType) + [0, 0] + big(UInt32(3)) + big(UInt16(1)) + [packetType, 6] + [1, 2, 3, 4, 5, 6, 0, 0] + ip
    }
    func loopback(swapped: Bool = false) -> [UInt8] {
        let family: UInt32 = self.source.family == .ipv4 ? 2 : 10
        return big(swapped ? family.byteSwapped : family) + ip
    }
}

/// A number in network byte order.
func big(_ value: some FixedWidthInteger) -> [UInt8] { withUnsafeBytes(of: value.bigEndian) { [UInt8]($0) } }

/// Both directions of one connection, which keeps count of its numbers.
struct TestConnection {
    var client: Endpoint
    var server: Endpoint
    var clientNext: UInt32 = 1000
    var serverNext: UInt32 = 900_000

    mutating func handshake() -> [TestSegment] {
        let syn = segment(fromClient: true, flags: TestSegment.syn)
        clientNext &+= 1
        let answer = segment(fromClient: false, flags: TestSegment.syn | TestSegment.ack)
        serverNext &+= 1
        return [syn, answer, segment(fromClient: true)]
    }
    mutating func send(_ text: String, fromClient: Bool) -> TestSegment {
        var segment = segment(fromClient: fromClient)
        segment.payload = [UInt8](text.utf8)
        advance(fromClient, by: UInt32(text.utf8.count))
        return segment
    }
    mutating func finish(fromClient: Bool) -> TestSegment {
        let segment = segment(fromClient: fromClient, flags: TestSegment.fin | TestSegment.ack)
        advance(fromClient, by: 1)
        return segment
    }
    func segment(fromClient: Bool, flags: UInt8 = TestSegment.ack) -> TestSegment {
        TestSegment(
            source: fromClient ? client : server, destination: fromClient ? server : client,
            sequence: fromClient ? clientNext : serverNext,
            acknowledgement: flags & TestSegment.ack == 0 ? 0 : fromClient ? serverNext : clientNext, flags: flags)
    }
    private mutating func advance(_ fromClient: Bool, by count: UInt32) {
        if fromClient { clientNext &+= count } else { serverNext &+= count }
    }

    /// A request, its response, and an orderly end; with a handshake or without.
    mutating func exchange(handshake: Bool = true) -> [TestSegment] {
        var all = handshake ? self.handshake() : []
        all.append(send("GET /a HTTP/1.1\r\nHost: x\r\n\r\n", fromClient: true))
        all.append(send("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok", fromClient: false))
        all += [finish(fromClient: true), finish(fromClient: false), segment(fromClient: true)]
        return all
    }

    /// Two addresses far from here.
    static let remote = TestConnection(
        client: Endpoint(addressText: "10.1.0.1", port: 40_000)!, server: Endpoint(addressText: "10.2.0.2", port: 80)!)
    /// Loopback.
    static let local = TestConnection(
        client: Endpoint(addressText: "127.0.0.1", port: 40_000)!, server: Endpoint(addressText: "127.0.0.1", port: 80)!
    )
    /// IPv6 loopback.
    static let local6 = TestConnection(
        client: Endpoint(addressText: "::1", port: 40_000)!, server: Endpoint(addressText: "::1", port: 80)!)
}
