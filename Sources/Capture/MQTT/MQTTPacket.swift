/// The fixed header of a packet: its type, its flags and how much follows (MQTT 5, 2.1; the same in 3.1.1).
struct MQTTPacket {
    /// What a packet does.
    enum Kind: UInt8 {
        case connect = 1
        case connack
        case publish
        case puback
        case pubrec
        case pubrel
        case pubcomp
        case subscribe
        case suback
        case unsubscribe
        case unsuback
        case pingreq
        case pingresp
        case disconnect
        case auth

        /// Who sends it; nil where both may.
        var sender: Side? {
            switch self {
            case .connect, .subscribe, .unsubscribe, .pingreq: .requester
            case .connack, .suback, .unsuback, .pingresp: .responder
            default: nil
            }
        }

        /// The flags that it must have; nil where they mean something.
        fileprivate var flags: UInt8? {
            switch self {
            case .publish: nil
            case .pubrel, .subscribe, .unsubscribe: 2
            default: 0
            }
        }

        /// Fewest bytes that follow the fixed header.
        fileprivate var leastBytes: UInt32 {
            switch self {
            case .connect: 12
            case .connack, .puback, .pubrec, .pubrel, .pubcomp, .unsuback: 2
            case .publish, .suback: 3
            case .subscribe: 6
            case .unsubscribe: 5
            case .pingreq, .pingresp, .disconnect, .auth: 0
            }
        }

        /// Most bytes that follow the fixed header, where that is little.
        fileprivate var mostBytes: UInt32 { self == .pingreq || self == .pingresp ? 0 : .max }
    }

    /// What it does.
    let kind: Kind
    /// The low four bits of its first byte.
    let flags: UInt8
    /// Bytes of the fixed header.
    let headerLength: Int
    /// Bytes that follow it.
    let remaining: UInt32

    /// A packet by its first bytes; nil when there are too few, or none begins so.
    init?(_ bytes: UnsafeRawBufferPointer) {
        guard let first = bytes.first, let kind = MQTTPacket.kind(first),
            case .value(let remaining, let count) = MQTTVarint.read(UnsafeRawBufferPointer(rebasing: bytes.dropFirst())),
            remaining >= kind.leastBytes, remaining <= kind.mostBytes
        else { return nil }
        self.kind = kind
        flags = first & 0xF
        headerLength = 1 + count
        self.remaining = remaining
    }

    /// Bytes of all of it.
    var length: UInt64 { UInt64(headerLength) &+ UInt64(remaining) }
    /// How sure a delivery is to be: 0, 1 or 2 (a publish).
    var qualityOfService: UInt8 { flags >> 1 & 3 }
    /// Whether it has been sent before (a publish).
    var isRepeated: Bool { flags & 8 != 0 }

    /// What a packet does that begins with this byte; nil when none does.
    static func kind(_ first: UInt8) -> Kind? {
        guard let kind = Kind(rawValue: first >> 4) else { return nil }
        if let flags = kind.flags { return first & 0xF == flags ? kind : nil }
        // No quality 3, and what is not acknowledged is not repeated.
        let quality = first >> 1 & 3
        return quality == 3 || (quality == 0 && first & 8 != 0) ? nil : kind
    }

    /// How long the packet is that begins with these bytes.
    static func measure(_ bytes: UnsafeRawBufferPointer) -> MessageLength {
        guard let first = bytes.first else { return .needs(1) }
        guard kind(first) != nil else { return .invalid }
        switch MQTTVarint.read(UnsafeRawBufferPointer(rebasing: bytes.dropFirst())) {
        case .cut: return .needs(bytes.count + 1)
        case .invalid: return .invalid
        case .value: return MQTTPacket(bytes).map { .total($0.length) } ?? .invalid
        }
    }
}

/// A number in one to four bytes, seven bits in each, the lowest first (MQTT 5, 1.5.5).
enum MQTTVarint {
    /// What bytes begin with.
    enum Reading: Equatable {
        /// A number in so many bytes.
        case value(UInt32, Int)
        /// The beginning of one.
        case cut
        /// None.
        case invalid
    }

    static func read(_ bytes: UnsafeRawBufferPointer) -> Reading {
        var value: UInt32 = 0
        for index in 0..<4 {
            guard index < bytes.count else { return .cut }
            value |= UInt32(bytes[index] & 0x7F) << UInt32(7 * index)
            if bytes[index] & 0x80 == 0 { return .value(value, index + 1) }
        }
        return .invalid
    }
}
