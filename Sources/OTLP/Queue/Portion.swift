/// What is held against the queue's limits.
struct Weight: Sendable, Equatable {
    /// Batches as they were handed over.
    var requests = 0
    /// Spans.
    var spans = 0
    /// Bytes of memory.
    var bytes = 0

    /// Both.
    static func + (left: Weight, right: Weight) -> Weight {
        Weight(
            requests: left.requests + right.requests, spans: left.spans + right.spans,
            bytes: left.bytes + right.bytes)
    }

    /// The one without the other.
    static func - (left: Weight, right: Weight) -> Weight {
        Weight(
            requests: left.requests - right.requests, spans: left.spans - right.spans,
            bytes: left.bytes - right.bytes)
    }
}

/// Spans that left the queue together, to become one request.
struct Portion: Sendable {
    /// The spans.
    var slices: [SpanSlice] = []
    /// What they hold of the queue until they are settled.
    var weight = Weight()
}

extension SpanBatch {
    /// Bytes of memory that its contents take.
    var footprint: Int {
        spans.count * MemoryLayout<SpanData>.stride + attributes.count * MemoryLayout<Attribute>.stride
            + links.count * MemoryLayout<SpanLink>.stride + resources.count * MemoryLayout<ResourceData>.stride
            + bytes.count
    }
}
