internal import OTLP

/// Spans of one trace that an SDK has sent, as a request by themselves, held until it is decided about the trace. Their
/// sender has its answer.
struct HeldPiece: Sendable {
    /// What is counted for a piece beside its bytes.
    private static let overhead = 256

    /// The spans.
    let batch: ReceivedBatch
    /// Where they go if the trace is kept.
    let onward: any TelemetrySink

    /// Bytes that it takes, about.
    var size: Int { batch.bytes.count + Self.overhead }
}
