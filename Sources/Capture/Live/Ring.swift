internal import CInterspanBPF
internal import CLibBPF

/// One CPU's ring buffer, read where it lies: the consumer's side of the layout that the kernel documents for
/// BPF_MAP_TYPE_RINGBUF (Documentation/bpf/ringbuf.rst). A page with the consumer's position, a page with the producers'
/// position, then the data, mapped twice in a row so that no entry is ever split. An entry is a header of 8 bytes (its
/// length, of which the two upper bits say that it is still being written, and that it was discarded) and the record.
struct Ring: ~Copyable {
    private static let busy: UInt32 = 1 << 31
    private static let discarded: UInt32 = 1 << 30
    private static let headerSize = 8

    /// Bytes of data.
    let size: Int
    private let consumer: SharedMemory
    private let producer: SharedMemory
    private let data: UnsafeRawPointer

    /// Position of the next entry to look at; grows for ever.
    private var position: UInt64
    /// Position up to which the kernel may have the memory back.
    private var released: UInt64
    /// Where the producers were when the pass began.
    private var end: UInt64
    /// A record that was overtaken by the one behind it: a program that had taken its time was interrupted by another.
    private var overtaken: UnsafePointer<interspan_record>?
    /// The record at ``position``, nil when none is ready.
    private var current: UnsafePointer<interspan_record>?

    /// Maps a ring.
    init(descriptor: CInt, size: Int) throws(SystemError) {
        let page = SharedMemory.pageSize
        let consumer = try SharedMemory(descriptor: descriptor, size: page, isWritable: true)
        let producer = try SharedMemory(descriptor: descriptor, offset: page, size: page + 2 * size, isWritable: false)
        self.size = size
        self.consumer = consumer
        self.producer = producer
        data = UnsafeRawPointer(self.producer.address + page)
        position = interspan_load_acquire(self.consumer.address)
        released = position
        end = position
    }

    /// The oldest record by time, nil when there is none (or the next one is still being written).
    var head: UnsafePointer<interspan_record>? {
        guard let overtaken else { return current }
        guard let current, current.pointee.time < overtaken.pointee.time else { return overtaken }
        return current
    }

    /// Looks at how far the producers have come. Entries that come later wait for the next pass.
    ///
    /// - Returns: bytes that wait.
    mutating func beginPass() -> UInt64 {
        end = interspan_load_acquire(producer.address)
        if current == nil { look() }
        return end &- released
    }

    /// Takes the record that ``head`` gave. Its memory stays as it is until ``endPass()``.
    mutating func takeHead() {
        if let overtaken, head == overtaken {
            self.overtaken = nil
        } else {
            advance()
            look()
        }
    }

    /// Gives the kernel back what was taken. An overtaken record that was not taken holds everything behind it.
    mutating func endPass() {
        if let overtaken {
            let offset = UInt64(UnsafeRawPointer(overtaken) - data - Ring.headerSize)
            // The entry lies less than a round before the position.
            released = position &- ((position &- offset) & UInt64(size - 1))
        } else {
            released = position
        }
        interspan_store_release(consumer.address, released)
    }

    /// Finds the next record, past what was discarded and what is no record.
    private mutating func look() {
        current = readable()
        guard let next = current, overtaken == nil else { return }
        // Nothing but a glance at the one behind: overtaking happens within a microsecond.
        let before = position
        advance()
        let behind = readable()
        if let behind, behind.pointee.time < next.pointee.time {
            overtaken = next
            current = behind
        } else {
            position = before
            current = next
        }
    }

    private mutating func readable() -> UnsafePointer<interspan_record>? {
        while position != end {
            let entry = data + Int(position & UInt64(size - 1))
            let header = interspan_load_acquire_32(entry)
            if header & Ring.busy != 0 { return nil }
            let length = header & ~Ring.discarded
            if header & Ring.discarded == 0, Int(length) >= MemoryLayout<interspan_record>.size {
                return (entry + Ring.headerSize).assumingMemoryBound(to: interspan_record.self)
            }
            advance()
        }
        return nil
    }

    /// Goes past the entry at the position.
    private mutating func advance() {
        let header = interspan_load_acquire_32(data + Int(position & UInt64(size - 1)))
        let length = Int(header & ~(Ring.busy | Ring.discarded)) + Ring.headerSize
        position &+= UInt64((length + 7) & ~7)
    }
}
