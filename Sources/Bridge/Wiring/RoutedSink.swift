internal import OTLP

/// Where a receiver's telemetry goes, by a router that may be replaced. While it is, senders are asked to come again.
struct RoutedSink: TelemetrySink {
    /// The exporters of the pipelines that the receiver feeds.
    let router: Switched<TelemetryRouter>

    /// Takes a batch; see ``TelemetrySink``.
    func accept(_ batch: ReceivedBatch, _ done: @escaping @Sendable (SinkVerdict) -> Void) {
        guard let current = router.begin() else {
            return done(.full(retryAfterSeconds: TelemetryRouter.retryAfterSeconds))
        }
        current.accept(batch) { [router] verdict in
            router.end()
            done(verdict)
        }
    }
}
