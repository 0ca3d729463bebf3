internal import OTLP

/// Spans of SDKs stay where their SDKs have put them.
extension Merger: ReceivedSpanMerging {
    mutating func received(_ spans: [ReceivedSpan], of resources: [ReceivedResource], now: UInt64) {}

    mutating func decide(
        _ span: ReceivedSpan, index: UInt32, of resource: ReceivedResource, mustDecide: Bool, now: UInt64
    ) -> ReceivedDecision {
        .unchanged
    }

    var hasAliases: Bool { false }

    func alias(of trace: TraceID) -> TraceID? { nil }
}
