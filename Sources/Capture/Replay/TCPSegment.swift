/// A TCP segment, for the time its packet lives: the payload is borrowed.
struct TCPSegment {
    /// What is known of who captured it: nothing, or which side's host did (Linux cooked headers say it).
    enum CapturedAt {
        case unknown
        case source
        case destination
    }

    /// Control bits that matter here (RFC 9293, section 3.1).
    struct Flags: OptionSet {
        let rawValue: UInt8
        static let fin = Flags(rawValue: 1)
        static let syn = Flags(rawValue: 2)
        static let rst = Flags(rawValue: 4)
        static let ack = Flags(rawValue: 16)
    }

    /// Whose segment it is.
    var source: Endpoint
    /// Who it is for.
    var destination: Endpoint
    /// Number of its first byte.
    var sequence: UInt32
    /// The number that its sender waits for, where ``Flags/ack`` is set.
    var acknowledgement: UInt32
    var flags: Flags
    /// The bytes of its payload that were captured, from its start.
    var payload: UnsafeRawBufferPointer
    /// How long the payload was on the wire.
    var length: UInt32
    /// Which side's host captured it.
    var capturedAt: CapturedAt

    /// The number of its first byte of payload: a SYN takes a number itself.
    var dataSequence: UInt32 { flags.contains(.syn) ? sequence &+ 1 : sequence }
    /// The number after everything in it.
    var end: UInt32 { dataSequence &+ length &+ (flags.contains(.fin) ? 1 : 0) }
}

/// What is not a TCP segment that can be followed. Each is counted.
package enum SkippedPacket: Int, Sendable, CaseIterable {
    /// Neither IPv4 nor IPv6: ARP and the like.
    case notIP = 0
    /// Another transport.
    case notTCP
    /// A part of an IP datagram that was split; it is not put together again.
    case fragment
    /// A header that breaks its own rules.
    case malformed
    /// The capture holds too little of it to see the headers (snaplen).
    case headerCut
}
