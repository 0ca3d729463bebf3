import CLibCurl

/// One request and its answer: a libcurl handle with its memory, used for one request after the other. Several attempts
/// send the same bytes.
final class HTTPTransfer {
    /// What of an answer's body is kept; the rest is read and forgotten.
    private static let mostOfAnswer = 64 * 1024

    /// The handle.
    let handle: UnsafeMutableRawPointer
    /// The body that is sent.
    let body = ByteBuffer()
    /// What the request holds of the queue.
    var receipt = Receipt()
    /// When to try again; nil until an attempt has failed.
    var schedule: RetrySchedule?

    private let answer = ByteBuffer()
    private let error: UnsafeMutablePointer<CChar>
    private var headers: UnsafeMutablePointer<curl_slist>?

    /// A transfer to an exporter's endpoint; nil when libcurl has no memory or knows an option not.
    init?(_ settings: OTLPHTTPSettings) {
        guard let handle = curl_easy_init() else { return nil }
        self.handle = handle
        error = .allocate(capacity: Int(CURL_ERROR_SIZE))
        error.initialize(repeating: 0, count: Int(CURL_ERROR_SIZE))
        guard configure(settings) else { return nil }
    }

    deinit {
        curl_easy_cleanup(handle)
        curl_slist_free_all(headers)
        error.deallocate()
    }

    private func configure(_ settings: OTLPHTTPSettings) -> Bool {
        var options: [CURLcode] = [
            string(CURLOPT_URL, settings.endpoint),
            string(CURLOPT_PROTOCOLS_STR, "http,https"),
            string(CURLOPT_USERAGENT, "\(Conventions.scopeName)/\(Conventions.scopeVersion)"),
            long(CURLOPT_POST, 1),
            // Spans go where the user said, not where an answer says.
            long(CURLOPT_FOLLOWLOCATION, 0),
            // Signals are the process's, not a library's.
            long(CURLOPT_NOSIGNAL, 1),
            long(CURLOPT_TCP_NODELAY, 1),
            long(CURLOPT_HTTP_VERSION, CURL_HTTP_VERSION_1_1),
            long(CURLOPT_TIMEOUT_MS, Int(clamping: max(settings.timeoutNanoseconds / 1_000_000, 1))),
            long(CURLOPT_SSL_VERIFYPEER, settings.tls.insecureSkipVerify ? 0 : 1),
            long(CURLOPT_SSL_VERIFYHOST, settings.tls.insecureSkipVerify ? 0 : 2),
            long(CURLOPT_SSLVERSION, CURL_SSLVERSION_TLSv1_2),
            interspan_curl_set_pointer(handle, CURLOPT_ERRORBUFFER, error),
            interspan_curl_set_write(
                handle,
                { data, size, count, context in
                    guard let data, let context else { return 0 }
                    // The transfer lives longer than its handle.
                    let transfer = Unmanaged<HTTPTransfer>.fromOpaque(context).takeUnretainedValue()
                    return transfer.received(UnsafeRawBufferPointer(start: data, count: size * count))
                }, Unmanaged.passUnretained(self).toOpaque()),
        ]
        let files = [
            (CURLOPT_CAINFO, settings.tls.caFile), (CURLOPT_SSLCERT, settings.tls.certFile),
            (CURLOPT_SSLKEY, settings.tls.keyFile),
        ]
        for case (let option, let path?) in files { options.append(string(option, path)) }
        var lines = ["Content-Type: \(settings.encoding.contentType)"]
        if settings.compression == .gzip { lines.append("Content-Encoding: gzip") }
        // Without this, libcurl asks before it sends a large body, and waits a second for those who do not answer.
        lines.append("Expect:")
        // A semicolon is libcurl's way to say that a header has no value.
        lines += settings.headers.map { $0.value.isEmpty ? "\($0.name);" : "\($0.name): \($0.value)" }
        for line in lines {
            guard let longer = curl_slist_append(headers, line) else { return false }
            headers = longer
        }
        options.append(interspan_curl_set_pointer(handle, CURLOPT_HTTPHEADER, headers))
        return options.allSatisfy { $0 == CURLE_OK }
    }

    /// Gets ready to send ``body``.
    func prepare() {
        answer.removeAll()
        error.pointee = 0
        _ = interspan_curl_set_offset(handle, CURLOPT_POSTFIELDSIZE_LARGE, curl_off_t(body.count))
        // Not copied: the buffer stays as it is until the attempt has ended.
        _ = interspan_curl_set_pointer(handle, CURLOPT_POSTFIELDS, body.bytes.baseAddress)
    }

    /// What an attempt that has ended means.
    func verdict(_ result: CURLcode) -> HTTPVerdict {
        guard result == CURLE_OK else {
            let detail = String(cString: error)
            let why = detail.isEmpty ? String(cString: curl_easy_strerror(result)) : detail
            switch result {
            case CURLE_URL_MALFORMAT, CURLE_UNSUPPORTED_PROTOCOL: return .refused(why: why.printable())
            default: return .retry(why: why.printable())
            }
        }
        var status = 0
        _ = interspan_curl_get_long(handle, CURLINFO_RESPONSE_CODE, &status)
        var type: UnsafePointer<CChar>?
        _ = interspan_curl_get_string(handle, CURLINFO_CONTENT_TYPE, &type)
        let isJSON = type.map { String(cString: $0).lowercased().hasPrefix("application/json") } ?? false
        return .judge(status: status, isJSON: isJSON, body: answer.bytes, items: receipt.weight.items)
    }

    /// What the answer's Retry-After asks for, as seconds or as a date; ns, nil when it asks for nothing.
    var retryAfter: UInt64? {
        var seconds: curl_off_t = 0
        guard interspan_curl_get_offset(handle, CURLINFO_RETRY_AFTER, &seconds) == CURLE_OK, seconds > 0 else {
            return nil
        }
        return min(UInt64(seconds), RetrySchedule.longestRetryAfter / 1_000_000_000) * 1_000_000_000
    }

    private func received(_ bytes: UnsafeRawBufferPointer) -> Int {
        let room = max(Self.mostOfAnswer - answer.count, 0)
        answer.append(UnsafeRawBufferPointer(rebasing: bytes.prefix(room)))
        return bytes.count
    }

    private func string(_ option: CURLoption, _ value: String) -> CURLcode {
        interspan_curl_set_string(handle, option, value)
    }

    private func long(_ option: CURLoption, _ value: Int) -> CURLcode {
        interspan_curl_set_long(handle, option, value)
    }
}
