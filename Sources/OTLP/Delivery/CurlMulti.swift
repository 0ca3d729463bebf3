import CLibCurl

/// libcurl's set of transfers: run by one thread, woken by others.
///
/// `@unchecked Sendable`: only ``wake()`` is called from other threads, which libcurl allows (curl_multi_wakeup(3)).
final class CurlMulti: @unchecked Sendable {
    /// libcurl's own state, once per process and for as long as it lives.
    static let isInitialised = curl_global_init(Int(CURL_GLOBAL_ALL)) == CURLE_OK

    private let handle: UnsafeMutableRawPointer

    /// An empty set; nil when libcurl has no memory.
    /// - Parameter sharesConnection: whether all transfers are to share one HTTP/2 connection.
    init?(sharesConnection: Bool = false) {
        guard Self.isInitialised, let handle = curl_multi_init() else { return nil }
        self.handle = handle
        guard sharesConnection else { return }
        let options = [
            interspan_curl_multi_set_long(handle, CURLMOPT_PIPELINING, Int(CURLPIPE_MULTIPLEX)),
            interspan_curl_multi_set_long(handle, CURLMOPT_MAX_HOST_CONNECTIONS, 1),
            // As many as there can be consumers; the server's own limit holds beside it.
            interspan_curl_multi_set_long(handle, CURLMOPT_MAX_CONCURRENT_STREAMS, 1000),
        ]
        guard options.allSatisfy({ $0 == CURLM_OK }) else { return nil }
    }

    deinit { curl_multi_cleanup(handle) }

    /// Makes a ``wait(milliseconds:)`` return, the present one or the next.
    func wake() { curl_multi_wakeup(handle) }

    /// Begins a transfer.
    func add(_ transfer: UnsafeMutableRawPointer) -> Bool { curl_multi_add_handle(handle, transfer) == CURLM_OK }

    /// Ends a transfer, finished or not.
    func remove(_ transfer: UnsafeMutableRawPointer) { curl_multi_remove_handle(handle, transfer) }

    /// Does what can be done without waiting, and reports the transfers that have ended.
    func perform(_ ended: (UnsafeMutableRawPointer, CURLcode) -> Void) {
        var running: Int32 = 0
        curl_multi_perform(handle, &running)
        var left: Int32 = 0
        while let message = curl_multi_info_read(handle, &left) {
            guard message.pointee.msg == CURLMSG_DONE, let transfer = message.pointee.easy_handle else { continue }
            ended(transfer, message.pointee.data.result)
        }
    }

    /// Waits until there is something to do, at most so long.
    func wait(milliseconds: Int32) {
        var ready: Int32 = 0
        curl_multi_poll(handle, nil, 0, milliseconds, &ready)
    }
}
