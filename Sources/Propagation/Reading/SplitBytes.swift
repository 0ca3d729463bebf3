/// Takes bytes apart at a separator, from front to back.
struct SplitBytes {
    private var rest: UnsafeRawBufferPointer
    private let separator: UInt8
    /// Whether there is no further part. Bytes without a separator, none at all among them, are one part.
    private(set) var isAtEnd = false

    init(_ bytes: UnsafeRawBufferPointer, at separator: UInt8) {
        rest = bytes
        self.separator = separator
    }

    /// The next part, without the separator; nil after the last.
    mutating func next() -> UnsafeRawBufferPointer? {
        if isAtEnd { return nil }
        var end = 0
        while end < rest.count, rest[end] != separator { end += 1 }
        let part = rest.part(0, end)
        isAtEnd = end == rest.count
        rest = isAtEnd ? rest.part(end, 0) : rest.part(end + 1, rest.count - end - 1)
        return part
    }
}
