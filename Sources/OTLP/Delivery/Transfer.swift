import CLibCurl

/// One request and its answer: a libcurl handle with its memory, used for one request after the other. Several attempts
/// send the same bytes.
final class Transfer {
    /// What of an answer's body is kept; the rest is read and forgotten.
    private static let mostOfAnswer = 64 * 1024

    /// The handle.
    let handle: UnsafeMutableRawPointer
    /// The body that is sent.
    let body = ByteBuffer()
    /// What the request holds of the queue.
    var load = Load()
    /// When to try again; nil until the first attempt begins.
    var schedule: RetrySchedule?
    /// How often the present attempt had to start over.
    var startOvers = 0
    /// What the present attempt expects of its connection, where that matters.
    private(set) var belief: PriorKnowledge.Belief?

    private let binding: any ProtocolBinding
    private let answerBody = ByteBuffer()
    private var answerHeaders: AnswerHeaders
    private let error: UnsafeMutablePointer<CChar>
    private var lists: [UnsafeMutablePointer<curl_slist>] = []
    /// What libcurl reads certificates and keys from.
    private var credentials: TLSCredentials?
    private var wasWrong = false

    /// A transfer to an exporter's endpoint; nil when libcurl has no memory or knows an option not.
    init?(_ binding: any ProtocolBinding) {
        guard let handle = curl_easy_init() else { return nil }
        self.handle = handle
        self.binding = binding
        answerHeaders = AnswerHeaders(binding.answerHeaders)
        error = .allocate(capacity: Int(CURL_ERROR_SIZE))
        error.initialize(repeating: 0, count: Int(CURL_ERROR_SIZE))
        guard configure(binding.options) else { return nil }
    }

    deinit {
        curl_easy_cleanup(handle)
        for list in lists { curl_slist_free_all(list) }
        error.deallocate()
    }

    // MARK: An attempt

    /// Gets ready to send ``body``.
    func prepare(_ credentials: TLSCredentials, _ belief: PriorKnowledge.Belief?) {
        answerBody.removeAll()
        answerHeaders.removeAll()
        error.pointee = 0
        wasWrong = false
        _ = interspan_curl_set_offset(handle, CURLOPT_POSTFIELDSIZE_LARGE, curl_off_t(body.count))
        // Not copied: the buffer stays as it is until the attempt has ended.
        _ = interspan_curl_set_pointer(handle, CURLOPT_POSTFIELDS, body.bytes.baseAddress)
        self.belief = belief
        if let belief {
            let version = belief == .opens ? CURL_HTTP_VERSION_2_PRIOR_KNOWLEDGE : CURL_HTTP_VERSION_2_0
            _ = set(CURLOPT_HTTP_VERSION, version)
        }
        if credentials !== self.credentials {
            // A connection that was made with others is not used for this handle any more: libcurl compares the bytes.
            credentials.apply(to: handle)
            self.credentials = credentials
        }
    }

    /// What the attempt, which has ended, means.
    func verdict(_ result: CURLcode) -> Verdict {
        if wasWrong { return .startOver }
        var answer = Answer()
        if result != CURLE_OK {
            let detail = String(cString: error)
            answer.failure = (detail.isEmpty ? String(cString: curl_easy_strerror(result)) : detail).printable()
        }
        answer.status = get(CURLINFO_RESPONSE_CODE)
        answer.isHTTP2 = get(CURLINFO_HTTP_VERSION) == CURL_HTTP_VERSION_2_0
        answer.headers = answerHeaders
        var type: UnsafePointer<CChar>?
        _ = interspan_curl_get_string(handle, CURLINFO_CONTENT_TYPE, &type)
        answer.contentType = type.map { Answer.mediaType(String(cString: $0)) } ?? ""
        answer.retryAfter = retryAfter
        answer.body = answerBody.bytes
        return binding.judge(answer, items: load.part.weight.items)
    }

    private var retryAfter: UInt64? {
        var seconds: curl_off_t = 0
        guard interspan_curl_get_offset(handle, CURLINFO_RETRY_AFTER, &seconds) == CURLE_OK, seconds > 0 else {
            return nil
        }
        return min(UInt64(seconds), RetrySchedule.longestRetryAfter / 1_000_000_000) * 1_000_000_000
    }

    private func received(_ bytes: UnsafeRawBufferPointer) {
        let room = max(Self.mostOfAnswer - answerBody.count, 0)
        answerBody.append(UnsafeRawBufferPointer(rebasing: bytes.prefix(room)))
    }

    /// Whether a request may go out on the connection that it was given.
    private func mayBeSent() -> Bool {
        guard let belief else { return true }
        let isNew = get(CURLINFO_NUM_CONNECTS) > 0
        wasWrong = isNew != (belief == .opens)
        return !wasWrong
    }

    // MARK: Options

