/// The pcapng format: sections of blocks, each section in a byte order of its own. Blocks that are not needed are passed
/// over, known or not.
///
/// Source: https://ietf-opsawg-wg.github.io/draft-ietf-opsawg-pcap/draft-ietf-opsawg-pcapng.html
struct PcapngFormat {
    /// Longest block that is believed, as in libpcap.
    static let maximumBlock: UInt32 = 16 << 20
    /// Most interfaces of one section.
    static let maximumInterfaces = 4096
    /// Most addresses that are handed over before they are taken.
    static let maximumAddresses = 4096

    private enum Block {
        static let section: UInt32 = 0x0A0D_0D0A
        static let interface: UInt32 = 1
        static let packet: UInt32 = 2
        static let simplePacket: UInt32 = 3
        static let enhancedPacket: UInt32 = 6
    }

    private enum Option {
        static let end: UInt16 = 0
        static let ipv4Address: UInt16 = 4
        static let ipv6Address: UInt16 = 5
        static let resolution: UInt16 = 9
        static let offset: UInt16 = 14
    }

    /// Addresses of the capturing host's interfaces met since they were last taken.
    var addresses: [Endpoint] = []
    /// Link types of packets that were passed over, since they cannot be read.
    private(set) var unsupported: Set<UInt16> = []
    /// Packets that could be read.
    private(set) var readable: UInt64 = 0

    private var isSwapped = false
    private var interfaces: [PcapngInterface] = []
    private var lastTime: UInt64 = 0
    private var unread = 0

    /// Whether a file that begins so is pcapng. The number reads the same in both byte orders.
    static func recognises(_ magic: UInt32) -> Bool { magic == Block.section }

    /// The next packet that can be read, borrowed from the file's buffer until the next call; nil at the end.
    mutating func next(_ file: FileBytes) throws(CaptureDamage) -> Packet? {
        while true {
            guard file.skip(unread) else { throw .cut }
            unread = 0
            guard file.want(12) else {
                if file.bytes.isEmpty { return nil }
                throw .cut
            }
            let type: UInt32 = file.bytes.number(0, swapped: isSwapped)
            if type == Block.section { try startSection(file.bytes.number(8, swapped: false)) }
            let length: UInt32 = file.bytes.number(4, swapped: isSwapped)
            guard length >= 12, length % 4 == 0, length <= PcapngFormat.maximumBlock else {
                throw .impossible("a block of \(length) bytes")
            }
            unread = Int(length)
            let used = min(unread, FileBytes.maximumRun)
            guard file.want(used) else { throw .cut }
            if used == unread, file.bytes.number(used - 4, swapped: isSwapped, as: UInt32.self) != length {
                throw .impossible("a block whose two lengths differ")
            }
            // Of a block longer than the buffer the end is not seen, trailing length included.
            let body = UnsafeRawBufferPointer(rebasing: file.bytes[8..<(used == unread ? used - 4 : used)])
            if type == Block.interface { try addInterface(body) }
            if let packet = try packet(type, body) { return packet }
        }
    }

    private mutating func startSection(_ magic: UInt32) throws(CaptureDamage) {
        switch magic {
        case 0x1A2B_3C4D: isSwapped = false
        case 0x4D3C_2B1A: isSwapped = true
        default: throw .impossible("a section header without a byte order")
        }
        interfaces.removeAll(keepingCapacity: true)
    }

    /// A packet from a block that has one of a link type we read; nil from any other block.
    private mutating func packet(_ type: UInt32, _ body: UnsafeRawBufferPointer) throws(CaptureDamage) -> Packet? {
        let (header, index): (Int, Int)
        switch type {
        case Block.enhancedPacket where body.count >= 20:
            (header, index) = (20, Int(body.number(0, swapped: isSwapped, as: UInt32.self)))
        case Block.packet where body.count >= 20:
            (header, index) = (20, Int(body.number(0, swapped: isSwapped, as: UInt16.self)))
        case Block.simplePacket where body.count >= 4: (header, index) = (4, 0)
        case Block.enhancedPacket, Block.packet, Block.simplePacket:
            throw .impossible("a packet block without a header")
        default: return nil
        }
        guard interfaces.indices.contains(index) else {
            throw .impossible("a packet of an interface it does not describe")
        }
        let interface = interfaces[index]
        let length: UInt32 = body.number(header - 4, swapped: isSwapped)
        var captured = length
        if type == Block.simplePacket {
            // It has no time, so it takes that of the packet before it, and is as long as its block allows.
            if interface.snapLength > 0 { captured = min(captured, interface.snapLength) }
        } else {
            captured = body.number(12, swapped: isSwapped)
            guard Int(captured) <= unread - header - 12 else { throw .impossible("a packet longer than its block") }
            let upper: UInt32 = body.number(4, swapped: isSwapped)
            let lower: UInt32 = body.number(8, swapped: isSwapped)
            lastTime = interface.time(UInt64(upper) << 32 | UInt64(lower))
        }
        guard let link = LinkLayer(number: interface.linkNumber) else {
            unsupported.insert(interface.linkNumber)
            return nil
        }
        readable += 1
        let end = header + min(Int(captured), body.count - header)
        return Packet(
            time: lastTime, link: link, bytes: UnsafeRawBufferPointer(rebasing: body[header..<end]), length: Int(length)
        )
    }

    private mutating func addInterface(_ body: UnsafeRawBufferPointer) throws(CaptureDamage) {
        guard body.count >= 8, interfaces.count < PcapngFormat.maximumInterfaces else {
            throw .impossible("an interface that cannot be described so")
        }
        var interface = PcapngInterface(
            linkNumber: body.number(0, swapped: isSwapped), snapLength: body.number(4, swapped: isSwapped))
        var options = body.from(8)
        while options.count >= 4 {
            let code: UInt16 = options.number(0, swapped: isSwapped)
            let length = Int(options.number(2, swapped: isSwapped, as: UInt16.self))
            guard code != Option.end, length <= options.count - 4 else { break }
            let value = UnsafeRawBufferPointer(rebasing: options[4..<4 + length])
            switch code {
            case Option.resolution where length >= 1: interface.resolution = value[0]
            case Option.offset where length >= 8: interface.offset = value.number(0, swapped: isSwapped)
            case Option.ipv4Address where length >= 4: add(address: .ipv4, value, count: 4)
            case Option.ipv6Address where length >= 16: add(address: .ipv6, value, count: 16)
            default: break
            }
            options = options.from(4 + (length + 3) / 4 * 4)
        }
        interfaces.append(interface)
    }

    private mutating func add(address family: Endpoint.Family, _ value: UnsafeRawBufferPointer, count: Int) {
        guard addresses.count < PcapngFormat.maximumAddresses else { return }
        addresses.append(Endpoint(family: family, port: 0, bytes: UnsafeRawBufferPointer(rebasing: value[..<count])))
    }
}
