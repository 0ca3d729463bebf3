/// Makes batches of received requests. What leaves it is well-formed protobuf, whatever came.
enum TelemetryReader {
    /// Checks a request in protobuf.
    /// - Throws: when it is malformed as a whole.
    static func read(protobuf bytes: [UInt8], signal: Signal) throws(MalformedTelemetry) -> ReceivedTelemetry {
        let checked = bytes.withUnsafeBytes { bytes in
            Result { () throws(MalformedTelemetry) in try TelemetryCheck(bytes, signal: signal) }
        }
        let check = try checked.get()
        let kept = check.items - check.refused.count
        guard !check.refused.isEmpty else {
            let batch = kept > 0 ? ReceivedBatch(signal: signal, bytes: bytes, items: kept) : nil
            return ReceivedTelemetry(batch: batch, rejected: 0, message: "")
        }
        let message = "\(check.refused.count) of \(check.items) spans were refused, the first for \(check.reason)"
        guard kept > 0 else { return ReceivedTelemetry(batch: nil, rejected: check.refused.count, message: message) }
        let good = bytes.withUnsafeBytes { bytes in
            var selection = ItemSelection(bytes, ItemIndex(bytes, signal: signal))
            return selection.request(without: check.refused)
        }
        let batch = ReceivedBatch(signal: signal, bytes: good, items: kept)
        return ReceivedTelemetry(batch: batch, rejected: check.refused.count, message: message)
    }

    /// Translates a request in OTLP/JSON, and checks it.
    /// - Throws: when it is malformed as a whole.
    static func read(json: UnsafeRawBufferPointer, signal: Signal) throws(MalformedTelemetry) -> ReceivedTelemetry {
        try read(protobuf: TelemetryFromJSON.translate(json, signal: signal), signal: signal)
    }
}

/// What there is in a request that was received.
struct ReceivedTelemetry {
    /// What to pass on; nil if nothing is left of it.
    var batch: ReceivedBatch?
    /// How many spans were refused, because their ids are ill-formed.
    var rejected: Int
    /// Why, for the peer; empty if none was refused.
    var message: String
}
