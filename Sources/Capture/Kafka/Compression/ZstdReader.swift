private import CZstd

/// The beginning of a Zstandard frame (RFC 8878), by libzstd. Its state is kept for the next one.
final class ZstdReader {
    /// The largest window that is accepted, as a power of two: 8 MiB, what every level but the ultra ones stays within.
    private static let largestWindow: Int32 = 23

    private var context: OpaquePointer?

    init() {}

    deinit { ZSTD_freeDCtx(context) }

    /// Decompresses until the room or the source ends.
    ///
    /// - Returns: how many bytes came out.
    func read(_ source: UnsafeRawBufferPointer, into room: UnsafeMutableRawBufferPointer) -> Int {
        if context == nil {
            context = ZSTD_createDCtx()
            if let context { ZSTD_DCtx_setParameter(context, ZSTD_d_windowLogMax, ZstdReader.largestWindow) }
        }
        guard let context else { return 0 }
        ZSTD_DCtx_reset(context, ZSTD_reset_session_only)
        var input = ZSTD_inBuffer(src: source.baseAddress, size: source.count, pos: 0)
        var output = ZSTD_outBuffer(dst: room.baseAddress, size: room.count, pos: 0)
        while input.pos < input.size, output.pos < output.size {
            let before = (input.pos, output.pos)
            let hint = ZSTD_decompressStream(context, &output, &input)
            guard ZSTD_isError(hint) == 0, hint != 0, (input.pos, output.pos) != before else { break }
        }
        return output.pos
    }
}
