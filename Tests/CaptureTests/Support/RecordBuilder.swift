import CInterspanBPF
import Capture

/// A record that owns its bytes.
struct TestRecord {
    var header: interspan_record
    var head: [UInt8]
    var tail: [UInt8]

    /// The record, for the time of the call.
    func withRecord<Result>(_ body: (Record) -> Result) -> Result {
        withUnsafePointer(to: header) { header in
            head.withUnsafeBytes { head in
                tail.withUnsafeBytes { tail in body(Record(header: header, head: head, tail: tail)) }
            }
        }
    }
}

/// Makes the records of one socket as the kernel would, keeping count of both directions.
struct RecordBuilder {
    var socket: UInt64 = 1
    var pid: UInt32 = 100
    var processStart: UInt64 = 5
    var thread: UInt32 = 101
    var turn: UInt32 = 1
    /// ns; each record is stamped `step` after the one before.
    var time: UInt64 = 1_000_000_000
    var step: UInt64 = 10_000
    var family: UInt16 = 2
    var firstSent: UInt32 = 1000
    var firstReceived: UInt32 = 5_000_000
    /// Whether the bytes have TCP's numbers.
    var isSequenced = true
    /// Offsets of the next byte.
    var sent: UInt64 = 0
    var received: UInt64 = 0
    /// How many bytes of a call are captured at its start and at its end.
    var headLimit = Int.max
    var tailLimit = 0
    var localAddress: [UInt8] = [10, 0, 0, 1]
    var peerAddress: [UInt8] = [10, 0, 0, 2]
    var localPort: UInt16 = 40000
    var peerPort: UInt16 = 8080

    /// The other end of the same connection.
    var peer: RecordBuilder {
        var other = self
        other.socket = socket + 1_000_000
        other.pid = pid + 1
        other.thread = thread + 100
        (other.firstSent, other.firstReceived) = (firstReceived, firstSent)
        (other.sent, other.received) = (received, sent)
        (other.localAddress, other.peerAddress) = (peerAddress, localAddress)
        (other.localPort, other.peerPort) = (peerPort, localPort)
        return other
    }

    /// A record without bytes.
    mutating func event(_ kind: interspan_kind, peerPID: UInt32 = 0, peerThread: UInt32 = 0) -> TestRecord {
        time += step
        var header = interspan_record()
        header.size = UInt32(MemoryLayout<interspan_record>.size)
        header.kind = UInt8(kind.rawValue)
        header.time = time
        header.process_start = processStart
        header.socket = socket
        header.pid = pid
        header.tid = thread
        header.turn = turn
        header.family = family
        header.local_port = localPort
        header.peer_port = peerPort
        header.peer_pid = peerPID
        header.peer_tid = peerThread
        withUnsafeMutableBytes(of: &header.local_address) { $0.copyBytes(from: localAddress) }
        withUnsafeMutableBytes(of: &header.peer_address) { $0.copyBytes(from: peerAddress) }
        return TestRecord(header: header, head: [], tail: [])
    }

    /// Bytes that this end sent.
    mutating func send(_ bytes: [UInt8]) -> TestRecord {
        defer { sent += UInt64(bytes.count) }
        return data(bytes, INTERSPAN_DIRECTION_SEND, firstSent &+ UInt32(truncatingIfNeeded: sent))
    }

    /// Bytes that this end received.
    mutating func receive(_ bytes: [UInt8]) -> TestRecord {
        defer { received += UInt64(bytes.count) }
        return data(bytes, INTERSPAN_DIRECTION_RECEIVE, firstReceived &+ UInt32(truncatingIfNeeded: received))
    }

    mutating func send(_ text: String) -> TestRecord { send(Array(text.utf8)) }
    mutating func receive(_ text: String) -> TestRecord { receive(Array(text.utf8)) }

    private mutating func data(_ bytes: [UInt8], _ direction: interspan_direction, _ sequence: UInt32) -> TestRecord {
        var record = event(INTERSPAN_KIND_DATA)
        let head = Array(bytes.prefix(headLimit))
        let tail = Array(bytes.dropFirst(head.count).suffix(tailLimit))
        record.header.direction = UInt8(direction.rawValue)
        record.header.flags = isSequenced ? UInt8(INTERSPAN_FLAG_SEQUENCED.rawValue) : 0
        record.header.first_sent = isSequenced ? firstSent : 0
        record.header.first_received = isSequenced ? firstReceived : 0
        // AF_UNIX: the offset since the kernel met the socket.
        let first = direction == INTERSPAN_DIRECTION_SEND ? firstSent : firstReceived
        record.header.sequence = isSequenced ? sequence : sequence &- first
        record.header.length = UInt32(bytes.count)
        record.header.head_length = UInt32(head.count)
        record.header.tail_length = UInt32(tail.count)
        record.header.size += UInt32(head.count + tail.count)
        record.head = head
        record.tail = tail
        return record
    }
}
