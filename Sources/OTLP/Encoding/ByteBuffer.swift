import Glibc

/// Bytes that an encoder appends to: memory that stays where it is while it is read (libcurl reads a request's body
/// from it) and is kept when the buffer is emptied, so that a steady stream of requests allocates nothing.
final class ByteBuffer {
    private struct Memory {
        var base: UnsafeMutableRawPointer
        var capacity: Int
        var count = 0
    }

    /// Behind a pointer that never changes: properties of a class are guarded against overlapping access, at a price for each
    /// of the hundreds of pieces that a span is written in, and nothing here is called while it is being changed.
    private let memory: UnsafeMutablePointer<Memory>

    /// Bytes in it.
    var count: Int { memory.pointee.count }

    /// An empty buffer with room for so many bytes.
    init(capacity: Int = 4096) {
        let capacity = max(capacity, 16)
        memory = .allocate(capacity: 1)
        memory.initialize(to: Memory(base: .allocate(byteCount: capacity, alignment: 16), capacity: capacity))
    }

    deinit {
        memory.pointee.base.deallocate()
        memory.deallocate()
    }

    /// What is in it; valid until it changes.
    var bytes: UnsafeRawBufferPointer {
        UnsafeRawBufferPointer(start: memory.pointee.base, count: memory.pointee.count)
    }

    /// Forgets the contents and keeps the memory.
    func removeAll() { memory.pointee.count = 0 }

    /// Makes room for so many bytes beyond what is there, and says where they begin. They count once ``advance(by:)``
    /// is told so.
    @inline(__always)
    func reserve(_ more: Int) -> UnsafeMutableRawBufferPointer {
        if memory.pointee.capacity - memory.pointee.count < more { grow(by: more) }
        let (base, count) = (memory.pointee.base, memory.pointee.count)
        return UnsafeMutableRawBufferPointer(start: base + count, count: memory.pointee.capacity - count)
    }

    @inline(never)
    private func grow(by more: Int) {
        let (base, count) = (memory.pointee.base, memory.pointee.count)
        let grown = max(memory.pointee.capacity * 2, count + more)
        let moved = UnsafeMutableRawPointer.allocate(byteCount: grown, alignment: 16)
        moved.copyMemory(from: base, byteCount: count)
        base.deallocate()
        memory.pointee.base = moved
        memory.pointee.capacity = grown
    }

    /// Counts bytes that were written into what ``reserve(_:)`` gave; never more than that.
    @inline(__always)
    func advance(by written: Int) {
        memory.pointee.count += min(written, memory.pointee.capacity - memory.pointee.count)
    }

    /// Replaces a byte that is there already; beyond the end nothing happens.
    func replace(at offset: Int, with byte: UInt8) {
        guard offset >= 0, offset < count else { return }
        memory.pointee.base.storeBytes(of: byte, toByteOffset: offset, as: UInt8.self)
    }

    /// Appends a byte.
    @inline(__always)
    func append(_ byte: UInt8) {
        if memory.pointee.count == memory.pointee.capacity { grow(by: 1) }
        memory.pointee.base.storeBytes(of: byte, toByteOffset: memory.pointee.count, as: UInt8.self)
        memory.pointee.count += 1
    }

    /// Appends bytes.
    @inline(__always)
    func append(_ source: UnsafeRawBufferPointer) {
        guard let start = source.baseAddress, source.count > 0 else { return }
        if memory.pointee.capacity - memory.pointee.count < source.count { grow(by: source.count) }
        memcpy(memory.pointee.base + memory.pointee.count, start, source.count)
        memory.pointee.count += source.count
    }

    /// Appends text that is written in the source.
    @inline(__always)
    func append(_ text: StaticString) {
        text.withUTF8Buffer { append(UnsafeRawBufferPointer($0)) }
    }
}
