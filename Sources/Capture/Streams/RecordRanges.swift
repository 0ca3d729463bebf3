import CInterspanBPF

/// The stretches of a call's bytes that a record has, where they are more than its first and its last. Borrowed from the
/// record.
struct RecordRanges {
    /// The bytes of all stretches, one after the other.
    let bytes: UnsafeRawBufferPointer
    /// An `interspan_range` for each stretch.
    let ranges: UnsafeRawBufferPointer

    /// The stretches of a record; nil when it has none, or when they are no stretches of so many bytes.
    init?(_ record: Record) {
        guard record.header.pointee.flags & UInt8(INTERSPAN_FLAG_RANGES.rawValue) != 0 else { return nil }
        bytes = record.head
        ranges = record.tail
        var (end, count): (UInt64, UInt64) = (0, 0)
        for index in 0..<self.count {
            guard UInt64(self[index].offset) >= end else { return nil }
            end = UInt64(self[index].offset) + UInt64(self[index].count)
            count += UInt64(self[index].count)
        }
        guard count == UInt64(bytes.count), end <= UInt64(record.header.pointee.length) else { return nil }
    }

    /// How many there are.
    var count: Int { ranges.count / MemoryLayout<interspan_range>.stride }

    /// Where one of them was in the call.
    subscript(index: Int) -> interspan_range {
        ranges.loadUnaligned(fromByteOffset: index * MemoryLayout<interspan_range>.stride, as: interspan_range.self)
    }
}
