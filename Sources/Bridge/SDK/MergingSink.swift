internal import OTLP

/// Where a receiver's telemetry goes when what SDKs send is joined with what is captured: spans by way of Bridge's thread,
/// all else straight on, unless it speaks of traces that may have become others.
struct MergingSink: TelemetrySink {
    /// Where it goes in the end.
    let onward: TelemetryRouter
    /// The way to Bridge's thread.
    let queue: ReceivedQueue

    /// Takes a batch; see ``TelemetrySink``.
    func accept(_ batch: ReceivedBatch, _ done: @escaping @Sendable (SinkVerdict) -> Void) {
        guard batch.signal == .traces || queue.hasAliases else { return onward.accept(batch, done) }
        if !queue.push(ReceivedWork(batch: batch, onward: onward, done: done)) {
            done(.full(retryAfterSeconds: TelemetryRouter.retryAfterSeconds))
        }
    }
}
