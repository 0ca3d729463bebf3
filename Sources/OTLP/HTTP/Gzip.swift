import CZlib

/// Compresses request bodies with one stream that is used again and again.
final class Gzip {
    /// zlib's fastest: the processor's time is the observed host's, and a batch of spans shrinks to a few per cent of
    /// its size as it is.
    private static let level: Int32 = 1

    // On the heap: zlib keeps a pointer back to the stream.
    private let stream: UnsafeMutablePointer<z_stream>
    private let isUsable: Bool

    /// A compressor.
    init() {
        stream = .allocate(capacity: 1)
        stream.initialize(to: z_stream())
        isUsable = interspan_gzip_init(stream, Self.level) == Z_OK
    }

    deinit {
        if isUsable { deflateEnd(stream) }
        stream.deallocate()
    }

    /// Appends the compressed form; false when zlib had no memory.
    func compress(_ bytes: UnsafeRawBufferPointer, into buffer: ByteBuffer) -> Bool {
        guard isUsable, deflateReset(stream) == Z_OK, let count = UInt32(exactly: bytes.count) else { return false }
        let target = buffer.reserve(Int(deflateBound(stream, UInt(bytes.count)))).bindMemory(to: UInt8.self)
        // zlib only reads its input; its type says otherwise for old compilers.
        stream.pointee.next_in = UnsafeMutablePointer(mutating: bytes.bindMemory(to: UInt8.self).baseAddress)
        stream.pointee.avail_in = count
        stream.pointee.next_out = target.baseAddress
        stream.pointee.avail_out = UInt32(clamping: target.count)
        let room = Int(stream.pointee.avail_out)
        guard deflate(stream, Z_FINISH) == Z_STREAM_END else { return false }
        buffer.advance(by: room - Int(stream.pointee.avail_out))
        return true
    }
}
