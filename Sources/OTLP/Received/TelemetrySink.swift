/// Where a receiver puts what it received.
public protocol TelemetrySink: Sendable {
    /// Takes a batch, from a receiver's event loop: must not wait.
    ///
    /// - Parameter done: told exactly once, from any thread, what became of it. The peer is answered only then.
    func accept(_ batch: ReceivedBatch, _ done: @escaping @Sendable (SinkVerdict) -> Void)
}

/// What became of a batch that was received.
public enum SinkVerdict: Sendable, Equatable {
    /// It is in a queue, and on disk if that queue lives there.
    case accepted
    /// There is no room now; the peer should try again after so many seconds.
    case full(retryAfterSeconds: Int)
    /// Nothing takes this signal: no pipeline has a receiver and an exporter for it.
    case noPipeline
}
