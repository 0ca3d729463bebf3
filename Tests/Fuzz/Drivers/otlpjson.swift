@testable import OTLP

// An export request in OTLP/JSON, as a receiver takes it. The first byte says which signal it is.

/// One input, from libFuzzer.
@_cdecl("LLVMFuzzerTestOneInput")
public func test(_ start: UnsafeRawPointer, _ count: Int) -> Int32 {
    guard count > 0 else { return 0 }
    let input = UnsafeRawBufferPointer(start: start, count: count)
    let signal = Signal.allCases[Int(input[0]) % Signal.allCases.count]
    let json = UnsafeRawBufferPointer(rebasing: input.dropFirst())
    guard let batch = RoundTrip.read(json, signal)?.batch else { return 0 }
    let again = try? TelemetryReader.read(protobuf: batch.bytes, signal: signal)
    require(again?.rejected == 0 && again?.batch?.items == batch.items, "a translation that is not taken")
    RoundTrip.requireStable(batch)
    return 0
}
