import CInterspanBPF

/// One record's bytes at their place in their direction's stream: some known bytes, a stretch known by its length
/// alone (or with several stretches of known bytes in it), and some known bytes at the end. Borrowed for the time of a
/// call.
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
    /// Further known bytes among the unknown ones.
    private(set) var inner: RecordRanges?

    /// A record at its place. Captured bytes beyond the record's length are ignored.
    init(_ record: Record, isSent: Bool, offset: UInt64) {
        let length = Int(record.header.pointee.length)
        header = record.header
        self.isSent = isSent
        self.offset = offset
        if record.header.pointee.flags & UInt8(INTERSPAN_FLAG_RANGES.rawValue) != 0 {
            inner = RecordRanges(record)
            var first = 0
            if let inner, inner.count > 0, inner[0].offset == 0 { first = Int(inner[0].count) }
            head = UnsafeRawBufferPointer(rebasing: record.head.prefix(first))
            tail = UnsafeRawBufferPointer(start: nil, count: 0)
            unknown = UInt64(length - first)
            return
        }
        let headCount = min(record.head.count, length)
        let tailCount = min(record.tail.count, length - headCount)
        head = UnsafeRawBufferPointer(rebasing: record.head.prefix(headCount))
        tail = UnsafeRawBufferPointer(rebasing: record.tail.suffix(tailCount))
        unknown = UInt64(length - headCount - tailCount)
    }

    /// Bytes that a copy of it has to keep.
    var knownCount: Int { inner.map { $0.bytes.count + $0.ranges.count } ?? head.count + tail.count }
    /// Bytes that it covers.
    var length: UInt64 { UInt64(head.count) &+ unknown &+ UInt64(tail.count) }
    /// Offset behind its last byte.
    var end: UInt64 { offset &+ length }

    /// Removes bytes from its start, at most all of them.
    mutating func dropFirst(_ count: UInt64) {
        var rest = min(count, length)
        // What is repeated is rare, and what it cost is little.
        if rest > 0 { inner = nil }
        offset &+= rest
        let fromHead = min(Int(rest), head.count)
        head = UnsafeRawBufferPointer(rebasing: head.dropFirst(fromHead))
        rest &-= UInt64(fromHead)
        let fromUnknown = min(rest, unknown)
        unknown &-= fromUnknown
        rest &-= fromUnknown
        tail = UnsafeRawBufferPointer(rebasing: tail.dropFirst(Int(rest)))
    }

    /// Calls with its stretches in their order: known bytes with their offset, or how many are not known.
    func forEachStretch(_ body: (_ known: UnsafeRawBufferPointer, _ unknown: UInt64, _ offset: UInt64) -> Bool) {
        let none = UnsafeRawBufferPointer(start: nil, count: 0)
        if !head.isEmpty, !body(head, 0, offset) { return }
        var place = UInt64(head.count)
        if let inner {
            var used = head.count
            for index in (head.isEmpty ? 0 : 1)..<max(inner.count, head.isEmpty ? 0 : 1) {
                let range = inner[index]
                let gap = UInt64(range.offset) &- place
                if gap > 0, !body(none, gap, offset &+ place) { return }
                place &+= gap
                let known = UnsafeRawBufferPointer(rebasing: inner.bytes[used..<(used + Int(range.count))])
                used += known.count
                if !known.isEmpty, !body(known, 0, offset &+ place) { return }
                place &+= UInt64(known.count)
            }
        }
        let gap = UInt64(head.count) &+ unknown &- place
        if gap > 0, !body(none, gap, offset &+ place) { return }
        if !tail.isEmpty { _ = body(tail, 0, offset &+ place &+ gap) }
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
        if let inner = segment.inner {
            headCount = inner.bytes.count
            bytes = Array(inner.bytes) + Array(inner.ranges)
        } else {
            header.flags &= ~UInt8(INTERSPAN_FLAG_RANGES.rawValue)
            headCount = segment.head.count
            bytes = Array(segment.head) + Array(segment.tail)
        }
        self.header = header
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
