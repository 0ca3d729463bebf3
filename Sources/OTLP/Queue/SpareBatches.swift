/// Batches of spans that were handed over, to be filled again once their exporters are done with them. Where those take their
/// time, a new batch has at once the room that the last one needed.
///
/// Nobody gives a batch back: it is seen that all others have let go of it. Used by one thread.
public struct SpareBatches: Sendable {
    /// Most batches that are looked after.
    private static let most = 4
    /// Memory beyond which a batch is not kept, bytes.
    private static let largest = 2 << 20

    private var handedOver: [SpanBatch] = []
    /// The one that goes next where there is no room for another.
    private var oldest = 0

    /// None.
    public init() {}

    /// Puts an empty batch in the place of one that was handed over.
    public mutating func replace(_ batch: inout SpanBatch) {
        for index in handedOver.indices {
            guard handedOver[index].isNobodyElses() else { continue }
            swap(&handedOver[index], &batch)
            batch.removeAll()
            if handedOver[index].footprint > Self.largest {
                handedOver.remove(at: index)
                oldest = 0
            }
            return
        }
        let next = SpanBatch(like: batch)
        if batch.isMarked, batch.footprint <= Self.largest {
            if handedOver.count < Self.most {
                handedOver.append(batch)
            } else {
                handedOver[oldest] = batch
                oldest = (oldest + 1) % Self.most
            }
        }
        batch = next
    }
}
