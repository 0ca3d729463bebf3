import Capture

/// Hands exchanges on in an order that keeps ``LinkedExchange``'s promise: what waits for an ancestor is held, and leaves
/// right behind it.
struct Outbox: ~Copyable {
    private var held: HeldStore
    private var leaving: [UInt32] = []

    init(options: CorrelateOptions) { held = HeldStore(maximum: options.maxMemory) }

    /// Bytes held at the moment.
    var heldBytes: Int { held.bytes }

    /// Whether an exchange may be handed on at once.
    func isFree(_ slot: UInt32, _ exchanges: borrowing ExchangeTable) -> Bool {
        let state = exchanges[slot]
        return state.flags.contains(.decided) && !isWaiting(for: state.parent, exchanges)
    }

    /// Whether a parent has not been handed on yet. One that is not known any more was.
    func isWaiting(for parent: SlotReference, _ exchanges: borrowing ExchangeTable) -> Bool {
        exchanges.contains(parent) && !exchanges[parent.slot].flags.contains(.emitted)
    }

    /// Whether an exchange with such fields can be held.
    func hasRoom(for exchange: borrowing Exchange, of fields: borrowing FieldBuffer) -> Bool {
        held.hasRoom(for: exchange.fields, of: fields)
    }

    /// Hands on an exchange as opened, straight from its batch.
    func emitOpened(
        _ slot: UInt32, _ exchange: borrowing Exchange, of fields: borrowing FieldBuffer,
        _ exchanges: inout ExchangeTable, into out: inout LinkedBatch, _ counters: inout CorrelateCounters
    ) {
        exchanges[slot].flags.insert(.emitted)
        counters.emittedOpened &+= 1
        append(.opened, exchange, of: fields, exchanges[slot].link, into: &out)
    }

    /// Hands on an exchange as closed, straight from its batch.
    func emitClosed(
        _ slot: UInt32, _ exchange: borrowing Exchange, of fields: borrowing FieldBuffer,
        _ exchanges: borrowing ExchangeTable, into out: inout LinkedBatch, _ counters: inout CorrelateCounters
    ) {
        counters.emittedClosed &+= 1
        append(.closed, exchange, of: fields, exchanges[slot].link, into: &out)
    }

    /// Holds an exchange back as opened. There must be room.
    mutating func holdOpened(
        _ slot: UInt32, _ exchange: borrowing Exchange, of fields: borrowing FieldBuffer,
        _ exchanges: inout ExchangeTable
    ) {
        exchanges[slot].heldOpened = held.keep(exchange, of: fields)
        if exchanges[slot].flags.contains(.decided) { wait(slot, &exchanges) }
    }

    /// Holds an exchange back as closed. There must be room.
    mutating func holdClosed(
        _ slot: UInt32, _ exchange: borrowing Exchange, of fields: borrowing FieldBuffer,
        _ exchanges: inout ExchangeTable
    ) {
        exchanges[slot].heldClosed = held.keep(exchange, of: fields)
    }

    /// An exchange that is held was decided: it leaves, and with it all that waited for it, or it waits for its parent. All
    /// are opened before any is closed: an end that is over has yet to hear of what the other end says of its beginning.
    mutating func release(
        _ slot: UInt32, _ exchanges: inout ExchangeTable, into out: inout LinkedBatch,
        _ counters: inout CorrelateCounters
    ) {
        guard !isWaiting(for: exchanges[slot].parent, exchanges) else { return wait(slot, &exchanges) }
        // A list of its own rather than recursion: how deep a chain is, is for the traffic to say.
        leaving.append(slot)
        var next = 0
        while next < leaving.count {
            let slot = leaving[next]
            next += 1
            leaveOpened(slot, &exchanges, into: &out, &counters)
            var child = exchanges[slot].firstWaiting
            exchanges[slot].firstWaiting = .max
            exchanges[slot].lastWaiting = .max
            while child != .max {
                leaving.append(child)
                let following = exchanges[child].nextWaiting
                exchanges[child].nextWaiting = .max
                child = following
            }
        }
        for slot in leaving where exchanges[slot].heldClosed != .max {
            leaveClosed(slot, &exchanges, into: &out, &counters)
        }
        leaving.removeAll(keepingCapacity: true)
    }

    private mutating func leaveOpened(
        _ slot: UInt32, _ exchanges: inout ExchangeTable, into out: inout LinkedBatch,
        _ counters: inout CorrelateCounters
    ) {
        exchanges[slot].flags.insert(.emitted)
        counters.emittedOpened &+= 1
        let opened = held.release(exchanges[slot].heldOpened, into: &out.fields)
        exchanges[slot].heldOpened = .max
        out.exchanges.append(LinkedExchange(phase: .opened, exchange: opened, link: exchanges[slot].link))
    }

    private mutating func leaveClosed(
        _ slot: UInt32, _ exchanges: inout ExchangeTable, into out: inout LinkedBatch,
        _ counters: inout CorrelateCounters
    ) {
        counters.emittedClosed &+= 1
        let closed = held.release(exchanges[slot].heldClosed, into: &out.fields)
        exchanges[slot].heldClosed = .max
        out.exchanges.append(LinkedExchange(phase: .closed, exchange: closed, link: exchanges[slot].link))
        exchanges.move(slot, to: ExchangeTable.closed)
    }

    /// Puts an exchange at the end of those that wait for its parent.
    private func wait(_ slot: UInt32, _ exchanges: inout ExchangeTable) {
        let parent = exchanges[slot].parent.slot
        let last = exchanges[parent].lastWaiting
        if last == .max { exchanges[parent].firstWaiting = slot } else { exchanges[last].nextWaiting = slot }
        exchanges[parent].lastWaiting = slot
    }

    private func append(
        _ phase: LinkedExchange.Phase, _ exchange: borrowing Exchange, of fields: borrowing FieldBuffer, _ link: Link,
        into out: inout LinkedBatch
    ) {
        let range = out.fields.append(exchange.fields, of: fields)
        out.exchanges.append(LinkedExchange(phase: phase, exchange: copy exchange, link: link))
        // Changed where it lies: it is large, and every copy of it is seen in the profile.
        out.exchanges[out.exchanges.count - 1].exchange.fields = range
    }
}
