/// One request to export something, whole, whichever way it came.
struct ExportRequest: Sendable {
    /// How the message is written.
    enum Encoding: Sendable {
        case protobuf
        case json
    }

    /// How the body is compressed.
    enum Compression: Sendable {
        case identity
        case gzip
    }

    /// What it carries.
    var signal: Signal
    /// How the message is written.
    var encoding: Encoding
    /// How the body is compressed.
    var compression: Compression
    /// The body as it came; hostile.
    var body: [UInt8]

    /// What is in it, or why that is refused.
    /// - Parameter limit: bytes that it may have once decompressed.
    consuming func read(limit: Int) -> Result<ReceivedTelemetry, ExportRefusal> {
        switch decompressed(limit: limit) {
        case .failure(let refusal): return .failure(refusal)
        case .success(let bytes):
            let signal = signal
            let read: Result<ReceivedTelemetry, MalformedTelemetry> =
                switch encoding {
                case .protobuf:
                    Result { () throws(MalformedTelemetry) in try TelemetryReader.read(protobuf: bytes, signal: signal)
                    }
                case .json:
                    bytes.withUnsafeBytes { bytes in
                        Result { () throws(MalformedTelemetry) in try TelemetryReader.read(json: bytes, signal: signal)
                        }
                    }
                }
            return read.mapError { .malformed($0.message) }
        }
    }

    private func decompressed(limit: Int) -> Result<[UInt8], ExportRefusal> {
        guard compression == .gzip else {
            return body.count > limit ? .failure(.tooLarge(limit: limit)) : .success(body)
        }
        return body.withUnsafeBytes { bytes in
            do throws(GunzipError) {
                return .success(try Gunzip.inflate(bytes, limit: limit))
            } catch {
                switch error {
                case .tooLarge: return .failure(.tooLarge(limit: limit))
                case .malformed: return .failure(.malformed("the body is not gzip"))
                }
            }
        }
    }
}
