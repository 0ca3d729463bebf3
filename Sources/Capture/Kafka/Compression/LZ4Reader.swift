private import CLZ4

/// The beginning of an LZ4 frame, by liblz4. Its state is kept for the next one.
final class LZ4Reader {
    private var context: OpaquePointer?

    init() {}

    deinit { LZ4F_freeDecompressionContext(context) }

    /// Decompresses until the room or the source ends.
    ///
    /// - Returns: how many bytes came out.
    func read(_ source: UnsafeRawBufferPointer, into room: UnsafeMutableRawBufferPointer) -> Int {
        if context == nil, LZ4F_isError(LZ4F_createDecompressionContext(&context, UInt32(LZ4F_VERSION))) != 0 {
            context = nil
            return 0
        }
        guard let context, let from = source.baseAddress, let to = room.baseAddress else { return 0 }
        LZ4F_resetDecompressionContext(context)
        var taken = 0
        var made = 0
        while taken < source.count, made < room.count {
            var output = room.count - made
            var input = source.count - taken
            let hint = LZ4F_decompress(context, to + made, &output, from + taken, &input, nil)
            guard LZ4F_isError(hint) == 0 else { break }
            taken += input
            made += output
            if hint == 0 || (input == 0 && output == 0) { break }
        }
        return made
    }
}
