internal import OTLP

/// Finished spans of ours that are held, in blocks whose memory is given back as a whole: what it counts are the bytes of
/// its blocks, whether all of their spans are still held or one of them.
struct SampleHold: Sendable {
    /// No span.
    static let none = UInt64.max
    /// Most spans of a block, and bytes from which on it takes no more.
    private static let blockSpans = 64
    private static let blockBytes = 64 << 10
    /// Blocks without a span whose memory is kept.
    private static let spareBlocks = 8

    private struct Block {
        var spans = SpanBatch()
        /// The next span of the same trace, of each.
        var next: [UInt64] = []
        var held = 0
        var bytes = 0
    }

    private var blocks: [Block] = []
    /// Blocks without a span: those that keep their memory, and those that do not.
    private var spare: [Int] = []
    private var bare: [Int] = []
    private var filling: Int?
    /// How many spans are held.
    private(set) var count = 0
    /// Bytes that they take.
    private(set) var bytes = 0

    /// Holds a copy of the only span of a batch.
    ///
    /// - Parameter last: the span of the same trace before it, or ``none``.
    /// - Returns: the span's number.
    mutating func append(_ span: borrowing SpanBatch, after last: UInt64) -> UInt64 {
        let index = filling ?? begin()
        let before = blocks[index].spans.heldBytes
        let place = blocks[index].next.count
        blocks[index].spans.append(0, of: span)
        let added = blocks[index].spans.heldBytes - before + MemoryLayout<UInt64>.stride
        blocks[index].next.append(Self.none)
        blocks[index].held += 1
        blocks[index].bytes += added
        bytes += added
        count += 1
        let number = UInt64(index) << 32 | UInt64(place)
        if last != Self.none { blocks[Int(last >> 32)].next[Int(last & 0xFFFF_FFFF)] = number }
        if place + 1 >= Self.blockSpans || blocks[index].bytes >= Self.blockBytes { filling = nil }
        return number
    }

    /// Moves a trace's spans to another batch.
    ///
    /// - Parameter first: its first.
    /// - Returns: how many there were.
    mutating func release(from first: UInt64, into spans: inout SpanBatch) -> Int {
        walk(from: first) { block, place in spans.append(place, of: block) }
    }

    /// Lets go of a trace's spans.
    ///
    /// - Returns: how many there were.
    mutating func discard(from first: UInt64) -> Int { walk(from: first) { _, _ in } }

    private mutating func walk(from first: UInt64, _ body: (borrowing SpanBatch, Int) -> Void) -> Int {
        var number = first
        var walked = 0
        while number != Self.none {
            let (index, place) = (Int(number >> 32), Int(number & 0xFFFF_FFFF))
            body(blocks[index].spans, place)
            number = blocks[index].next[place]
            blocks[index].held -= 1
            walked += 1
            if blocks[index].held == 0 { empty(index) }
        }
        count -= walked
        return walked
    }

    private mutating func begin() -> Int {
        let index: Int
        if let last = spare.popLast() ?? bare.popLast() {
            index = last
        } else {
            index = blocks.count
            blocks.append(Block())
        }
        filling = index
        return index
    }

    /// Gives back what a block took of which no span is held any more.
    private mutating func empty(_ index: Int) {
        bytes -= blocks[index].bytes
        blocks[index].bytes = 0
        blocks[index].next.removeAll(keepingCapacity: true)
        if filling == index {
            blocks[index].spans.removeAll()
        } else if spare.count < Self.spareBlocks {
            blocks[index].spans.removeAll()
            spare.append(index)
        } else {
            blocks[index] = Block()
            bare.append(index)
        }
    }
}

extension SpanBatch {
    /// Bytes that its spans take.
    fileprivate var heldBytes: Int {
        spans.count * MemoryLayout<SpanData>.stride + attributes.count * MemoryLayout<Attribute>.stride
            + links.count * MemoryLayout<SpanLink>.stride + bytes.count
    }
}
