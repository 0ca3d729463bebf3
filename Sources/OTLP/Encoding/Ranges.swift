// Ranges of a batch, cut to what is there: a wrong range must cost the attribute, never the agent.

extension UnsafeRawBufferPointer {
    /// The bytes of a range.
    @inline(__always)
    func bytes(of range: ArenaRange) -> UnsafeRawBufferPointer {
        let start = Swift.min(Int(range.offset), count)
        return UnsafeRawBufferPointer(rebasing: self[start..<Swift.min(start + Int(range.count), count)])
    }
}

extension Array {
    /// The indices of a range.
    @inline(__always)
    func indices(of range: IndexRange) -> Range<Int> {
        let start = Swift.min(Int(range.start), count)
        return start..<Swift.min(start + Int(range.count), count)
    }
}
