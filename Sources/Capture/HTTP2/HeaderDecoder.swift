/// The header blocks of one direction: an inflater when it is needed, what it costs, and what becomes of it when the table
/// is not in step any more.
struct HeaderDecoder {
    /// The table's size when a new inflater is made, of entries that are not known; 0 when none are.
    private var primed = HeaderInflater.ordinaryTable
    private var inflater: HeaderInflater?
    private var reserved = 0

    /// Every block is seen, from the connection's first one.
    mutating func beginAtStart() { if inflater == nil { primed = 0 } }

    /// An inflater for the next bytes; nil when there is no memory for one.
    mutating func current(in exchanges: inout ExchangeTable) -> HeaderInflater? {
        if let inflater { return inflater }
        guard let made = HeaderInflater(primed: primed) else { return nil }
        guard exchanges.reserve(made.size) else {
            exchanges.count(.tableFull)
            primed = HeaderInflater.ordinaryTable
            return nil
        }
        reserved = made.size
        inflater = made
        return made
    }

    /// A block has been decoded: what the table has grown by is accounted for.
    mutating func endBlock(in exchanges: inout ExchangeTable) {
        guard let size = inflater?.size, size != reserved else { return }
        if size < reserved {
            exchanges.unreserve(reserved - size)
        } else if !exchanges.reserve(size - reserved) {
            exchanges.count(.tableFull)
            return lose(in: &exchanges)
        }
        reserved = size
    }

    /// Bytes of a block are missing, or may be: the table has drifted.
    mutating func lose(in exchanges: inout ExchangeTable) {
        if inflater == nil, primed > 0 { return }
        release(in: &exchanges)
        primed = HeaderInflater.ordinaryTable
    }

    /// A block could not be decoded. Where that was no fault of ours, the sender's table is larger than was thought.
    mutating func failed(in exchanges: inout ExchangeTable) {
        let next = primed == 0 ? HeaderInflater.ordinaryTable : HeaderInflater.largestTable
        release(in: &exchanges)
        primed = next
    }

    /// Gives back what it has.
    mutating func release(in exchanges: inout ExchangeTable) {
        exchanges.unreserve(reserved)
        reserved = 0
        inflater = nil
    }
}
