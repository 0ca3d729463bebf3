import CInterspanBPF

/// What the exchanges of a record have in common: set before a parser sees the record's bytes.
struct RecordContext {
    /// Counts records, from 1.
    var serial: UInt64 = 0
    /// What the connection speaks.
    var `protocol` = ApplicationProtocol.http1
    /// The connection's index.
    var connection: Int32 = -1
    /// The socket.
    var socket: UInt64 = 0
    /// This end's address.
    var local = Endpoint(ipv4: 0, port: 0)
    /// The other end's address.
    var peer = Endpoint(ipv4: 0, port: 0)
    /// What identifies this end's direction and the other's.
    var identity = ConnectionIdentity(kind: .observed, requester: 0, responder: 0)
    /// Whether this end sends the requests.
    var role = Role.client
    /// Whether the connection's opening was seen.
    var sawOpening = false
    /// Whether what begins now is left out, see ``LeftOut``.
    var isLeftOut = false
    /// Whether it has datagrams.
    var isDatagram = false
    /// When the bytes moved and who moved them.
    var point = ExecutionPoint(time: 0)
    /// Whose record it is.
    var process = ProcessIdentity.none
}

extension ExecutionPoint {
    /// Where a record was made.
    init(_ header: UnsafePointer<interspan_record>) {
        self.init(
            time: header.pointee.time, process: ProcessKey(header), thread: header.pointee.tid,
            turn: header.pointee.turn, unit: header.pointee.unit,
            group: header.pointee.group, unitKind: UnitKind(rawValue: header.pointee.unit_kind) ?? .thread)
    }
}

extension ProcessKey {
    /// The process that made a record.
    init(_ header: UnsafePointer<interspan_record>) {
        self.init(pid: header.pointee.pid, start: header.pointee.process_start)
    }
}

extension ProcessIdentity {
    /// The process that made a record, as the record describes it.
    init(_ header: UnsafePointer<interspan_record>) {
        let command = withUnsafeBytes(of: header.pointee.command) {
            ($0.loadUnaligned(as: UInt64.self), $0.loadUnaligned(fromByteOffset: 8, as: UInt64.self))
        }
        self.init(
            key: ProcessKey(header), namespacePID: header.pointee.namespace_pid,
            networkNamespace: header.pointee.network_namespace, cgroup: header.pointee.cgroup, command: command)
    }
}
