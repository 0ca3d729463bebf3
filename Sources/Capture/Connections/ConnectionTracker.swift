import CInterspanBPF

/// From records to observations: every socket's two directions, what they speak, and the exchanges in them. A state
/// machine without I/O; time is what the records say.
///
/// Both ends of a connection on one host are two sockets, each followed for itself. Not thread safe.
///
/// ``consume(_:into:)`` is called for each record in the order of their times, ``advance(to:into:)`` once a pass, and
/// ``finish(into:)`` at the end. ``modeChanges`` is for whoever can tell the kernel, and may be left alone.
package struct ConnectionTracker: ~Copyable {
    /// How long a record waits for one that is missing, ns: by the kernel's own account records are at most a few
    /// milliseconds out of order.
    static let recordPatience: UInt64 = 20_000_000
    /// How long a packet waits for one that is missing, ns: a lost one is sent again after 200 ms or more (RFC 6298).
    static let packetPatience: UInt64 = 1_000_000_000
    /// A connection without an exchange under way is forgotten after resting for so long, ns. An AF_UNIX socket that closes
    /// leaves no record, and its other end may never look; should a connection go on, it is recognised anew.
    static let idleTimeout: UInt64 = 300_000_000_000
    /// Most changes of mode that wait to be fetched. They save work; nothing is lost without them.
    static let maximumModeChanges = 4096

    /// Changes of mode since whoever fetches them emptied this.
    package var modeChanges: [SocketModeChange] = []

    let maximumConnections: Int
    var sockets = IndexTable()
    var unixEnds = UnixEnds()
    var connections = Slab<Connection>()
    var exchanges: ExchangeTable
    var parsers = ParserTable()
    var processes = ProcessIndex()
    var useLinks = IndexLinks()
    /// Connections, the idlest first.
    var byUse = IndexList()
    /// Those that have datagrams, the idlest first.
    var datagramsByUse = IndexList()
    /// What makes wall clock time of the source's, ns.
    package var wallClockOffset: Int64 = 0
    /// Connections with records that wait; some may have none any more.
    var waiting: [Int32] = []
    /// No record has waited long enough before this moment.
    var nextDeadline = UInt64.max
    var holdBudget = MemoryBudget()
    /// Connections that are left out under overload.
    var leftOut = LeftOut()
    /// When the next change of their share is due, ns.
    var nextShare = UInt64.max
    /// Records of connections that were left out when they came.
    var leftOutRecords: UInt64 = 0
    var records: UInt64 = 0
    /// Connections that were recognised.
    var recognised = ProtocolCounters()
    /// Counts what parsers are given, record by record.
    var serial: UInt64 = 0

    /// A tracker that has seen nothing.
    package init(options: CaptureOptions) {
        maximumConnections = max(options.maximumConnections, 1)
        exchanges = ExchangeTable(options: options)
    }

    /// What was counted so far: exchanges, connections and losses; the kernel's own counters are its source's.
    package var counters: CaptureCounters {
        var counters = CaptureCounters()
        counters.consumed = records
        counters.opened = exchanges.opened
        counters.closed = exchanges.closed
        counters.passedOver = exchanges.passedOver
        counters.connections = UInt64(connections.count)
        counters.recognised = recognised
        counters.losses = exchanges.losses.total
        counters.shedding.exchanges = exchanges.shed
        counters.shedding.records = leftOutRecords
        return counters
    }

    /// Takes one record.
    package mutating func consume(_ record: Record, into batch: inout ObservationBatch) {
        swap(&batch, &exchanges.batch)
        defer { swap(&batch, &exchanges.batch) }
        records &+= 1
        let header = record.header
        exchanges.now = header.pointee.time
        if header.pointee.time >= nextShare { changeShare(at: header.pointee.time) }
        switch UInt32(header.pointee.kind) {
        case INTERSPAN_KIND_DATA.rawValue where header.pointee.flags & ConnectionTracker.datagramFlag != 0:
            datagram(record)
        case INTERSPAN_KIND_DATA.rawValue: data(record)
        case INTERSPAN_KIND_OPEN.rawValue: opened(header)
        case INTERSPAN_KIND_CLOSE.rawValue: closed(header)
        case INTERSPAN_KIND_PEER_CLOSED.rawValue: peerClosed(header)
        case INTERSPAN_KIND_FORK.rawValue:
            // A thread has its process's start; a new process's own is not in the record.
            let point = ExecutionPoint(header)
            let isThread = header.pointee.peer_pid == header.pointee.pid
            let child = ProcessKey(pid: header.pointee.peer_pid, start: isThread ? point.process.start : 0)
            note(.forked(point, child: child, childThread: header.pointee.peer_tid))
        case INTERSPAN_KIND_EXEC.rawValue: note(.executed(ExecutionPoint(header)))
        case INTERSPAN_KIND_EXIT.rawValue: exited(header)
        default: break
        }
    }

    /// Says that the source's clock has come to a moment (ns): records that waited long enough are passed on,
    /// connections that rested long enough forgotten, and losses reported.
    package mutating func advance(to time: UInt64, into batch: inout ObservationBatch) {
        swap(&batch, &exchanges.batch)
        defer { swap(&batch, &exchanges.batch) }
        exchanges.now = max(exchanges.now, time)
        if time >= nextShare { changeShare(at: time) }
        if time >= nextDeadline { expireWaiting(at: time) }
        forgetIdle(at: time)
        forgetIdleDatagrams(at: time)
        exchanges.losses.report(into: &exchanges.batch)
    }

    /// The capture ended: closes whatever is open.
    package mutating func finish(into batch: inout ObservationBatch) {
        swap(&batch, &exchanges.batch)
        defer { swap(&batch, &exchanges.batch) }
        while byUse.first >= 0 {
            end(byUse.first, .captureEnded)
        }
        while datagramsByUse.first >= 0 {
            end(datagramsByUse.first, .captureEnded)
        }
        exchanges.losses.report(into: &exchanges.batch)
    }

    /// Adds an observation.
    mutating func note(_ lineage: Lineage) { exchanges.batch.observations.append(.lineage(lineage)) }
}
