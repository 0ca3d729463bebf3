/// The identity of one request and its response, the same at both ends and in every replay.
///
/// It is a 128-bit hash of what either host can compute by itself: the connection's two first sequence numbers (the
/// requester's first), the offset of the request's first byte in its direction, and the stream or correlation id where
/// a connection is multiplexed. Bridge derives span and trace ids from it, so no two agents need to talk.
public struct ExchangeID: Hashable, Sendable {
    /// The upper 64 bits. Never zero together with ``low``.
    public var high: UInt64
    /// The lower 64 bits.
    public var low: UInt64

    /// An id from its two halves.
    public init(high: UInt64, low: UInt64) {
        self.high = high
        self.low = low
    }

    /// The id of an exchange.
    ///
    /// - Parameters:
    ///   - connection: what identifies the connection, as seen by the side that sent the request.
    ///   - requestOffset: bytes that the requester sent before the request's first byte.
    ///   - stream: stream or correlation id on a multiplexed connection, else 0.
    public init(connection: ConnectionIdentity, requestOffset: UInt64, stream: UInt64 = 0) {
        var hash = Mixer(seed: UInt64(connection.kind.rawValue))
        hash.absorb(connection.requester)
        hash.absorb(connection.responder)
        hash.absorb(requestOffset)
        hash.absorb(stream)
        (high, low) = hash.finish()
    }

    /// Hashes the lower half, which is a hash already.
    public func hash(into hasher: inout Hasher) { hasher.combine(low) }
}

/// What identifies a connection at both of its ends.
public struct ConnectionIdentity: Hashable, Sendable {
    /// Where the two numbers come from. Hashed with them, so that kinds never collide.
    public enum Kind: UInt8, Sendable {
        /// TCP: the number of each direction's first byte (the SYN's plus one).
        case tcp = 1
        /// AF_UNIX: the inode of each end's socket.
        case unix = 2
        /// A capture without the handshake: a hash of addresses, ports and the first sequence number seen.
        case observed = 3
        /// UDP: a hash of each end's address and port, and of the datagram's own number.
        case datagram = 4
    }

    /// Where the two numbers come from.
    public var kind: Kind
    /// The side that sends requests.
    public var requester: UInt64
    /// The side that answers.
    public var responder: UInt64

    /// An identity from its parts.
    public init(kind: Kind, requester: UInt64, responder: UInt64) {
        self.kind = kind
        self.requester = requester
        self.responder = responder
    }

    /// As seen from the other side, where that one sends the request.
    var reversed: ConnectionIdentity {
        ConnectionIdentity(kind: kind, requester: responder, responder: requester)
    }
}

/// A 128-bit hash of a few 64-bit words: each word is xored into one of two lanes, which are then mixed by the 64-bit
/// finaliser that Stafford published as "Mix13" (the one of SplitMix64) and fed into each other. Not keyed and not
/// meant to withstand somebody who looks for collisions: the words come from the kernel, not from a peer's payload.
public struct Mixer: Sendable {
    private var a: UInt64
    private var b: UInt64

    /// A hash that begins from a seed, which separates uses from one another.
    public init(seed: UInt64) {
        a = Mixer.mix(seed &+ 0x9E37_79B9_7F4A_7C15)
        b = Mixer.mix(seed ^ 0xD1B5_4A32_D192_ED03)
    }

    /// Takes in one word.
    public mutating func absorb(_ word: UInt64) {
        a = Mixer.mix(a ^ word)
        b = Mixer.mix(b &+ word &+ a)
    }

    /// The two halves; never both zero.
    public func finish() -> (UInt64, UInt64) {
        let high = Mixer.mix(a &+ b)
        let low = Mixer.mix(b ^ (a << 32 | a >> 32))
        return high == 0 && low == 0 ? (0, 1) : (high, low)
    }

    /// SplitMix64's finaliser.
    public static func mix(_ value: UInt64) -> UInt64 {
        var z = value
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }
}

/// Which end of an exchange was observed.
public enum Role: UInt8, Sendable {
    /// The side that sent the request.
    case client = 1
    /// The side that answered it.
    case server = 2

    /// The other one.
    var other: Role { self == .client ? .server : .client }
}

/// One end of an exchange: what a span is made of.
public struct ExchangeEnd: Hashable, Sendable {
    /// The exchange.
    public var id: ExchangeID
    /// The end of it.
    public var role: Role

    /// An end of an exchange.
    public init(id: ExchangeID, role: Role) {
        self.id = id
        self.role = role
    }
}
