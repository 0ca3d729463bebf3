@testable import OTLP

// A line of OTLP/JSON, as `interspan correlate` takes it: read, and written with its spans placed elsewhere.

/// One input, from libFuzzer.
@_cdecl("LLVMFuzzerTestOneInput")
public func test(_ start: UnsafeRawPointer, _ count: Int) -> Int32 {
    var line = TraceLine()
    let text = UnsafeRawBufferPointer(start: start, count: count)
    guard (try? line.read(text)) != nil else { return 0 }
    let spans = line.spans
    require(spans.allSatisfy { Int($0.owner) < line.owners.count }, "a span of nobody")
    let once = rewritten(text, &line)
    once.withUnsafeBytes { text in
        require((try? line.read(text)) != nil, "a line that is not taken")
        require(line.spans.count == spans.count, "\(line.spans.count) of \(spans.count) spans")
        for (new, old) in zip(line.spans, spans) {
            require(
                new.spanID == old.spanID && new.kind == old.kind && new.start == old.start && new.end == old.end
                    && new.operation == old.operation && new.thread == old.thread && new.signature == old.signature,
                "something else has changed")
        }
        require(rewritten(text, &line) == once, "it changes")
    }
    return 0
}

/// The text with all spans in other places.
private func rewritten(_ text: UnsafeRawBufferPointer, _ line: inout TraceLine) -> [UInt8] {
    var out: [UInt8] = []
    line.append(text, to: &out) { index in
        LinePlacement(
            traceID: TraceID(high: 1, low: 2), parentSpanID: index % 2 == 0 ? 0 : 3, method: "timing",
            confidence: Double(index % 11) / 10)
    }
    return out
}
