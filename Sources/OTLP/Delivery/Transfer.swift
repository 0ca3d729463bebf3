import CLibCurl

/// One request and its answer: a libcurl handle with its memory, used for one request after the other. Several attempts
/// send the same bytes.
final class Transfer {
    /// What of an answer's body is kept; the rest is read and forgotten.
    private static let mostOfAnswer = 64 * 1024

    /// The handle.
    var handle: UnsafeMutableRawPointer { easy.pointer }
    /// The body that is sent.
    let body = ByteBuffer()
    /// What the request holds of the queue.
    var load = Load()
    /// When to try again; nil until the first attempt begins.
    var schedule: RetrySchedule?
    /// How often the present attempt had to start over.
    var startOvers = 0
    /// When the present attempt began, ns of CLOCK_MONOTONIC.
    var began: UInt64 = 0
    /// What the present attempt expects of its connection, where that matters.
    private(set) var belief: PriorKnowledge.Belief?

    private let binding: any ProtocolBinding
    private let answerBody = ByteBuffer()
    private var answerHeaders: AnswerHeaders
    private let easy: EasyHandle
    /// What libcurl reads certificates and keys from.
    private var credentials: TLSCredentials?
    private var wasWrong = false

    /// Most time that a connection may take which is only tried, ms.
    private static let longestProbe: UInt64 = 5000

    /// A transfer to an exporter's endpoint; nil when libcurl has no memory or knows an option not.
    ///
    /// - Parameter connectsOnly: whether it ends, with nothing sent, once there is a connection (CURLOPT_CONNECT_ONLY(3)).
    init?(_ binding: any ProtocolBinding, connectsOnly: Bool = false) {
        guard let easy = EasyHandle() else { return nil }
        self.easy = easy
        self.binding = binding
        answerHeaders = AnswerHeaders(binding.answerHeaders)
        guard configure(binding.options) else { return nil }
        guard connectsOnly else { return }
        let limit = min(max(binding.options.timeoutNanoseconds / 1_000_000, 1), Self.longestProbe)
        let results = [
            easy.set(CURLOPT_CONNECT_ONLY, 1), easy.set(CURLOPT_TIMEOUT_MS, Int(limit)), easy.set(CURLOPT_PIPEWAIT, 0),
            // A name server that hangs must not hold up the end.
            easy.set(CURLOPT_QUICK_EXIT, 1),
        ]
        guard results.allSatisfy({ $0 == CURLE_OK }) else { return nil }
    }

    // MARK: An attempt

    /// Gets ready to send ``body``.
    func prepare(_ credentials: TLSCredentials, _ belief: PriorKnowledge.Belief?) {
        answerBody.removeAll()
        answerHeaders.removeAll()
        easy.clearFailure()
        wasWrong = false
        easy.setBody(body.bytes)
        self.belief = belief
        if let belief {
            let version = belief == .opens ? CURL_HTTP_VERSION_2_PRIOR_KNOWLEDGE : CURL_HTTP_VERSION_2_0
            _ = easy.set(CURLOPT_HTTP_VERSION, version)
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
        if result != CURLE_OK { answer.failure = easy.failure(result) }
        answer.status = easy.get(CURLINFO_RESPONSE_CODE)
        answer.isHTTP2 = easy.get(CURLINFO_HTTP_VERSION) == CURL_HTTP_VERSION_2_0
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
        let isNew = easy.get(CURLINFO_NUM_CONNECTS) > 0
        wasWrong = isNew != (belief == .opens)
        return !wasWrong
    }

    // MARK: Options

    private func configure(_ options: RequestOptions) -> Bool {
        var results = easy.setCommon(url: options.url)
        results += [
            easy.set(CURLOPT_POST, 1),
            // Requests are hundreds of kilobytes: few large writes.
            easy.set(CURLOPT_UPLOAD_BUFFERSIZE, 256 << 10),
            easy.set(CURLOPT_TCP_NODELAY, 1),
            easy.set(CURLOPT_TCP_KEEPALIVE, 1),
            easy.set(CURLOPT_TIMEOUT_MS, Int(clamping: max(options.timeoutNanoseconds / 1_000_000, 1))),
        ]
        results += callbacks() + versions(options) + tls(options.tls)
        if let proxy = options.proxy { results.append(easy.set(CURLOPT_PROXY, proxy)) }
        if let target = options.connectTo { results.append(easy.set(CURLOPT_CONNECT_TO, list: [target])) }
        results.append(easy.set(CURLOPT_HTTPHEADER, list: options.headers))
        return results.allSatisfy { $0 == CURLE_OK }
    }

    private func versions(_ options: RequestOptions) -> [CURLcode] {
        guard options.version != .http1 else { return [easy.set(CURLOPT_HTTP_VERSION, CURL_HTTP_VERSION_1_1)] }
        return [
            easy.set(CURLOPT_HTTP_VERSION, CURL_HTTP_VERSION_2TLS),
            // Waits for the one connection rather than open another.
            easy.set(CURLOPT_PIPEWAIT, 1),
            // HTTP/2 passes a proxy only through a tunnel.
            easy.set(CURLOPT_HTTPPROXYTUNNEL, 1),
        ]
    }

    private func tls(_ tls: TLSSettings) -> [CURLcode] {
        [
            easy.set(CURLOPT_SSL_VERIFYPEER, tls.insecureSkipVerify ? 0 : 1),
            easy.set(CURLOPT_SSL_VERIFYHOST, tls.insecureSkipVerify ? 0 : 2),
            easy.set(CURLOPT_SSLVERSION, tls.curlVersions),
            // What was learned with certificates that have changed since must not come back.
            easy.set(CURLOPT_SSL_SESSIONID_CACHE, 0),
            easy.set(CURLOPT_CA_CACHE_TIMEOUT, 0),
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
}
