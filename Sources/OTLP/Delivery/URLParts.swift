import CLibCurl

/// A URL taken apart and put together by libcurl, so that what we check is what it will use.
final class URLParts {
    private let handle: OpaquePointer

    /// The parts of a URL; nil when it is none. Any scheme will do, but there must be one.
    init?(_ url: String) {
        guard let handle = curl_url() else { return nil }
        self.handle = handle
        guard curl_url_set(handle, CURLUPART_URL, url, UInt32(CURLU_NON_SUPPORT_SCHEME)) == CURLUE_OK else {
            return nil
        }
    }

    /// A URL of nothing but a host; nil when it cannot be one.
    convenience init?(host: String) {
        self.init("https://localhost/")
        guard !host.isEmpty, replaceHost(by: host) else { return nil }
    }

    deinit { curl_url_cleanup(handle) }

    /// `http` or another.
    var scheme: String { part(CURLUPART_SCHEME) ?? "" }
    /// The host; an IPv6 address in brackets.
    var host: String { part(CURLUPART_HOST) ?? "" }
    /// The port if it is written.
    var port: String? { part(CURLUPART_PORT) }
    /// The port, as it is written or as the scheme has it.
    var effectivePort: String { part(CURLUPART_PORT, UInt32(CURLU_DEFAULT_PORT)) ?? "" }
    /// From the slash on; `/` if nothing is written.
    var path: String { part(CURLUPART_PATH) ?? "/" }
    /// Whether there is nothing but a scheme, a host, a port and a path.
    var isPlain: Bool {
        [CURLUPART_USER, CURLUPART_PASSWORD, CURLUPART_QUERY, CURLUPART_FRAGMENT].allSatisfy { part($0) == nil }
    }
    /// All together.
    var url: String { part(CURLUPART_URL) ?? "" }

    /// Puts another host in place; false when that cannot be one.
    func replaceHost(by host: String) -> Bool { curl_url_set(handle, CURLUPART_HOST, host, 0) == CURLUE_OK }

    private func part(_ part: CURLUPart, _ flags: UInt32 = 0) -> String? {
        var value: UnsafeMutablePointer<CChar>?
        guard curl_url_get(handle, part, &value, flags) == CURLUE_OK, let value else { return nil }
        defer { curl_free(value) }
        return String(cString: value)
    }
}

extension RequestOptions {
    /// Connects to the URL's host but asks for another name, which the certificate must have.
    mutating func override(_ parts: URLParts, by name: String?) {
        guard let name else { return }
        let target = "::\(parts.host):\(parts.effectivePort)"
        guard parts.replaceHost(by: name) else { return }
        connectTo = target
        url = parts.url
    }
}
