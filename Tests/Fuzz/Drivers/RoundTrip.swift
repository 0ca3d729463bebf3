@testable import OTLP

/// Batches to JSON and back.
enum RoundTrip {
    /// A batch as JSON.
    static func write(_ batch: ReceivedBatch) -> [UInt8] {
        let buffer = ByteBuffer()
        batch.bytes.withUnsafeBytes { TelemetryToJSON.append($0, signal: batch.signal, to: buffer) }
        return [UInt8](buffer.bytes)
    }

    /// What is in JSON; nil if it is malformed.
    static func read(_ json: UnsafeRawBufferPointer, _ signal: Signal) -> ReceivedTelemetry? {
        try? TelemetryReader.read(json: json, signal: signal)
    }

    /// Requires that a batch which came from JSON survives another turn.
    static func requireStable(_ batch: ReceivedBatch) {
        let first = write(batch)
        let second = first.withUnsafeBytes { read($0, batch.signal) }
        require(second != nil, "JSON of ours that is malformed")
        guard let second = second?.batch else { return require(batch.signal == .metrics, "JSON of ours that is empty") }
        let third = write(second)
        require(
            first == third,
            "\(String(decoding: first, as: UTF8.self)) becomes \(String(decoding: third, as: UTF8.self))")
        let last = third.withUnsafeBytes { read($0, batch.signal) }?.batch
        require(last?.bytes == second.bytes, "protobuf that changes")
    }
}
