import CLibCurl

/// A libcurl handle for one request after the other, with all that it reads from: the buffer for what went wrong, and lists.
final class EasyHandle {
    /// The handle, as long as this lives.
    let pointer: UnsafeMutableRawPointer
    private let error: UnsafeMutablePointer<CChar>
    private var lists: [UnsafeMutablePointer<curl_slist>] = []

    /// nil when libcurl has no memory.
    init?() {
        guard let pointer = curl_easy_init() else { return nil }
        self.pointer = pointer
        error = .allocate(capacity: Int(CURL_ERROR_SIZE))
        error.initialize(repeating: 0, count: Int(CURL_ERROR_SIZE))
    }

    deinit {
        curl_easy_cleanup(pointer)
        for list in lists { curl_slist_free_all(list) }
        error.deallocate()
    }

    /// What every request of ours is made with, to a URL.
    func setCommon(url: String) -> [CURLcode] {
        [
            set(CURLOPT_URL, url),
            set(CURLOPT_PROTOCOLS_STR, "http,https"),
            set(CURLOPT_USERAGENT, "\(Conventions.scopeName)/\(Conventions.scopeVersion)"),
            // What is asked, and what is sent, goes where the user said, not where an answer says.
            set(CURLOPT_FOLLOWLOCATION, 0),
            // Signals are the process's, not a library's.
            set(CURLOPT_NOSIGNAL, 1),
            interspan_curl_set_pointer(pointer, CURLOPT_ERRORBUFFER, error),
        ]
    }

    /// Sets an option that is text, which libcurl copies.
    func set(_ option: CURLoption, _ value: String) -> CURLcode {
        interspan_curl_set_string(pointer, option, value)
    }

    /// Sets an option that is a number.
    func set(_ option: CURLoption, _ value: Int) -> CURLcode {
        interspan_curl_set_long(pointer, option, value)
    }

    /// Sets an option that is a list; an empty one stays unset.
    func set(_ option: CURLoption, list lines: [String]) -> CURLcode {
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
        return interspan_curl_set_pointer(pointer, option, list)
    }

    /// Sets what is sent. It is not copied: the bytes stay where they are until the request is over.
    func setBody(_ bytes: UnsafeRawBufferPointer) {
        _ = interspan_curl_set_offset(pointer, CURLOPT_POSTFIELDSIZE_LARGE, curl_off_t(bytes.count))
        _ = interspan_curl_set_pointer(pointer, CURLOPT_POSTFIELDS, bytes.baseAddress)
    }

    /// A number that is known of the last request; 0 when it is not.
    func get(_ info: CURLINFO) -> Int {
        var value = 0
        return interspan_curl_get_long(pointer, info, &value) == CURLE_OK ? value : 0
    }

    /// Forgets what went wrong before.
    func clearFailure() { error.pointee = 0 }

    /// What went wrong, in libcurl's words; safe to print.
    func failure(_ result: CURLcode) -> String {
        let detail = String(cString: error)
        return (detail.isEmpty ? String(cString: curl_easy_strerror(result)) : detail).printable()
    }
}
