extension ReceivedBatch {
    /// The batch in pieces of at most so many items (at least one), each a request by itself with the resources and
    /// scopes of its items, in the order of the items. One piece, the batch itself, if it is small enough.
    ///
    /// What stands beside the items is in every piece, so that all of them together can be many times as large as the
    /// batch: they are made one by one.
    func pieces(maxItems: Int) -> ReceivedPieces { ReceivedPieces(self, maxItems: maxItems) }

    /// The same, all at once.
    func split(maxItems: Int) -> [ReceivedBatch] { Array(pieces(maxItems: maxItems)) }
}

/// The pieces of a batch, made as they are asked for.
struct ReceivedPieces: Sequence, IteratorProtocol {
    private let batch: ReceivedBatch
    private let maxItems: Int
    private let index: ItemIndex?
    private var start = 0

    fileprivate init(_ batch: ReceivedBatch, maxItems: Int) {
        self.batch = batch
        self.maxItems = Swift.max(maxItems, 1)
        index = batch.items <= self.maxItems ? nil : batch.bytes.withUnsafeBytes { ItemIndex($0, signal: batch.signal) }
    }

    /// The next piece; nil when there are no more.
    mutating func next() -> ReceivedBatch? {
        guard start < batch.items else { return nil }
        guard let index else {
            start = batch.items
            return batch
        }
        let end = Swift.min(start + maxItems, index.items.count)
        guard start < end else { return nil }
        defer { start = end }
        return batch.bytes.withUnsafeBytes { bytes in
            var selection = ItemSelection(bytes, index)
            return ReceivedBatch(signal: batch.signal, bytes: selection.request(with: start..<end), items: end - start)
        }
    }
}
