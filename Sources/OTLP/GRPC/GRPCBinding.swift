/// OTLP/gRPC: the request is the one message of a unary call
/// (https://github.com/grpc/grpc/blob/master/doc/PROTOCOL-HTTP2.md).
struct GRPCBinding: ProtocolBinding {
    /// What receivers take by default is 4 MiB.
    static let largestMessage = (4 << 20) - 1024
    /// One byte that says whether the message is compressed, four of its length.
    static let prefix = 5

    let options: RequestOptions
    let isCompressed: Bool
    var encoding: TelemetryEncoding { .protobuf }
    var largestRequest: Int { Self.largestMessage }
    var answerHeaders: [String] { ["grpc-status", "grpc-message", "grpc-status-details-bin"] }
    var prefixLength: Int { Self.prefix }

    /// What the settings say.
    /// - Throws: ``ExporterError`` when they cannot work.
    init(_ settings: OTLPGRPCSettings, _ signal: Signal) throws {
        let endpoint = try GRPCEndpoint(settings.endpoint, insecure: settings.tls.insecure)
        try RequestHeaders.validate(settings.headers)
        try settings.tls.validate()
        isCompressed = settings.compression == .gzip
        var options = RequestOptions(url: endpoint.url(signal.method))
        options.version = endpoint.isSecure ? .http2OverTLS : .http2Plain
        options.timeoutNanoseconds = settings.timeoutNanoseconds
        options.tls = settings.tls
        let override = endpoint.isSecure ? settings.tls.serverNameOverride : nil
        if let parts = URLParts(options.url) { options.override(parts, by: override) }
        options.headers = [
            "content-type: application/grpc", "te: trailers",
            "grpc-timeout: \(GRPCText.timeout(nanoseconds: settings.timeoutNanoseconds))",
            // libcurl's own: HTTP/1's way to ask whether a body is welcome, and what it would take.
            "expect:", "accept:",
        ]
        // libcurl makes `:authority` of it.
        if let authority = settings.authority ?? override { options.headers.append("host: \(authority)") }
        if isCompressed { options.headers.append("grpc-encoding: gzip") }
        options.headers += settings.headers.map { RequestOptions.header($0.name.lowercased(), $0.value) }
        self.options = options
    }

    func frame(_ body: ByteBuffer) -> Bool {
        guard let length = UInt32(exactly: body.count - Self.prefix) else { return false }
        body.replace(at: 0, with: isCompressed ? 1 : 0)
        for index in 0..<4 {
            body.replace(at: 1 + index, with: UInt8(truncatingIfNeeded: length >> UInt32(24 - 8 * index)))
        }
        return true
    }

    func judge(_ answer: Answer, items: Int) -> Verdict {
        let written = answer.headers["grpc-status"].map(GRPCStatus.init(header:))
        // A server that refuses early sends its status and then resets the stream, which libcurl calls a failure: the
        // status counts.
        if let failure = answer.failure, written == nil { return .retry(why: failure) }
        guard answer.isHTTP2 else { return .retry(why: "HTTP \(answer.status), but not by HTTP/2") }
        // The connection was lost before the trailers, which libcurl does not mind in a body of unknown length.
        if written == nil, answer.status == 200, answer.contentType.hasPrefix("application/grpc") {
            return .retry(why: "an answer without a status")
        }
        let status = written ?? GRPCStatus(http: answer.status)
        if status == .ok {
            let partial =
                Self.message(answer.body).map(ResponseBody.partialSuccess(protobuf:)) ?? (rejected: 0, message: "")
            let rejected = min(max(partial.rejected, 0), Int64(items))
            return .delivered(rejected: Int(rejected), message: partial.message)
        }
        let message = answer.headers["grpc-message"].map { GRPCText.message($0).printable() } ?? ""
        let source = written == nil ? "HTTP \(answer.status), \(status.name)" : status.name.description
        let why = message.isEmpty ? source : "\(source): \(message)"
        let delay = answer.headers["grpc-status-details-bin"].flatMap(GRPCText.binary)
            .flatMap { $0.withUnsafeBytes(ResponseBody.retryDelay(status:)) }
        return status.isRetryable(hasRetryInfo: delay != nil) ? .retry(why: why, after: delay) : .refused(why: why)
    }

    /// The message of an answer's body, if it is whole and not compressed, which we did not say that we would read.
    private static func message(_ body: UnsafeRawBufferPointer) -> UnsafeRawBufferPointer? {
        guard body.count >= prefix, body[0] == 0 else { return nil }
        let length = body[1..<5].reduce(0) { $0 << 8 | Int($1) }
        guard length <= body.count - prefix else { return nil }
        return UnsafeRawBufferPointer(rebasing: body[prefix..<(prefix + length)])
    }
}
