import Glibc

/// Memory for the messages of one request: handed out by moving a mark, given back all at once. Blocks are kept, so that
/// a steady stream of requests allocates nothing.
final class BumpArena {
    private static let blockSize = 256 * 1024

    private var blocks: [UnsafeMutableRawBufferPointer] = []
    /// The block that is being filled, and how far.
    private var block = 0
    private var used = 0

    /// An empty arena.
    init() {}

    deinit { for block in blocks { block.deallocate() } }

    /// Takes back everything that was handed out.
    func reset() {
        block = 0
        used = 0
    }

    /// Uninitialised memory for so many values of a type.
    @inline(__always)
    func allocate<T>(_ type: T.Type, count: Int = 1) -> UnsafeMutablePointer<T> {
        let size = MemoryLayout<T>.stride &* count
        let start = (used &+ 15) & ~15
        if block < blocks.count, blocks[block].count &- start >= size, let base = blocks[block].baseAddress {
            used = start &+ size
            return (base + start).assumingMemoryBound(to: type)
        }
        return nextBlock(holding: size).assumingMemoryBound(to: type)
    }

    /// A copy of bytes.
    @inline(__always)
    func copy(_ source: UnsafeRawBufferPointer) -> UnsafeMutablePointer<UInt8> {
        let target = allocate(UInt8.self, count: source.count)
        if let start = source.baseAddress, source.count > 0 { memcpy(target, start, source.count) }
        return target
    }

    private func nextBlock(holding size: Int) -> UnsafeMutableRawPointer {
        // What the present block has left is lost until the reset; so is a block that turns out too small.
        block = blocks.isEmpty ? 0 : block + 1
        while block < blocks.count, blocks[block].count < size { block += 1 }
        if block >= blocks.count {
            blocks.append(.allocate(byteCount: max(size, Self.blockSize), alignment: 16))
            block = blocks.count - 1
        }
        used = size
        // A block is never empty, so it has an address.
        return blocks[block].baseAddress!
    }
}