    private func configure(_ options: RequestOptions) -> Bool {
        var results = [
            set(CURLOPT_URL, options.url),
            set(CURLOPT_PROTOCOLS_STR, "http,https"),
            set(CURLOPT_USERAGENT, "\(Conventions.scopeName)/\(Conventions.scopeVersion)"),
            set(CURLOPT_POST, 1),
            // Requests are hundreds of kilobytes: few large writes.
            set(CURLOPT_UPLOAD_BUFFERSIZE, 256 << 10),
            // Spans go where the user said, not where an answer says.
            set(CURLOPT_FOLLOWLOCATION, 0),
            // Signals are the process's, not a library's.
            set(CURLOPT_NOSIGNAL, 1),
            set(CURLOPT_TCP_NODELAY, 1),
            set(CURLOPT_TCP_KEEPALIVE, 1),
            set(CURLOPT_TIMEOUT_MS, Int(clamping: max(options.timeoutNanoseconds / 1_000_000, 1))),
            interspan_curl_set_pointer(handle, CURLOPT_ERRORBUFFER, error),
        ]
        results += callbacks() + versions(options) + tls(options.tls)
        if let proxy = options.proxy { results.append(set(CURLOPT_PROXY, proxy)) }
        if let target = options.connectTo { results.append(set(CURLOPT_CONNECT_TO, list: [target])) }
        results.append(set(CURLOPT_HTTPHEADER, list: options.headers))
        return results.allSatisfy { $0 == CURLE_OK }
    }

    private func versions(_ options: RequestOptions) -> [CURLcode] {
        guard options.version != .http1 else { return [set(CURLOPT_HTTP_VERSION, CURL_HTTP_VERSION_1_1)] }
        return [
            set(CURLOPT_HTTP_VERSION, CURL_HTTP_VERSION_2TLS),
            // Waits for the one connection rather than open another.
            set(CURLOPT_PIPEWAIT, 1),
            // HTTP/2 passes a proxy only through a tunnel.
            set(CURLOPT_HTTPPROXYTUNNEL, 1),
        ]
    }

    private func tls(_ tls: TLSSettings) -> [CURLcode] {
        [
            set(CURLOPT_SSL_VERIFYPEER, tls.insecureSkipVerify ? 0 : 1),
            set(CURLOPT_SSL_VERIFYHOST, tls.insecureSkipVerify ? 0 : 2),
            set(CURLOPT_SSLVERSION, tls.curlVersions),
            // What was learned with certificates that have changed since must not come back.
            set(CURLOPT_SSL_SESSIONID_CACHE, 0),
            set(CURLOPT_CA_CACHE_TIMEOUT, 0),
        ]
    }

    /// The transfer lives longer than its handle, and all are called by its thread within curl_multi_perform.
    private func callbacks() -> [CURLcode] {
        let context = Unmanaged.passUnretained(self).toOpaque()
        return [
            interspan_curl_set_write(
                handle,
                { data, size, count, context in
                    guard let data, let context else { return 0 }
                    Unmanaged<Transfer>.fromOpaque(context).takeUnretainedValue()
                        .received(UnsafeRawBufferPointer(start: data, count: size * count))
                    return size * count
                }, context),
            interspan_curl_set_header(
                handle,
                { data, size, count, context in
                    guard let data, let context else { return 0 }
                    Unmanaged<Transfer>.fromOpaque(context).takeUnretainedValue()
                        .answerHeaders.take(UnsafeRawBufferPointer(start: data, count: size * count))
                    return size * count
                }, context),
            interspan_curl_set_prereq(
                handle,
                { context, _, _, _, _ in
                    guard let context else { return CURL_PREREQFUNC_ABORT }
                    return Unmanaged<Transfer>.fromOpaque(context).takeUnretainedValue().mayBeSent()
                        ? CURL_PREREQFUNC_OK : CURL_PREREQFUNC_ABORT
                }, context),
            interspan_curl_set_sockopt(
                handle,
                { context, socket, _ in
                    guard let context else { return CURL_SOCKOPT_ERROR }
                    let transfer = Unmanaged<Transfer>.fromOpaque(context).takeUnretainedValue()
                    limitSilence(of: socket, transfer.binding.options.timeoutNanoseconds)
                    return CURL_SOCKOPT_OK
                }, context),
        ]
    }

    private func set(_ option: CURLoption, _ value: String) -> CURLcode {
        interspan_curl_set_string(handle, option, value)
    }

    private func set(_ option: CURLoption, _ value: Int) -> CURLcode {
        interspan_curl_set_long(handle, option, value)
    }

    private func set(_ option: CURLoption, list lines: [String]) -> CURLcode {
        var list: UnsafeMutablePointer<curl_slist>?
        for line in lines {
            guard let longer = curl_slist_append(list, line) else {
                curl_slist_free_all(list)
                return CURLE_OUT_OF_MEMORY
            }
            list = longer
        }
        guard let list else { return CURLE_OK }
        lists.append(list)
        return interspan_curl_set_pointer(handle, option, list)
    }

    private func get(_ info: CURLINFO) -> Int {
        var value = 0
        return interspan_curl_get_long(handle, info, &value) == CURLE_OK ? value : 0
    }
}
