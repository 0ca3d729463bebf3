/// How a batch of messages is compressed: the low three bits of its attributes.
enum KafkaCompression: UInt8 {
    case none = 0
    case gzip = 1
    case snappy = 2
    case lz4 = 3
    case zstd = 4
}

/// Decompresses the beginnings of batches into one buffer that is used again and again. What is cut or damaged is
/// given as far as it goes.
final class Decompressor {
    /// Most bytes of one batch that are decompressed; where one block cannot be had in part, it must fit.
    static let limit = 256 << 10

    private var memory: UnsafeMutableRawBufferPointer?
    private let gzip = GzipReader()
    private let lz4 = LZ4Reader()
    private let zstd = ZstdReader()

    /// Takes no memory before it is used.
    init() {}

    deinit { memory?.deallocate() }

    /// The first bytes of what was compressed; valid until the next call.
    ///
    /// - Parameter most: how many bytes are enough.
    func decompress(
        _ compression: KafkaCompression, _ source: UnsafeRawBufferPointer, most: Int
    ) -> UnsafeRawBufferPointer {
        let room = min(most, Decompressor.limit)
        guard room > 0, !source.isEmpty else { return UnsafeRawBufferPointer(start: nil, count: 0) }
        let output = UnsafeMutableRawBufferPointer(rebasing: buffer()[..<room])
        let count =
            switch compression {
            case .none: 0
            case .gzip: gzip.read(source, into: output)
            case .snappy: SnappyReader.read(source, into: output)
            case .lz4: lz4.read(source, into: output)
            case .zstd: zstd.read(source, into: output)
            }
        return UnsafeRawBufferPointer(rebasing: output[..<min(count, room)])
    }

    private func buffer() -> UnsafeMutableRawBufferPointer {
        if let memory { return memory }
        let made = UnsafeMutableRawBufferPointer.allocate(byteCount: Decompressor.limit, alignment: 16)
        memory = made
        return made
    }
}
