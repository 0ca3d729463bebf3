import Glibc

/// Bytes that an encoder appends to: memory that stays where it is while it is read (libcurl reads a request's body
/// from it) and is kept when the buffer is emptied, so that a steady stream of requests allocates nothing.
final class ByteBuffer {
    private var base: UnsafeMutableRawPointer
    private var capacity: Int
    /// Bytes in it.
    private(set) var count = 0

    /// An empty buffer with room for so many bytes.
    init(capacity: Int = 4096) {
        self.capacity = max(capacity, 16)
        base = .allocate(byteCount: self.capacity, alignment: 16)
    }

    deinit { base.deallocate() }

    /// What is in it; valid until it changes.
    var bytes: UnsafeRawBufferPointer { UnsafeRawBufferPointer(start: base, count: count) }

    /// Forgets the contents and keeps the memory.
    func removeAll() { count = 0 }

    /// Makes room for so many bytes beyond what is there, and says where they begin. They count once ``advance(by:)``
    /// is told so.
    func reserve(_ more: Int) -> UnsafeMutableRawBufferPointer {
        if capacity - count < more {
            let grown = max(capacity * 2, count + more)
            let moved = UnsafeMutableRawPointer.allocate(byteCount: grown, alignment: 16)
            moved.copyMemory(from: base, byteCount: count)
            base.deallocate()
            base = moved
            capacity = grown
        }
        return UnsafeMutableRawBufferPointer(start: base + count, count: capacity - count)
    }

    /// Counts bytes that were written into what ``reserve(_:)`` gave; never more than that.
    func advance(by written: Int) { count += min(written, capacity - count) }

    /// Replaces a byte that is there already; beyond the end nothing happens.
    func replace(at offset: Int, with byte: UInt8) {
        guard offset >= 0, offset < count else { return }
        base.storeBytes(of: byte, toByteOffset: offset, as: UInt8.self)
    }

    /// Appends a byte.
    @inline(__always)
    func append(_ byte: UInt8) {
        if count == capacity { _ = reserve(1) }
        base.storeBytes(of: byte, toByteOffset: count, as: UInt8.self)
        count += 1
    }

    /// Appends bytes.
    @inline(__always)
    func append(_ source: UnsafeRawBufferPointer) {
        guard let start = source.baseAddress, source.count > 0 else { return }
        if capacity - count < source.count { _ = reserve(source.count) }
        memcpy(base + count, start, source.count)
        count += source.count
    }

    /// Appends text that is written in the source.
    @inline(__always)
    func append(_ text: StaticString) {
        text.withUTF8Buffer { append(UnsafeRawBufferPointer($0)) }
    }
}
