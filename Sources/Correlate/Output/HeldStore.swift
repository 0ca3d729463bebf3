import Capture

/// Exchanges that cannot be handed on yet, with their fields. Bounded in bytes.
struct HeldStore: ~Copyable {
    private struct Held {
        var exchange: Exchange
        var fields: StoredFields
        var nextFree: UInt32
    }

    /// What one exchange can take at most, so that one always fits into an empty store.
    private static let slack = FieldBuffer.maximumBytes + FieldBuffer.maximumFields * FieldStore.header

    /// Most bytes.
    let maximum: Int
    private var fields: FieldStore
    // A pointer rather than an array: reserved at once it costs no memory until touched, and never moves.
    private let held: UnsafeMutablePointer<Held>
    private let capacity: Int
    private var touched: UInt32 = 0
    private var free = UInt32.max
    private var count = 0

    init(maximum: Int) {
        self.maximum = min(max(maximum, 1 << 20), 1 << 36)
        capacity = self.maximum / MemoryLayout<Held>.stride + 1
        held = .allocate(capacity: capacity)
        fields = FieldStore(blocks: (self.maximum + HeldStore.slack) / FieldStore.blockSize + 1)
    }

    deinit { held.deallocate() }

    /// Bytes in use.
    var bytes: Int { count * MemoryLayout<Held>.stride + fields.usedBlocks * FieldStore.blockSize }

    /// Whether another exchange with such fields fits; an empty store has room for any.
    func hasRoom(for range: FieldRange, of buffer: borrowing FieldBuffer) -> Bool {
        let needed = MemoryLayout<Held>.stride + FieldStore.blocks(for: range, of: buffer) * FieldStore.blockSize
        return count == 0 || bytes + needed <= maximum
    }

    /// Keeps an exchange, for which there is room.
    mutating func keep(_ exchange: borrowing Exchange, of buffer: borrowing FieldBuffer) -> UInt32 {
        let entry = Held(exchange: copy exchange, fields: fields.keep(exchange.fields, of: buffer), nextFree: .max)
        count += 1
        if free != .max {
            let slot = free
            free = held[Int(slot)].nextFree
            held[Int(slot)] = entry
            return slot
        }
        precondition(Int(touched) < capacity)
        (held + Int(touched)).initialize(to: entry)
        touched += 1
        return touched - 1
    }

    /// Gives an exchange back, its fields copied into a buffer.
    mutating func release(_ slot: UInt32, into buffer: inout FieldBuffer) -> Exchange {
        var exchange = held[Int(slot)].exchange
        exchange.fields = fields.release(held[Int(slot)].fields, into: &buffer)
        held[Int(slot)].nextFree = free
        free = slot
        count -= 1
        return exchange
    }
}
