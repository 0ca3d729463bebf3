extension TraceEncoding {
    /// Appends one request with everything that is in batches of one signal, in their order. JSON is one line, without
    /// its end.
    func append(joined batches: [ReceivedBatch], into buffer: ByteBuffer) {
        switch self {
        case .protobuf: for batch in batches { batch.bytes.withUnsafeBytes { buffer.append($0) } }
        case .json:
            guard let first = batches.first else { return }
            guard batches.count > 1 else {
                return first.bytes.withUnsafeBytes {
                    TelemetryToJSON.append($0, signal: first.signal, to: buffer)
                }
            }
            let joined = ByteBuffer(capacity: batches.reduce(0) { $0 + $1.bytes.count })
            for batch in batches { batch.bytes.withUnsafeBytes { joined.append($0) } }
            TelemetryToJSON.append(joined.bytes, signal: first.signal, to: buffer)
        }
    }
}
