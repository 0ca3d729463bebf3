private import CZlib

/// The beginning of a gzip stream (RFC 1952), by zlib. Its state is kept for the next one.
final class GzipReader {
    /// Where it is does not change: zlib's state points back to it.
    private let stream = UnsafeMutablePointer<z_stream>.allocate(capacity: 1)
    private var isReady = false

    init() { stream.initialize(to: z_stream()) }

    deinit {
        if isReady { inflateEnd(stream) }
        stream.deallocate()
    }

    /// Decompresses until the room or the source ends.
    ///
    /// - Returns: how many bytes came out.
    func read(_ source: UnsafeRawBufferPointer, into room: UnsafeMutableRawBufferPointer) -> Int {
        if isReady {
            guard inflateReset(stream) == Z_OK else { return 0 }
        } else {
            guard interspan_gunzip_init(stream) == Z_OK else { return 0 }
            isReady = true
        }
        // zlib reads from it alone, whatever its type says.
        let bytes = source.assumingMemoryBound(to: UInt8.self)
        stream.pointee.next_in = UnsafeMutablePointer(mutating: bytes.baseAddress)
        stream.pointee.avail_in = UInt32(clamping: source.count)
        stream.pointee.next_out = room.assumingMemoryBound(to: UInt8.self).baseAddress
        stream.pointee.avail_out = UInt32(clamping: room.count)
        _ = inflate(stream, Z_SYNC_FLUSH)
        let left = Int(stream.pointee.avail_out)
        stream.pointee.next_in = nil
        stream.pointee.next_out = nil
        return room.count - left
    }
}
