import CInterspanBPF

/// One record's bytes at their place in their direction's stream: some known bytes, a stretch known by its length
/// alone, and some known bytes at the end. Borrowed for the time of a call.
struct Segment {
    /// The record.
    let header: UnsafePointer<interspan_record>
    /// Whether this end of the connection sent it.
    let isSent: Bool
    /// Offset of its first byte.
    var offset: UInt64
    /// Known bytes at its start.
    private(set) var head: UnsafeRawBufferPointer
    /// Bytes between ``head`` and ``tail`` whose contents are not known.
    private(set) var unknown: UInt64
    /// Known bytes at its end.
    private(set) var tail: UnsafeRawBufferPointer

    /// A record at its place. Captured bytes beyond the record's length are ignored.
    init(_ record: Record, isSent: Bool, offset: UInt64) {
        let length = Int(record.header.pointee.length)
        header = record.header
        self.isSent = isSent
        self.offset = offset
        let headCount = min(record.head.count, length)
        let tailCount = min(record.tail.count, length - headCount)
        head = UnsafeRawBufferPointer(rebasing: record.head.prefix(headCount))
        tail = UnsafeRawBufferPointer(rebasing: record.tail.suffix(tailCount))
        unknown = UInt64(length - headCount - tailCount)
    }

    /// Bytes that it covers.
    var length: UInt64 { UInt64(head.count) &+ unknown &+ UInt64(tail.count) }
    /// Offset behind its last byte.
    var end: UInt64 { offset &+ length }

    /// Removes bytes from its start, at most all of them.
    mutating func dropFirst(_ count: UInt64) {
        var rest = min(count, length)
        offset &+= rest
        let fromHead = min(Int(rest), head.count)
        head = UnsafeRawBufferPointer(rebasing: head.dropFirst(fromHead))
        rest &-= UInt64(fromHead)
        let fromUnknown = min(rest, unknown)
        unknown &-= fromUnknown
        rest &-= fromUnknown
        tail = UnsafeRawBufferPointer(rebasing: tail.dropFirst(Int(rest)))
    }
}

/// A copy of a segment that has to wait.
struct HeldSegment {
    private let header: interspan_record
    private let headCount: Int
    /// Its known bytes.
    let bytes: [UInt8]
    /// Whether this end of the connection sent it.
    let isSent: Bool
    /// Offset of its first byte.
    let offset: UInt64

    /// Copies a segment.
    init(_ segment: Segment) {
        var header = segment.header.pointee
        header.length = UInt32(truncatingIfNeeded: segment.length)
        self.header = header
        headCount = segment.head.count
        bytes = Array(segment.head) + Array(segment.tail)
        isSent = segment.isSent
        offset = segment.offset
    }

    /// When its record was made, ns of the source's clock.
    var time: UInt64 { header.time }
    /// Memory it takes, bytes.
    var size: Int { HeldSegment.size(ofBytes: bytes.count) }
    /// The process that made its record; 0 for a packet.
    var pid: UInt32 { header.pid }

    /// Memory that a copy of so many known bytes takes.
    static func size(ofBytes count: Int) -> Int { MemoryLayout<HeldSegment>.stride + count }

    /// The segment again, for the time of the call.
    func withSegment<Result>(_ body: (Segment) -> Result) -> Result {
        withUnsafePointer(to: header) { header in
            bytes.withUnsafeBytes { bytes in
                let record = Record(
                    header: header, head: UnsafeRawBufferPointer(rebasing: bytes.prefix(headCount)),
                    tail: UnsafeRawBufferPointer(rebasing: bytes.dropFirst(headCount)))
                return body(Segment(record, isSent: isSent, offset: offset))
            }
        }
    }
}
