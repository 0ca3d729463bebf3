/// Bytes that a parser keeps from one call to the next. A class, so that they stay where they are while the parser that
/// owns it changes, and are freed with it. Whoever fills it has reserved the memory.
final class KeptBytes {
    private var memory = UnsafeMutableRawBufferPointer(start: nil, count: 0)
    /// How many there are.
    private(set) var count = 0

    /// None.
    init() {}

    deinit { memory.deallocate() }

    /// The bytes; valid until they change.
    var bytes: UnsafeRawBufferPointer { UnsafeRawBufferPointer(rebasing: UnsafeRawBufferPointer(memory)[..<count]) }

    /// Adds bytes.
    func append(_ more: UnsafeRawBufferPointer) {
        guard more.count > 0 else { return }
        if count + more.count > memory.count {
            let larger = UnsafeMutableRawBufferPointer.allocate(
                byteCount: max(256, memory.count * 2, count + more.count), alignment: 1)
            larger.copyMemory(from: bytes)
            memory.deallocate()
            memory = larger
        }
        UnsafeMutableRawBufferPointer(rebasing: memory[count...]).copyMemory(from: more)
        count += more.count
    }

    /// Forgets all but the last bytes.
    func keepLast(_ number: Int) {
        guard number < count, let base = memory.baseAddress else { return }
        base.copyMemory(from: base + (count - number), byteCount: number)
        count = number
    }

    /// Forgets all of them; memory beyond a limit is freed.
    func clear(retaining limit: Int) {
        count = 0
        guard memory.count > limit else { return }
        memory.deallocate()
        memory = UnsafeMutableRawBufferPointer(start: nil, count: 0)
    }
}
