internal import Capture
internal import OTLP

/// What merging decides of a span that somebody else made.
enum ReceivedDecision {
    /// It leaves as it came.
    case unchanged
    /// It leaves changed; ``SpanRewrite/span`` is the index that was asked about.
    case rewrite(SpanRewrite)
    /// Nothing can be said yet: to be asked again.
    case wait
}

/// What ``ReceivedStage`` asks of merging, for the spans that SDKs send through us.
///
/// Time is the wall clock's, ns since 1970, since that is what the spans themselves are stamped with.
protocol ReceivedSpanMerging {
    /// Told once of each batch when it arrives, before anything of it is decided: which services and which traces pass
    /// through us.
    ///
    /// - Parameter sender: the process at the other end of the connection that brought it, where that is known.
    mutating func received(
        _ spans: [ReceivedSpan], of resources: [ReceivedResource], from sender: ProcessKey?, now: UInt64)

    /// What becomes of a span.
    ///
    /// - Parameters:
    ///   - span: the span.
    ///   - index: which of its batch it is, for ``SpanRewrite``.
    ///   - resource: whose it is.
    ///   - sender: the process that sent it, where that is known.
    ///   - mustDecide: there is no more waiting; ``ReceivedDecision/wait`` now means that it leaves as it came.
    mutating func decide(
        _ span: ReceivedSpan, index: UInt32, of resource: ReceivedResource, from sender: ProcessKey?, mustDecide: Bool,
        now: UInt64
    ) -> ReceivedDecision

    /// Whether any trace has become another.
    var hasAliases: Bool { get }

    /// What a trace has become: the trace that its spans leave with; nil when it is what it was.
    func alias(of trace: TraceID) -> TraceID?
}

extension ReceivedSpanMerging {
    /// What was received, with what it says of traces that have become others (of log records and exemplars the trace
    /// they belong to, of spans those of their links) under their new names.
    func following(_ batch: ReceivedBatch) -> ReceivedBatch {
        hasAliases ? batch.tracesRenamed { alias(of: $0) } : batch
    }
}
