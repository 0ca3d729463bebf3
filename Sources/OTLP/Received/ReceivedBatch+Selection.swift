/// Takes a batch apart: some of its items as requests by themselves, each with the resources and scopes of its items.
public struct ReceivedSelection {
    private let batch: ReceivedBatch
    private let index: ItemIndex

    /// Of a batch, which is gone through once.
    public init(_ batch: ReceivedBatch) {
        self.batch = batch
        index = batch.bytes.withUnsafeBytes { ItemIndex($0, signal: batch.signal) }
    }

    /// A request with some of the items. What stands beside them is there once for each run of items that follow each other.
    ///
    /// - Parameter items: in ascending order, each once; at least one, and none that the batch does not have.
    public func batch(of items: [UInt32]) -> ReceivedBatch {
        batch.bytes.withUnsafeBytes { bytes in
            var selection = ItemSelection(bytes, index)
            var request: [UInt8] = []
            var first = 0
            while first < items.count {
                var end = first + 1
                while end < items.count, items[end] == items[end - 1] &+ 1 { end += 1 }
                request += selection.request(with: Int(items[first])..<Int(items[end - 1]) + 1)
                first = end
            }
            return ReceivedBatch(signal: batch.signal, bytes: request, items: items.count)
        }
    }

    /// The batch without some of the items, with all else as it came.
    ///
    /// - Parameter items: in ascending order, each once.
    /// - Returns: nil when nothing is left.
    public func batch(without items: [UInt32]) -> ReceivedBatch? {
        guard !items.isEmpty else { return batch }
        guard items.count < batch.items else { return nil }
        return batch.bytes.withUnsafeBytes { bytes in
            var selection = ItemSelection(bytes, index)
            return ReceivedBatch(
                signal: batch.signal, bytes: selection.request(without: items), items: batch.items - items.count)
        }
    }
}
