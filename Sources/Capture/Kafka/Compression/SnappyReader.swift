private import CSnappy

/// Snappy by libsnappy, in both forms that producers send: one block, or snappy-java's stream of them (a head of 16
/// bytes that begins with `\x82SNAPPY\0`, then blocks behind their lengths). A block cannot be had in part.
enum SnappyReader {
    private static let head: [UInt8] = [0x82, 0x53, 0x4E, 0x41, 0x50, 0x50, 0x59, 0]
    private static let headLength = 16

    /// Decompresses until the room or the source ends.
    ///
    /// - Returns: how many bytes came out.
    static func read(_ source: UnsafeRawBufferPointer, into room: UnsafeMutableRawBufferPointer) -> Int {
        guard source.starts(with: head) else { return block(source, into: room) ?? 0 }
        var reader = KafkaReader(source)
        _ = reader.take(headLength)
        var made = 0
        while made < room.count {
            let length = reader.integer(Int32.self)
            let bytes = reader.take(Int(length))
            guard !reader.isExhausted, !bytes.isEmpty,
                let count = block(bytes, into: UnsafeMutableRawBufferPointer(rebasing: room[made...]))
            else { break }
            made += count
        }
        return made
    }

    private static func block(_ source: UnsafeRawBufferPointer, into room: UnsafeMutableRawBufferPointer) -> Int? {
        let bytes = source.assumingMemoryBound(to: CChar.self).baseAddress
        var length = 0
        guard snappy_uncompressed_length(bytes, source.count, &length) == SNAPPY_OK, length <= room.count else {
            return nil
        }
        let result = snappy_uncompress(
            bytes, source.count, room.assumingMemoryBound(to: CChar.self).baseAddress, &length)
        return result == SNAPPY_OK ? length : nil
    }
}
