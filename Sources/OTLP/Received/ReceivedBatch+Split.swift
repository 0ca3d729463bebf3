extension ReceivedBatch {
    /// The batch in pieces of at most so many items (at least one), each a request by itself with the resources and
    /// scopes of its items, in the order of the items. One piece, the batch itself, if it is small enough.
    func split(maxItems: Int) -> [ReceivedBatch] {
        var pieces: [ReceivedBatch] = []
        forEachPiece(maxItems: maxItems) { pieces.append($0) }
        return pieces
    }

    /// The same, one after the other: what stands beside the items is in every piece, so that all of them together can
    /// be many times as large as the batch.
    func forEachPiece(maxItems: Int, _ body: (ReceivedBatch) -> Void) {
        let most = max(maxItems, 1)
        if items <= most { return body(self) }
        bytes.withUnsafeBytes { bytes in
            let index = ItemIndex(bytes, signal: signal)
            var selection = ItemSelection(bytes, index)
            var start = 0
            while start < index.items.count {
                let end = min(start + most, index.items.count)
                body(ReceivedBatch(signal: signal, bytes: selection.request(with: start..<end), items: end - start))
                start = end
            }
        }
    }
}
