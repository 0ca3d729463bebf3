@testable import OTLP

// Spans that somebody else made, in the bytes they came as: what is asked of them is read, and some are rewritten. The
// first bytes say what is asked for, the others are the request.

/// One input, from libFuzzer.
@_cdecl("LLVMFuzzerTestOneInput")
public func test(_ start: UnsafeRawPointer, _ count: Int) -> Int32 {
    var cursor = Cursor(UnsafeRawBufferPointer(start: start, count: count))
    let (choice, stride, signalByte) = (cursor.byte(), cursor.byte(), cursor.byte())
    guard !cursor.isAtEnd else { return 0 }
    let bytes = [UInt8](UnsafeRawBufferPointer(start: start, count: count).dropFirst(3))
    let signal = Signal.allCases[Int(signalByte) % Signal.allCases.count]
    // Nobody checked these: nothing must trap.
    take(ReceivedBatch(signal: signal, bytes: bytes, items: 1), choice, stride)
    guard let batch = ReceivedBatch(checking: bytes, signal: signal) else { return 0 }
    let spans = ReceivedSpans(batch)
    require(spans.spans.count == (signal == .traces ? batch.items : 0), "\(spans.spans.count) of \(batch.items) spans")
    require(spans.spans.allSatisfy { $0.resource < spans.resources.count }, "a span of no resource")
    require(spans.spans.allSatisfy { $0.traceID != none && $0.spanID != 0 }, "a span without ids")
    let (rewritten, renamed) = take(batch, choice, stride)
    for changed in [rewritten, renamed] {
        let again = ReceivedBatch(checking: changed.bytes, signal: signal)
        require(again?.bytes == changed.bytes && again?.items == batch.items, "it is not good any more")
    }
    require(renamed.bytes.count == batch.bytes.count, "a name of another length")
    guard signal == .traces else { return 0 }
    compare(spans, ReceivedSpans(rewritten), choice, stride)
    // What was asked for is there: asked for again, ids change nothing.
    if choice & 0x1C == 0 { require(take(rewritten, choice, stride).rewritten.bytes == rewritten.bytes, "it changes") }
    return 0
}

private let none = TraceID(high: 0, low: 0)
private let other = TraceID(high: 0x0102_0304_0506_0708, low: 0x090A_0B0C_0D0E_0F10)

/// Rewrites some spans, and gives traces other names.
@discardableResult
private func take(
    _ batch: ReceivedBatch, _ choice: UInt8, _ stride: UInt8
) -> (rewritten: ReceivedBatch, renamed: ReceivedBatch) {
    _ = ReceivedSpans(batch)
    let rewrites = Swift.stride(from: UInt32(0), to: 64, by: Int(stride % 8) + 1).map { rewrite($0, choice) }
    return (batch.rewritten(rewrites), batch.tracesRenamed { $0.low & 1 == 0 ? other : nil })
}

private func rewrite(_ span: UInt32, _ choice: UInt8) -> SpanRewrite {
    var rewrite = SpanRewrite(span: span)
    if choice & 1 != 0 { rewrite.traceID = other }
    if choice & 2 != 0 { rewrite.parentSpanID = choice & 0x20 != 0 ? 0 : 0x1234_5678_9ABC_DEF0 }
    rewrite.keepsOriginal = choice & 4 != 0
    if choice & 8 != 0 { rewrite.clockSkew = choice & 0x40 != 0 ? -1 : 300 }
    if choice & 0x10 != 0 { rewrite.method = "traceparent" }
    return rewrite
}

/// What was asked for is read again, and nothing else has changed.
private func compare(_ before: ReceivedSpans, _ after: ReceivedSpans, _ choice: UInt8, _ stride: UInt8) {
    require(before.resources == after.resources && before.spans.count == after.spans.count, "other resources or spans")
    for (index, (old, new)) in zip(before.spans, after.spans).enumerated() {
        let asked = index < 64 && index % (Int(stride % 8) + 1) == 0 ? rewrite(UInt32(index), choice) : nil
        require(new.traceID == asked?.traceID ?? old.traceID, "another trace than asked for")
        require(new.parentSpanID == asked?.parentSpanID ?? old.parentSpanID, "another parent than asked for")
        require(
            new.spanID == old.spanID && new.kind == old.kind && new.start == old.start && new.end == old.end
                && new.peerPort == old.peerPort && new.signature == old.signature && new.resource == old.resource,
            "something else has changed")
    }
}
