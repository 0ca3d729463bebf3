/// Some spans of a batch.
struct SpanSlice: Sendable {
    /// The batch.
    var batch: SpanBatch
    /// Which of its spans.
    var range: Range<Int>

    /// Some spans of a batch.
    init(batch: SpanBatch, range: Range<Int>) {
        self.batch = batch
        self.range = range.clamped(to: 0..<batch.count)
    }

    /// All spans of a batch.
    init(_ batch: SpanBatch) { self.init(batch: batch, range: 0..<batch.count) }

    /// How many spans.
    var count: Int { range.count }
}
