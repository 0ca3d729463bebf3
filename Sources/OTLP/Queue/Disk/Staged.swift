/// A batch on its way to the disk.
struct Staged: Sendable {
    enum Batch {
        /// Spans of our own: accepted already.
        case spans(SpanBatch)
        /// What was received, and who waits to hear whether it is stored; accepted only then.
        case received(ReceivedBatch, stored: @Sendable (Bool) -> Void)
    }

    /// What is to be stored.
    var batch: Batch
    /// When it came, CLOCK_MONOTONIC, ns.
    var arrival: UInt64
    /// What it is taken to be until it is stored: spans of our own by their size in memory.
    var weight: Weight
}
