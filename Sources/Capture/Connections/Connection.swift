import CInterspanBPF

/// One socket: where its two directions stand, and what is known of what it speaks.
struct Connection {
    /// How far its protocol is known.
    enum Stage {
        /// Its bytes have not told yet.
        case recognising
        /// They are parsed.
        case parsing(ParserTable.Place, requesterIsLocal: Bool)
        /// They are of no interest.
        case ignored
    }

    /// The socket's number.
    var socket: UInt64
    /// What it is found by: the socket's number, or a hash (``ConnectionTracker/datagram(_:)``).
    var key: UInt64
    /// Whether it has datagrams.
    var isDatagram = false
    /// The process that used it last.
    var owner = ProcessKey.none
    /// Where the process's list of connections is; -1 for none.
    var ownerPlace: Int32 = -1
    /// This end's address.
    var local = Endpoint(ipv4: 0, port: 0)
    /// The other end's address.
    var peer = Endpoint(ipv4: 0, port: 0)
    /// Whether its bytes have TCP's numbers.
    var isSequenced = false
    /// Whether the numbers of the first bytes are a guess: a capture without the handshake.
    var isAssumed = false
    /// TCP's number of the first byte this end sent.
    var firstSent: UInt32 = 0
    /// TCP's number of the first byte the other end sent.
    var firstReceived: UInt32 = 0
    /// Whether its opening was seen.
    var sawOpening = false
    /// When that was, ns of the source's clock.
    var openedAt: UInt64 = 0
    /// Whether nothing of it has been missed before its first record.
    var sawBeginning = false
    /// Exchanges that begin before this moment are left out (``LeftOut``); 0 for none.
    var quietEnd: UInt64 = 0
    /// Whether a record of data has come.
    var hasData = false
    /// What was sent.
    var sent = StreamPosition()
    /// What was received.
    var received = StreamPosition()
    /// The offset behind the last byte that the other end sends, once its FIN has come.
    var receivedEnd: UInt64?
    /// How far its protocol is known.
    var stage = Stage.recognising
    /// Records that begin a message which is too short to be recognised.
    var undecided: [HeldSegment] = []
    /// Protocols that it has proved not to speak.
    var ruledOut = ProtocolSet()
    /// Whether this end opened it; nil when that was not seen.
    var isOpener: Bool?
    /// How often its bytes, at the turn of its direction, were of no protocol.
    var failures = 0
    /// How often it has changed what it speaks.
    var changes = 0
    /// How many records were looked at in vain.
    var unrecognisedRecords = 0
    /// Which direction the last of them had: sent or not.
    var lastUnrecognisedIsSent: Bool?
    /// Records that wait for others.
    var waiting = HoldQueue()
    /// Whether its place is listed among the connections with records that wait.
    var isListed = false
    /// When it was used last, ns of the source's clock.
    var lastTime: UInt64 = 0
    /// What the kernel was asked for last.
    var mode: SocketModeChange

    /// A socket of which nothing is known.
    init(socket: UInt64) {
        self.socket = socket
        key = socket
        mode = SocketModeChange(socket: socket, send: 0, receive: 0)
    }

    /// Where a direction stands.
    subscript(isSent isSent: Bool) -> StreamPosition {
        get { isSent ? sent : received }
        set { if isSent { sent = newValue } else { received = newValue } }
    }

    /// Takes from a record what is the same in all of the connection's. `mayHaveMissed`: whether bytes may have moved before,
    /// unseen, although this is the first byte of its direction.
    mutating func begin(_ header: UnsafePointer<interspan_record>, isSent: Bool, mayHaveMissed: Bool = false) {
        hasData = true
        (local, peer) = Connection.endpoints(header)
        isSequenced = header.pointee.flags & UInt8(INTERSPAN_FLAG_SEQUENCED.rawValue) != 0
        isAssumed = header.pointee.flags & UInt8(INTERSPAN_FLAG_ASSUMED.rawValue) != 0
        firstSent = header.pointee.first_sent
        firstReceived = header.pointee.first_received
        let first = isSent ? firstSent : firstReceived
        let isBeginning = sawOpening || header.pointee.sequence == first
        sawBeginning = isSequenced && !isAssumed && !mayHaveMissed && isBeginning
        if sawBeginning {
            sent.beginAtZero()
            received.beginAtZero()
        }
    }

    /// Without TCP's numbers, bytes count from where the kernel has met the socket. A direction begins there, so that a
    /// connection that was forgotten and comes again does not give its exchanges identities that others had.
    mutating func count(from header: UnsafePointer<interspan_record>, isSent: Bool) {
        guard !isSequenced, !self[isSent: isSent].isKnown else { return }
        self[isSent: isSent].advance(to: UInt64(header.pointee.sequence))
    }

    /// The offset of a record's first byte in its direction.
    func offset(_ header: UnsafePointer<interspan_record>, isSent: Bool) -> UInt64 {
        guard isSequenced else { return self[isSent: isSent].next }
        return self[isSent: isSent].offset(of: header.pointee.sequence, first: isSent ? firstSent : firstReceived)
    }

    /// What identifies the connection, at both of its ends.
    func identity(requesterIsLocal: Bool) -> ConnectionIdentity {
        let kind: ConnectionIdentity.Kind
        let ends: (local: UInt64, peer: UInt64)
        if isSequenced, !isAssumed {
            kind = .tcp
            ends = (UInt64(firstSent), UInt64(firstReceived))
        } else if local.family == .unix {
            kind = local.high != 0 && peer.high != 0 ? .unix : .observed
            ends = (local.high, peer.high)
        } else {
            kind = .observed
            ends = (Connection.hash(local, firstSent), Connection.hash(peer, firstReceived))
        }
        return ConnectionIdentity(
            kind: kind, requester: requesterIsLocal ? ends.local : ends.peer,
            responder: requesterIsLocal ? ends.peer : ends.local)
    }

    private static func hash(_ endpoint: Endpoint, _ first: UInt32) -> UInt64 {
        var mixer = Mixer(seed: UInt64(endpoint.port) << 32 | UInt64(first))
        mixer.absorb(endpoint.high)
        mixer.absorb(endpoint.low)
        return mixer.finish().0
    }

    static func endpoints(_ header: UnsafePointer<interspan_record>) -> (local: Endpoint, peer: Endpoint) {
        let family = header.pointee.family
        func endpoint(_ bytes: UnsafeRawBufferPointer, _ port: UInt16) -> Endpoint {
            switch Int32(family) {
            case addressFamilyUnix:
                Endpoint(family: .unix, port: 0, high: bytes.loadUnaligned(as: UInt64.self), low: 0)
            case addressFamilyIPv6: Endpoint(family: .ipv6, port: port, bytes: bytes)
            default: Endpoint(family: .ipv4, port: port, bytes: bytes)
            }
        }
        return withUnsafeBytes(of: header.pointee.local_address) { local in
            withUnsafeBytes(of: header.pointee.peer_address) { peer in
                (endpoint(local, header.pointee.local_port), endpoint(peer, header.pointee.peer_port))
            }
        }
    }

    private static let addressFamilyUnix: Int32 = 1
    private static let addressFamilyIPv6: Int32 = 10
}
