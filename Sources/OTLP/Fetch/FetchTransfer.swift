import CLibCurl

/// One ``HTTPFetch`` under way: a libcurl handle of its own, so that nothing of one service is ever used for another.
final class FetchTransfer {
    /// What came.
    struct Answer {
        var body: [UInt8]
        /// `grpc-status`, a header or trailer; nil when there is none.
        var gRPCStatus: String?
    }

    private let handle: EasyHandle
    private let mostBytes: Int
    private let message: [UInt8]?
    private var body: [UInt8] = []
    private var isTooLarge = false
    private var answerHeaders = AnswerHeaders(["grpc-status"])

    /// - Parameter gRPC: the framed message of a call; nil for GET.
    init(_ fetch: HTTPFetch, gRPC message: [UInt8]? = nil) throws(FetchFailure) {
        guard CurlMulti.isInitialised, let handle = EasyHandle() else { throw .unreachable("no memory") }
        self.handle = handle
        self.message = message
        mostBytes = fetch.mostBytes
        guard configure(fetch) else { throw .unreachable("libcurl does not know an option") }
    }

    /// Asks, and waits for the answer.
    func run() throws(FetchFailure) -> Answer {
        let result = perform()
        if isTooLarge { throw .tooLarge }
        switch result {
        case CURLE_OK: break
        case CURLE_OPERATION_TIMEDOUT: throw .timedOut
        default: throw .unreachable(handle.failure(result))
        }
        let status = handle.get(CURLINFO_RESPONSE_CODE)
        guard status == 200 else { throw .refused(status) }
        return Answer(body: body, gRPCStatus: answerHeaders["grpc-status"])
    }

    private func perform() -> CURLcode {
        guard let message else { return curl_easy_perform(handle.pointer) }
        // Lent for as long as the request takes.
        return message.withUnsafeBytes { bytes in
            handle.setBody(bytes)
            return curl_easy_perform(handle.pointer)
        }
    }

    private func received(_ bytes: UnsafeRawBufferPointer) -> Bool {
        guard bytes.count <= mostBytes - body.count else {
            isTooLarge = true
            return false
        }
        body.append(contentsOf: bytes)
        return true
    }

    // MARK: Options

    private func configure(_ fetch: HTTPFetch) -> Bool {
        let milliseconds = Int(clamping: max(fetch.timeout / 1_000_000, 1))
        var results = handle.setCommon(url: fetch.url)
        results += [
            // A proxy of the environment is for the world outside.
            handle.set(CURLOPT_NOPROXY, "*"),
            handle.set(CURLOPT_TIMEOUT_MS, milliseconds), handle.set(CURLOPT_CONNECTTIMEOUT_MS, milliseconds),
        ]
        if let path = fetch.socketPath { results.append(handle.set(CURLOPT_UNIX_SOCKET_PATH, path)) }
        if let file = fetch.authorityFile { results.append(handle.set(CURLOPT_CAINFO, file)) }
        if message != nil {
            results += [
                handle.set(CURLOPT_POST, 1), handle.set(CURLOPT_HTTP_VERSION, CURL_HTTP_VERSION_2_PRIOR_KNOWLEDGE),
            ]
        }
        var lines = message == nil ? ["Accept: application/json"] : ["Content-Type: application/grpc", "TE: trailers"]
        if let token = fetch.bearerToken { lines.append("Authorization: Bearer \(token)") }
        results.append(handle.set(CURLOPT_HTTPHEADER, list: lines))
        return (results + callbacks()).allSatisfy { $0 == CURLE_OK }
    }

    /// The transfer lives longer than its handle, and both are called within curl_easy_perform.
    private func callbacks() -> [CURLcode] {
        let context = Unmanaged.passUnretained(self).toOpaque()
        return [
            interspan_curl_set_write(
                handle.pointer,
                { data, size, count, context in
                    guard let data, let context else { return 0 }
                    let isTaken = Unmanaged<FetchTransfer>.fromOpaque(context).takeUnretainedValue()
                        .received(UnsafeRawBufferPointer(start: data, count: size * count))
                    return isTaken ? size * count : 0
                }, context),
            interspan_curl_set_header(
                handle.pointer,
                { data, size, count, context in
                    guard let data, let context else { return 0 }
                    Unmanaged<FetchTransfer>.fromOpaque(context).takeUnretainedValue()
                        .answerHeaders.take(UnsafeRawBufferPointer(start: data, count: size * count))
                    return size * count
                }, context),
        ]
    }
}
