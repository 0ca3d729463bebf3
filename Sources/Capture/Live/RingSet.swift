internal import CInterspanBPF

/// Every CPU's ring, read as one sequence in the order of the kernel's clock.
///
/// A thread moves between CPUs, so one connection's records lie in several rings. A pass takes what is stamped before a
/// limit that lies so far in the past that nothing can still be on its way with an earlier stamp; what lies behind it
/// stays in the rings. Should a record come later than that nevertheless, it is counted and passed on out of order.
struct RingSet: ~Copyable {
    /// Records that were passed on.
    private(set) var consumed: UInt64 = 0
    /// Records that came after others stamped later had been passed on.
    private(set) var stragglers: UInt64 = 0
    private let rings: UnsafeMutableBufferPointer<Ring>
    /// Rings that have a record ready, a heap by the time of their first.
    private var heap: [Entry] = []
    private var last: UInt64 = 0
    /// How full the fullest ring was when the pass began, 0...1.
    private(set) var fullest = 0.0

    private struct Entry {
        var time: UInt64
        var ring: Int
    }

    /// Maps the rings.
    init(descriptors: [CInt], size: Int) throws(SystemError) {
        let rings = UnsafeMutableBufferPointer<Ring>.allocate(capacity: descriptors.count)
        for (index, descriptor) in descriptors.enumerated() {
            do throws(SystemError) {
                (rings.baseAddress! + index).initialize(to: try Ring(descriptor: descriptor, size: size))
            } catch {
                rings.baseAddress!.deinitialize(count: index)
                rings.deallocate()
                throw error
            }
        }
        self.rings = rings
        heap.reserveCapacity(descriptors.count)
    }

    deinit {
        rings.deinitialize()
        rings.deallocate()
    }

    /// How full the fullest ring is.
    enum Pressure {
        /// Nothing waits.
        case none
        /// Something waits.
        case some
        /// More than half of a ring waits.
        case high
    }

    /// Looks at how far the programs have come: what a pass may take.
    mutating func beginPass() -> Pressure {
        var pressure = Pressure.none
        var most: UInt64 = 0
        heap.removeAll(keepingCapacity: true)
        for index in rings.indices {
            let waiting = rings[index].beginPass()
            most = max(most, waiting)
            if waiting > UInt64(rings[index].size / 2) { pressure = .high }
            if waiting > 0, pressure == .none { pressure = .some }
            if let head = rings[index].head { push(Entry(time: head.pointee.time, ring: index)) }
        }
        // They are all of one size.
        fullest = rings.isEmpty ? 0 : Double(most) / Double(rings[0].size)
        return pressure
    }

    /// Hands over, in order, every record stamped at or before a limit, and gives their memory back.
    mutating func endPass(limit: UInt64, _ body: (Record) -> Void) {
        while let first = heap.first, first.time <= limit {
            // The next in order: up to it, this ring's records follow one another.
            let next = heap.count > 1 ? min(heap[1].time, heap.count > 2 ? heap[2].time : .max) : .max
            while let head = rings[first.ring].head, head.pointee.time <= min(next, limit) {
                hand(head, body)
                rings[first.ring].takeHead()
            }
            if let head = rings[first.ring].head {
                heap[0].time = head.pointee.time
            } else {
                heap[0] = heap[heap.count - 1]
                heap.removeLast()
            }
            sink()
        }
        for index in rings.indices { rings[index].endPass() }
    }

    private mutating func hand(_ header: UnsafePointer<interspan_record>, _ body: (Record) -> Void) {
        let time = header.pointee.time
        if time < last { stragglers &+= 1 } else { last = time }
        consumed &+= 1
        let payload = UnsafeRawPointer(header + 1)
        let head = Int(header.pointee.head_length)
        let tail = Int(header.pointee.tail_length)
        body(
            Record(
                header: header, head: UnsafeRawBufferPointer(start: payload, count: head),
                tail: UnsafeRawBufferPointer(start: payload + head, count: tail)))
    }

    private mutating func push(_ entry: Entry) {
        heap.append(entry)
        var child = heap.count - 1
        while child > 0, heap[(child - 1) / 2].time > heap[child].time {
            heap.swapAt(child, (child - 1) / 2)
            child = (child - 1) / 2
        }
    }

    private mutating func sink() {
        var parent = 0
        while true {
            var least = parent
            for child in [2 * parent + 1, 2 * parent + 2]
            where child < heap.count && heap[child].time < heap[least].time {
                least = child
            }
            if least == parent { return }
            heap.swapAt(parent, least)
            parent = least
        }
    }
}
