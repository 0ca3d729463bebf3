/// The two ends of a connection, in an order that both directions' packets agree on.
struct FlowKey: Hashable {
    var first: Endpoint
    var second: Endpoint

    /// The connection of a segment, and which of its ends sent it; nil when both ends are one and the same.
    static func of(_ segment: TCPSegment) -> (key: FlowKey, sender: FlowSide)? {
        let (source, destination) = (segment.source, segment.destination)
        let left = (source.family.rawValue, source.high, source.low, source.port)
        let right = (destination.family.rawValue, destination.high, destination.low, destination.port)
        if left == right { return nil }
        return left < right
            ? (FlowKey(first: source, second: destination), .first)
            : (FlowKey(first: destination, second: source), .second)
    }

    /// An end's address.
    subscript(side: FlowSide) -> Endpoint { side == .first ? first : second }
}

/// One of a connection's two ends.
enum FlowSide {
    case first
    case second

    var other: FlowSide { self == .first ? .second : .first }
}

/// One end of a connection as packets show it.
struct FlowEnd {
    /// The number of the socket made up for it; 0 while it is not followed.
    var socket: UInt64 = 0
    /// Number of the first byte it ever sent.
    var first: UInt32 = 0
    /// Whether ``first`` is known, or has been guessed.
    var isAnchored = false
    /// Whether it is here (``Locality``).
    var isObserved = false
    /// The number after its FIN, once it sent one.
    var finish: UInt32?
    /// Whether the other end has everything up to its FIN.
    var isFinished = false
}

/// A connection: what its segments have shown so far. A state machine without I/O.
struct Flow {
    /// Which side serves, and how that is known.
    enum Server: Equatable {
        case unknown
        case guessed(FlowSide)
        case known(FlowSide)
    }

    /// What a segment means.
    enum Step: Equatable {
        /// Nothing that was not known, or nothing that can be used.
        case ignored
        /// It opens another connection between the same two ports.
        case another
        /// It goes on with this one: `opens` when it is the first SYN, `moves` when it has payload.
        case follows(opens: Bool, moves: Bool, ends: Bool)
    }

    let key: FlowKey
    var server = Server.unknown
    /// No more is to come.
    private(set) var isClosed = false
    /// Whether a first number is a guess: the handshake is not in the capture.
    private(set) var isAssumed = false
    /// The ``Locality/generation`` that the ends' ``FlowEnd/isObserved`` was last compared with.
    var locality: UInt32 = 0
    /// Time of its last record: what one connection does never steps back in time, even when the capture's clock did.
    var time: UInt64 = 0

    private var firstEnd = FlowEnd()
    private var secondEnd = FlowEnd()

    init(key: FlowKey) { self.key = key }

    /// One of its ends.
    subscript(side: FlowSide) -> FlowEnd {
        get { side == .first ? firstEnd : secondEnd }
        set { if side == .first { firstEnd = newValue } else { secondEnd = newValue } }
    }

    /// Takes in a segment that one side sent.
    mutating func take(_ segment: TCPSegment, from sender: FlowSide) -> Step {
        var opens = false
        if segment.flags.contains(.syn) {
            let wasFresh = !self[sender].isAnchored && !self[sender.other].isAnchored
            guard synchronise(segment, from: sender) else { return .another }
            opens = wasFresh && !segment.flags.contains(.ack)
        }
        guard !isClosed else { return .ignored }
        // Every segment but the first SYN acknowledges, and what a reset carries is no data. The data of a first SYN
        // (TCP Fast Open) is lost to us: the other direction's number is not known yet.
        let moves = segment.length > 0 && segment.flags.contains(.ack) && !segment.flags.contains(.rst)
        if moves { anchor(segment, from: sender) }
        close(segment, from: sender)
        return .follows(opens: opens, moves: moves, ends: isClosed)
    }

    /// Takes the first numbers and the roles from a SYN; false when they are those of another connection.
    private mutating func synchronise(_ segment: TCPSegment, from sender: FlowSide) -> Bool {
        let first = segment.sequence &+ 1
        if self[sender].isAnchored, self[sender].first != first { return false }
        if segment.flags.contains(.ack) {
            // More than a byte is acknowledged when the SYN brought data (TCP Fast Open, RFC 7413).
            let beyond = segment.acknowledgement &- self[sender.other].first
            if self[sender.other].isAnchored, beyond > 65_535 { return false }
            if !self[sender.other].isAnchored { anchor(sender.other, at: segment.acknowledgement) }
            server = .known(sender)
        } else if case .known = server {
            // A repetition, or both sides opened at once: the first SYN decides.
        } else {
            server = .known(sender.other)
        }
        if !self[sender].isAnchored { anchor(sender, at: first) }
        return true
    }

    /// Without a handshake, a direction begins for us where it is first seen: at the first payload's own number, and at
    /// what its sender waits for.
    private mutating func anchor(_ segment: TCPSegment, from sender: FlowSide) {
        if !self[sender].isAnchored {
            anchor(sender, at: segment.dataSequence)
            isAssumed = true
        }
        if !self[sender.other].isAnchored {
            anchor(sender.other, at: segment.acknowledgement)
            isAssumed = true
        }
    }

    private mutating func anchor(_ side: FlowSide, at number: UInt32) {
        self[side].first = number
        self[side].isAnchored = true
    }

    /// A reset ends the connection; so do two FINs once both are acknowledged, since then nothing is on its way.
    private mutating func close(_ segment: TCPSegment, from sender: FlowSide) {
        if segment.flags.contains(.fin) { self[sender].finish = segment.end }
        if segment.flags.contains(.ack), let finish = self[sender.other].finish,
            Int32(bitPattern: segment.acknowledgement &- finish) >= 0
        {
            self[sender.other].isFinished = true
        }
        isClosed = segment.flags.contains(.rst) || (self[sender].isFinished && self[sender.other].isFinished)
    }
}
