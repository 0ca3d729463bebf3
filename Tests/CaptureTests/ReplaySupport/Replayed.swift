import CInterspanBPF
import Capture

/// A record with its bytes, kept.
struct ReplayedRecord: Equatable {
    enum Kind: Equatable { case open, send, receive, close }
    var kind: Kind
    var time: UInt64
    var socket: UInt64
    var local: Endpoint
    var peer: Endpoint
    var sequence: UInt32
    var firstSent: UInt32
    var firstReceived: UInt32
    var length: UInt32
    var flags: Int
    var text: String

    init(_ record: Record) {
        let header = record.header.pointee
        switch (interspan_kind(UInt32(header.kind)), interspan_direction(UInt32(header.direction))) {
        case (INTERSPAN_KIND_OPEN, _): kind = .open
        case (INTERSPAN_KIND_CLOSE, _): kind = .close
        case (_, INTERSPAN_DIRECTION_SEND): kind = .send
        default: kind = .receive
        }
        time = header.time
        socket = header.socket
        let family: Endpoint.Family = header.family == 2 ? .ipv4 : .ipv6
        local = withUnsafeBytes(of: header.local_address) {
            Endpoint(family: family, port: header.local_port, bytes: $0)
        }
        peer = withUnsafeBytes(of: header.peer_address) { Endpoint(family: family, port: header.peer_port, bytes: $0) }
        sequence = header.sequence
        firstSent = header.first_sent
        firstReceived = header.first_received
        length = header.length
        flags = Int(header.flags)
        text = String(decoding: record.head, as: UTF8.self)
        precondition(Int(header.head_length) == record.head.count && header.size == 168 + header.head_length)
    }

    static let sequenced = Int(INTERSPAN_FLAG_SEQUENCED.rawValue)
    static let assumed = Int(INTERSPAN_FLAG_ASSUMED.rawValue)
}

/// What became of capture files.
struct Replayed {
    var records: [ReplayedRecord] = []
    var counters = PacketCounters()
    var warnings: [String] = []

    /// Reads files to their end.
    init(paths: [String], options: CaptureOptions = CaptureOptions()) throws {
        var merge = try PacketMerge(paths: paths)
        var packets = PacketRecords(options: options)
        while let packet = try merge.next() {
            for address in merge.takeAddresses() { packets.learn(local: address) }
            packets.consume(packet) { records.append(ReplayedRecord($0)) }
        }
        packets.finish { records.append(ReplayedRecord($0)) }
        counters = packets.counters
        warnings = merge.warnings
    }

    /// Reads a file with these bytes.
    init(_ bytes: [UInt8], options: CaptureOptions = CaptureOptions()) throws {
        self = try withFile(bytes) { try Replayed(paths: [$0], options: options) }
    }

    /// Takes segments as raw IP packets, a microsecond apart.
    init(_ segments: [TestSegment], options: CaptureOptions = CaptureOptions()) {
        self.init(frames: segments.map(\.ip), link: .raw, options: options)
    }

    /// Takes frames, a microsecond apart.
    init(frames: [[UInt8]], link: LinkLayer, options: CaptureOptions = CaptureOptions()) {
        var packets = PacketRecords(options: options)
        for (index, frame) in frames.enumerated() {
            frame.withUnsafeBytes {
                let packet = Packet(time: UInt64(1000 * (index + 1)), link: link, bytes: $0, length: $0.count)
                packets.consume(packet) { records.append(ReplayedRecord($0)) }
            }
        }
        packets.finish { records.append(ReplayedRecord($0)) }
        counters = packets.counters
    }

    /// The records of the end with a port.
    func at(port: UInt16) -> [ReplayedRecord] { records.filter { $0.local.port == port } }
}

func options(local networks: String...) -> CaptureOptions {
    var options = CaptureOptions()
    options.localNetworks = networks.compactMap(Network.init(parsing:))
    return options
}
