/// OTLP/HTTP (https://opentelemetry.io/docs/specs/otlp/#otlphttp): the request is the body of a POST.
struct HTTPBinding: ProtocolBinding {
    let options: RequestOptions
    let encoding: TelemetryEncoding
    let isCompressed: Bool
    /// Receivers take 20 MiB and more, and ``BatchSettings/maxBytes`` is below that.
    var largestRequest: Int { .max }
    var answerHeaders: [String] { [] }
    var prefixLength: Int { 0 }

    /// What the settings say.
    /// - Throws: ``ExporterError`` when they cannot work.
    init(_ settings: OTLPHTTPSettings) throws {
        let parts = try settings.validate()
        encoding = settings.encoding
        isCompressed = settings.compression == .gzip
        var options = RequestOptions(url: settings.endpoint)
        options.timeoutNanoseconds = settings.timeoutNanoseconds
        options.proxy = settings.proxyURL
        options.tls = settings.tls
        options.headers = ["Content-Type: \(settings.encoding.contentType)"]
        if isCompressed { options.headers.append("Content-Encoding: gzip") }
        // Without this, libcurl asks before it sends a large body, and waits a second for those who do not answer.
        options.headers.append("Expect:")
        if parts.scheme == "https", let name = settings.tls.serverNameOverride {
            let host = parts.host + (parts.port.map { ":\($0)" } ?? "")
            options.override(parts, by: name)
            if !settings.headers.contains(where: { $0.name.lowercased() == "host" }) {
                options.headers.append("Host: \(host)")
            }
        }
        options.headers += settings.headers.map { RequestOptions.header($0.name, $0.value) }
        self.options = options
    }

    func frame(_ body: ByteBuffer) -> Bool { true }

    func judge(_ answer: Answer, items: Int) -> Verdict {
        if let failure = answer.failure { return .retry(why: failure) }
        return Self.judge(
            status: answer.status, isJSON: answer.contentType == "application/json", body: answer.body, items: items,
            retryAfter: answer.retryAfter)
    }

    /// Reads an answer by OTLP/HTTP's rules.
    /// - Parameters:
    ///   - status: of the final response.
    ///   - isJSON: whether the body is JSON; protobuf otherwise.
    ///   - body: its first bytes; hostile.
    ///   - items: how many were sent.
    ///   - retryAfter: what its Retry-After asks for, ns. It means something with 429 and 503.
    static func judge(
        status: Int, isJSON: Bool, body: UnsafeRawBufferPointer, items: Int, retryAfter: UInt64? = nil
    ) -> Verdict {
        if (200..<300).contains(status) {
            let answer = isJSON ? ResponseBody.partialSuccess(json: body) : ResponseBody.partialSuccess(protobuf: body)
            let rejected = min(max(answer.rejected, 0), Int64(items))
            return .delivered(rejected: Int(rejected), message: answer.message)
        }
        let message = isJSON ? ResponseBody.statusMessage(json: body) : ResponseBody.statusMessage(protobuf: body)
        let why = message.isEmpty ? "HTTP \(status)" : "HTTP \(status): \(message)"
        switch status {
        case 429, 503: return .retry(why: why, after: retryAfter)
        case 502, 504: return .retry(why: why)
        default: return .refused(why: why)
        }
    }
}
