import CInterspanBPF
@testable import Capture

/// Reads an input as a script of what happened on a few sockets, and feeds its records to a tracker.
///
/// An input is text with commands in it, so that what is inserted or removed changes the text alone. The first byte has
/// options. A command is an escape and a byte: its low half says what, its high half is its argument. The bytes up to the
/// next command are its payload, if it moves any.
struct Script: ~Copyable {
    /// Most records of one round, so that a short script cannot be long work.
    private static let maximumRecords = 1024
    private static let sockets = 4

    /// One end of a connection; a new one with each life of its socket.
    private struct End {
        var life: UInt64 = 1
        var sent: UInt64 = 0
        var received: UInt64 = 0
    }

    /// A record that owns its bytes.
    private struct Held {
        var header: interspan_record
        var head: [UInt8]
        var tail: [UInt8]
    }

    var tracker: ConnectionTracker
    var ledger: Ledger
    private var batch = ObservationBatch()
    private var ends = [End](repeating: End(), count: Script.sockets)
    private var time: UInt64 = 1_000_000_000
    private var records = 0
    private var isHolding = false
    private var held: [Held] = []
    private var last: Held?
    /// What the first connection speaks without being asked, and whether it was joined in the middle.
    var forced: (identity: ApplicationProtocol, isJoined: Bool)?
    /// Whether what moves are datagrams, to and from a server at port 53.
    var hasDatagrams = false
    /// Begins a command.
    private let escape: [UInt8]
    private let isSequenced: Bool
    private let isAssumed: Bool
    private let isPacket: Bool
    private let feedsBothEnds: Bool

    /// - Parameter isStrict: whether no exchange may be opened twice.
    init(options: UInt8, escape: [UInt8], isStrict: Bool = true) {
        self.escape = escape
        var capture = CaptureOptions()
        capture.headers.contexts = ["traceparent", "tracestate"]
        capture.headers.requestIDs = ["x-request-id"]
        capture.values.isOn = true
        capture.values.ignored = ["id", "a*"]
        capture.maximumHead = 4096
        let isSmall = options & 1 != 0
        capture.maximumConnections = isSmall ? 2 : 64
        isSequenced = options & 2 == 0
        isAssumed = options & 4 != 0
        isPacket = options & 8 != 0
        feedsBothEnds = options & 16 != 0
        tracker = ConnectionTracker(options: capture)
        ledger = Ledger(isStrict: isStrict && !isSmall && options & 2 == 0)
    }

    /// Plays the script, from now on and with sockets that have not been seen.
    mutating func play(_ input: UnsafeRawBufferPointer) {
        records = 0
        for index in ends.indices { renew(index) }
        var cursor = Cursor(input)
        if let forced { force(forced.identity, isJoined: forced.isJoined) }
        move(&cursor, socket: 0, isSent: true)
        while !cursor.isAtEnd, records < Script.maximumRecords {
            let code = cursor.byte()
            command(code & 15, argument: code >> 4, &cursor)
        }
        release(reversed: false)
    }

    /// Ends the capture and checks what must hold then.
    mutating func finish() {
        tracker.finish(into: &batch)
        ledger.take(&batch)
        let counters = tracker.counters
        ledger.close(counters, losses: counters.losses)
        require(tracker.holdBudget.used == 0, "\(tracker.holdBudget.used) bytes are held for no one")
        // The whole budget of the exchanges is there again.
        let limit = MemoryBudget().limit
        require(tracker.exchanges.reserve(limit), "memory of exchanges that are over was not given back")
        tracker.exchanges.unreserve(limit)
    }

    private mutating func command(_ code: UInt8, argument: UInt8, _ cursor: inout Cursor) {
        let socket = Int(argument & 3)
        let isSent = argument & 4 == 0
        switch code {
        case 0: move(&cursor, socket: socket, isSent: isSent)
        case 1: move(&cursor, socket: socket, isSent: isSent, displaced: Int64(Int16(bitPattern: cursor.word())))
        case 2:
            let displaced = Int64(Int16(bitPattern: cursor.word())) << 16
            move(&cursor, socket: socket, isSent: isSent, displaced: displaced)
        case 3:
            let (head, tail) = (Int(cursor.byte()), Int(cursor.byte()))
            move(&cursor, socket: socket, isSent: isSent, head: head, tail: tail)
        case 4:
            let length = UInt64(cursor.byte()) << UInt64(cursor.byte() % 24)
            move(&cursor, socket: socket, isSent: isSent, unknown: length)
        case 5: move(&cursor, socket: socket, isSent: isSent, flags: UInt8(INTERSPAN_FLAG_UNREAD.rawValue))
        case 6:
            time += 1 << (UInt64(argument) * 3)
            tracker.advance(to: time, into: &batch)
            ledger.take(&batch)
        case 7:
            renew(socket)
            event(INTERSPAN_KIND_OPEN, socket)
        case 8:
            event(INTERSPAN_KIND_CLOSE, socket)
            renew(socket)
        case 9: event(INTERSPAN_KIND_PEER_CLOSED, socket, displaced: argument & 8 == 0 ? 0 : Int64(cursor.byte()) - 128)
        case 10: event(INTERSPAN_KIND_EXIT, socket)
        case 11: event(argument & 4 == 0 ? INTERSPAN_KIND_FORK : INTERSPAN_KIND_EXEC, socket)
        case 12: isHolding = true
        case 13: release(reversed: argument & 1 != 0)
        case 14: if let last { for _ in 0...argument { emit(last) } }
        default: event(interspan_kind(UInt32(cursor.byte())), socket)
        }
    }

