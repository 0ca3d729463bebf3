/// What a transfer holds of its queue: the part that its request carries, and what is left of a portion that was too
/// large for one request.
struct Load {
    /// What is settled when the present request is.
    private(set) var part = Receipt()
    /// What is settled with later requests.
    private(set) var rest = Receipt()
    /// What later requests are made of.
    private(set) var contents: [Portion.Content] = []

    /// Nothing.
    init() {}

    /// A portion, nothing of which is in a request yet.
    init(_ portion: Portion) {
        rest = portion.receipt
        contents = portion.contents
    }

    /// Whether nothing is left for later requests.
    var isLast: Bool { contents.isEmpty }

    /// Everything, for the case that none of it will be delivered.
    var everything: Receipt { Receipt(weight: part.weight + rest.weight, rows: part.rows + rest.rows) }

    /// Takes what was written into the next request.
    /// - Parameters:
    ///   - items: how many items that were.
    ///   - remaining: what was not.
    mutating func took(items: Int, remaining: [Portion.Content]) {
        contents = remaining
        guard !remaining.isEmpty else {
            part = rest
            rest = Receipt()
            return
        }
        part = rest.splitOff(items: items)
    }

    /// Nothing is in a request, and nothing waits for one.
    mutating func clear() { self = Load() }

    /// The part was settled.
    mutating func settled() { part = Receipt() }
}

extension Receipt {
    /// Splits off what so many of its items weigh. Rows on disk, and the batches that were handed over, stay with the
    /// rest: a row goes when the last of it is settled, so that what is not settled is still there after a crash.
    mutating func splitOff(items: Int) -> Receipt {
        let items = min(max(items, 0), weight.items)
        let bytes = weight.items > 0 ? weight.bytes / weight.items * items : 0
        let part = Receipt(weight: Weight(requests: 0, items: items, bytes: bytes))
        weight = weight - part.weight
        return part
    }
}
