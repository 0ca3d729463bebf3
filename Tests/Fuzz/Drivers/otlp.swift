@testable import OTLP

// An export request in protobuf, as a receiver takes it: checked, cut into pieces, read for people and written as JSON. The
// first byte says which signal it is.

/// One input, from libFuzzer.
@_cdecl("LLVMFuzzerTestOneInput")
public func test(_ start: UnsafeRawPointer, _ count: Int) -> Int32 {
    guard count > 0 else { return 0 }
    let input = UnsafeRawBufferPointer(start: start, count: count)
    let signal = Signal.allCases[Int(input[0]) % Signal.allCases.count]
    guard let batch = take([UInt8](input.dropFirst()), signal) else { return 0 }
    var items = 0
    for piece in batch.pieces(maxItems: Int(input[0]) / 3 + 1) {
        items += piece.items
        guard let again = take(piece.bytes, signal) else { fatalError("a piece that is not taken") }
        require(again.bytes == piece.bytes && again.items == piece.items, "a piece that is not what it says")
    }
    require(items == batch.items, "\(items) of \(batch.items) items in pieces")
    let spans = SpanBatch(decoding: batch)
    require(spans.count == (signal == .traces ? batch.items : 0), "\(spans.count) of \(batch.items) spans")
    // What JSON can say is said, and nothing is lost on the way back. Of a metric that is said to be of two kinds it has
    // the one that counts.
    let json = RoundTrip.write(batch)
    let back = json.withUnsafeBytes { RoundTrip.read($0, signal) }
    require(back != nil && back?.rejected == 0, "JSON of ours that is refused")
    require(back?.batch?.items == batch.items || signal == .metrics, "other items in JSON")
    if let batch = back?.batch { RoundTrip.requireStable(batch) }
    return 0
}

private func take(_ bytes: [UInt8], _ signal: Signal) -> ReceivedBatch? {
    let result = try? TelemetryReader.read(protobuf: bytes, signal: signal)
    if let result { require((result.rejected > 0) == !result.message.isEmpty, "a refusal without a reason") }
    if let batch = result?.batch {
        require(batch.items > 0, "an empty batch")
        guard result?.rejected != 0 else {
            require(batch.bytes == bytes, "a good request that was changed")
            return batch
        }
        let again = try? TelemetryReader.read(protobuf: batch.bytes, signal: signal)
        require(again?.rejected == 0 && again?.batch?.items == batch.items, "what was left is not good")
    }
    return result?.batch
}