    /// The first socket is opened, and speaks a protocol, whatever its bytes are.
    private mutating func force(_ identity: ApplicationProtocol, isJoined: Bool) {
        event(INTERSPAN_KIND_OPEN, 0)
        guard let last, let index = tracker.sockets[last.header.socket] else { return }
        let atBeginning = (requester: !isJoined, responder: !isJoined)
        let place = tracker.parsers.make(identity, recognised: .requester, atBeginning: atBeginning)
        tracker.connections[index].stage = .parsing(place, requesterIsLocal: true)
    }

    /// A new life of a socket: the number and the first sequence numbers are others than before.
    private mutating func renew(_ socket: Int) {
        // What is held back belongs to the life before.
        release(reversed: false)
        ends[socket] = End(life: ends[socket].life + 1)
    }

    private mutating func move(
        _ cursor: inout Cursor, socket: Int, isSent: Bool, displaced: Int64 = 0, head: Int = .max, tail: Int = 0,
        unknown: UInt64 = 0, flags: UInt8 = 0
    ) {
        let payload = cursor.run(until: escape)
        let length = UInt64(payload.count) + unknown
        guard length > 0 else { return }
        var header = header(INTERSPAN_KIND_DATA, socket)
        let direction = isSent ? INTERSPAN_DIRECTION_SEND : INTERSPAN_DIRECTION_RECEIVE
        header.direction = UInt8(direction.rawValue)
        header.flags |= flags
        header.length = UInt32(truncatingIfNeeded: length)
        let offset = Int64(isSent ? ends[socket].sent : ends[socket].received) + displaced
        let first = isSent ? header.first_sent : header.first_received
        header.sequence = first &+ UInt32(truncatingIfNeeded: offset)
        if displaced == 0 {
            if isSent { ends[socket].sent += length } else { ends[socket].received += length }
        }
        let isUnread = flags != 0
        let start = Array(payload.prefix(isUnread ? 0 : head))
        let end = Array(payload.dropFirst(start.count).suffix(isUnread ? 0 : tail))
        emit(Held(header: header, head: start, tail: end))
        guard feedsBothEnds else { return }
        emit(Held(header: mirrored(header), head: start, tail: end))
    }

    private mutating func event(_ kind: interspan_kind, _ socket: Int, displaced: Int64 = 0) {
        var header = header(kind, socket)
        let offset = Int64(ends[socket].received) + displaced
        header.sequence = header.first_received &+ UInt32(truncatingIfNeeded: offset)
        header.peer_pid = header.pid
        header.peer_tid = header.tid + 1
        emit(Held(header: header, head: [], tail: []))
    }

    private mutating func header(_ kind: interspan_kind, _ socket: Int) -> interspan_record {
        time += 1000
        let number = ends[socket].life * UInt64(Script.sockets) + UInt64(socket)
        var header = interspan_record()
        header.size = UInt32(MemoryLayout<interspan_record>.size)
        header.kind = UInt8(truncatingIfNeeded: kind.rawValue)
        header.time = time
        header.socket = number * 2
        header.pid = isPacket ? 0 : UInt32(100 + socket)
        header.process_start = 5
        header.tid = 1
        header.family = isSequenced ? 2 : 1
        header.local_port = UInt16(truncatingIfNeeded: number)
        header.peer_port = 80
        header.local_address.0 = UInt8(truncatingIfNeeded: number)
        header.peer_address.0 = UInt8(truncatingIfNeeded: number >> 4)
        if hasDatagrams {
            header.family = 2
            header.peer_port = 53
            header.flags = UInt8(INTERSPAN_FLAG_DATAGRAM.rawValue)
            return header
        }
        guard isSequenced else { return header }
        let assumed = isAssumed ? INTERSPAN_FLAG_ASSUMED.rawValue : 0
        header.flags = UInt8(INTERSPAN_FLAG_SEQUENCED.rawValue | assumed)
        // Close to where numbers begin anew.
        header.first_sent = UInt32(truncatingIfNeeded: number) &* 0x0100_0001 &- 50
        header.first_received = UInt32(truncatingIfNeeded: number) &* 0x0200_0003 &- 900
        return header
    }

    /// The record of the connection's other end.
    private func mirrored(_ header: interspan_record) -> interspan_record {
        var other = header
        other.socket += 1
        other.pid = header.pid == 0 ? 0 : header.pid + 100
        other.direction = header.direction ^ 3
        (other.first_sent, other.first_received) = (header.first_received, header.first_sent)
        (other.local_port, other.peer_port) = (header.peer_port, header.local_port)
        (other.local_address, other.peer_address) = (header.peer_address, header.local_address)
        return other
    }

    private mutating func release(reversed: Bool) {
        isHolding = false
        let records = reversed ? held.reversed() : held
        held = []
        for record in records { emit(record) }
    }

    private mutating func emit(_ record: Held) {
        guard records < Script.maximumRecords else { return }
        records += 1
        last = record
        if isHolding {
            held.append(record)
            return
        }
        withUnsafePointer(to: record.header) { header in
            record.head.withUnsafeBytes { head in
                record.tail.withUnsafeBytes { tail in
                    tracker.consume(Record(header: header, head: head, tail: tail), into: &batch)
                }
            }
        }
        ledger.take(&batch)
    }
}
