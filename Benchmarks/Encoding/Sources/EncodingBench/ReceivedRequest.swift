import OTLP

/// The same spans when they come from elsewhere and pass through: what is asked of them is read from their bytes, and
/// they are rewritten there.
struct ReceivedRequest {
    private let batch: ReceivedBatch

    /// A request that was encoded.
    init(_ bytes: [UInt8]) {
        guard let batch = ReceivedBatch(checking: bytes, signal: .traces) else { fatalError("a request that is none") }
        self.batch = batch
    }

    /// What is done to the request, in place of encoding it.
    var passes: [Encoders.Encoder] {
        let batch = batch
        let spans = ReceivedSpans(batch).spans
        // Those at odd places have a parent, which is overwritten where it stands.
        let nested = spans.indices.filter { $0 % 2 == 1 }.map { index in
            var rewrite = SpanRewrite(span: UInt32(index))
            rewrite.parentSpanID = UInt64(index) + 1
            return rewrite
        }
        let rerooted = spans.indices.map { index in
            var rewrite = SpanRewrite(span: UInt32(index))
            rewrite.traceID = TraceID(high: 1, low: UInt64(index) + 1)
            rewrite.parentSpanID = UInt64(index) + 1
            rewrite.keepsOriginal = true
            rewrite.method = "traceparent"
            return rewrite
        }
        var read = ReceivedSpans()
        return [
            Encoders.Encoder(name: "interspan-reading") {
                read.read(batch)
                return read.spans.count
            },
            Encoders.Encoder(name: "interspan-nesting") {
                read.read(batch)
                return batch.rewritten(nested).bytes.count
            },
            Encoders.Encoder(name: "interspan-rerooting") {
                read.read(batch)
                return batch.rewritten(rerooted).bytes.count
            },
        ]
    }
}
