internal import OTLP

/// What somebody sent, on its way through Bridge's thread.
struct ReceivedWork: Sendable {
    /// What was sent, and what leaves in its place.
    var batch: ReceivedBatch
    /// Where it goes from here.
    let onward: any TelemetrySink
    /// Told exactly once what became of it; the sender is answered only then.
    let done: @Sendable (SinkVerdict) -> Void

    /// Whether its spans go the way of their traces where these are sampled.
    var isSampled = false

    /// Sends it on.
    func leave() { onward.accept(batch, done) }
}
