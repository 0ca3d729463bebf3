internal import Capture

/// Closed exchanges that are held back under a key until something about it is known, oldest first. Bounded.
///
/// They lie in blocks, each with the arena of its fields, so that what leaves early costs nothing to those that stay; a
/// block goes when nothing is left in it and in those before it.
struct HeldSpans<Key: Hashable & Sendable>: Sendable {
    /// Entries of a block.
    private static var blockSize: Int { 256 }

    private struct Held {
        var entry: WaitingExchanges.Entry
        var key: Key
        /// The next one of its key, by its number.
        var next: UInt64?
        var isHeld = true
    }

    private struct Block {
        var held: [Held] = []
        var fields = FieldBuffer()
        var count = 0
    }

    /// Most that are held.
    let maximum: Int
    /// How many are held.
    private(set) var count = 0
    private var blocks: [Block] = []
    private var spare: [Block] = []
    /// The number of the first entry of the first block.
    private var first: UInt64 = 0
    private var byKey: [Key: (first: UInt64, last: UInt64)] = [:]

    /// - Parameter maximum: most that are held, at least 1.
    init(maximum: Int) { self.maximum = max(maximum, 1) }

    /// Whether there is room for one more.
    var hasRoom: Bool { count < maximum }

    /// The key of the oldest, and since when it is held, ns of CLOCK_MONOTONIC.
    var oldest: (key: Key, since: UInt64)? {
        guard count > 0 else { return nil }
        for block in blocks where block.count > 0 {
            guard let held = block.held.first(where: \.isHeld) else { continue }
            return (held.key, held.entry.since)
        }
        return nil
    }

    /// Whether the closing of an end is held. Looks at all that are held: for what happens seldom.
    func contains(_ end: ExchangeEnd) -> Bool {
        blocks.contains { block in
            block.count > 0 && block.held.contains { $0.isHeld && $0.entry.exchange.end == end }
        }
    }

    /// Holds one; its fields are copied.
    mutating func append(_ entry: WaitingExchanges.Entry, fields: borrowing FieldBuffer, under key: Key) {
        if blocks.last.map({ $0.held.count >= Self.blockSize }) ?? true { blocks.append(spare.popLast() ?? Block()) }
        let last = blocks.count - 1
        let number = first &+ UInt64(last * Self.blockSize + blocks[last].held.count)
        var entry = entry
        entry.exchange.fields = blocks[last].fields.append(entry.exchange.fields, of: fields)
        blocks[last].held.append(Held(entry: entry, key: key))
        blocks[last].count += 1
        count += 1
        if let known = byKey[key] {
            let place = place(of: known.last)
            blocks[place.block].held[place.index].next = number
            byKey[key] = (known.first, number)
        } else {
            byKey[key] = (number, number)
        }
    }

    /// Moves all that are held under a key, in the order in which they came.
    mutating func release(_ key: Key, into released: inout WaitingExchanges) {
        guard let known = byKey.removeValue(forKey: key) else { return }
        var number: UInt64? = known.first
        while let current = number {
            let place = place(of: current)
            let held = blocks[place.block].held[place.index]
            released.append(held.entry, fields: blocks[place.block].fields)
            number = held.next
            blocks[place.block].held[place.index].isHeld = false
            blocks[place.block].count -= 1
            count -= 1
        }
        trim()
    }

    private func place(of number: UInt64) -> (block: Int, index: Int) {
        let offset = Int(number &- first)
        return (offset / Self.blockSize, offset % Self.blockSize)
    }

    /// Gives back the blocks at the front of which nothing is left.
    private mutating func trim() {
        var gone = 0
        // The last may still be filled: numbers go by whole blocks.
        while gone < blocks.count, blocks[gone].count == 0, blocks[gone].held.count == Self.blockSize { gone += 1 }
        guard gone > 0 else { return }
        for index in 0..<gone where spare.count < 4 {
            blocks[index].held.removeAll(keepingCapacity: true)
            blocks[index].fields.removeAll()
            spare.append(blocks[index])
        }
        blocks.removeFirst(gone)
        first &+= UInt64(gone * Self.blockSize)
    }
}
