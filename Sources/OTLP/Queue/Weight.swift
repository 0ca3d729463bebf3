/// What is held against the queue's limits.
struct Weight: Sendable, Equatable {
    /// Batches as they were handed over.
    var requests = 0
    /// Spans, data points or log records.
    var items = 0
    /// Bytes of memory.
    var bytes = 0

    /// Both.
    static func + (left: Weight, right: Weight) -> Weight {
        Weight(
            requests: left.requests + right.requests, items: left.items + right.items,
            bytes: left.bytes + right.bytes)
    }

    /// The one without the other.
    static func - (left: Weight, right: Weight) -> Weight {
        Weight(
            requests: left.requests - right.requests, items: left.items - right.items,
            bytes: left.bytes - right.bytes)
    }
}

extension SpanBatch {
    /// What it holds in a queue.
    var weight: Weight { Weight(requests: 1, items: count, bytes: footprint) }

    /// Bytes of memory that its contents take.
    var footprint: Int {
        spans.count * MemoryLayout<SpanData>.stride + attributes.count * MemoryLayout<Attribute>.stride
            + links.count * MemoryLayout<SpanLink>.stride + resources.count * MemoryLayout<ResourceData>.stride
            + texts.count * MemoryLayout<ArenaRange>.stride + bytes.count
    }
}

extension ReceivedBatch {
    /// What it holds in a queue.
    var weight: Weight { Weight(requests: 1, items: items, bytes: bytes.count) }
}
