internal import OTLP

/// A header's value without the queries of the URLs in it, as `Referer`, `Location` and `Link` have them: what is masked in
/// `url.query` must not leave by another way.
enum HeaderValueMask {
    /// Adds the value to the batch's arena.
    static func append(
        _ value: UnsafeRawBufferPointer, query rule: TextRule, to batch: inout SpanBatch
    ) -> ArenaRange {
        let start = UInt32(batch.bytes.count)
        var rest = value[...]
        while let mark = rest.firstIndex(of: UInt8(ascii: "?")), isURL(value[..<mark]) {
            _ = batch.append(bytes: UnsafeRawBufferPointer(rebasing: rest[...mark]))
            let end = rest[mark...].firstIndex(where: endsURL) ?? rest.endIndex
            if rule != .drop {
                _ = QueryMask.append(UnsafeRawBufferPointer(rebasing: rest[(mark + 1)..<end]), rule, to: &batch)
            }
            rest = rest[end...]
        }
        _ = batch.append(bytes: UnsafeRawBufferPointer(rebasing: rest))
        return ArenaRange(offset: start, count: UInt32(batch.bytes.count) - start)
    }

    /// Whether what is in front of a question mark may belong to a URL: a path at least.
    private static func isURL(_ text: Slice<UnsafeRawBufferPointer>) -> Bool { text.contains(UInt8(ascii: "/")) }

    private static func endsURL(_ byte: UInt8) -> Bool {
        byte <= 0x20 || "\"<>#,".utf8.contains(byte)
    }
}
