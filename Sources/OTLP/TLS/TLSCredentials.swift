import CLibCurl

/// Certificates and keys in the form that libcurl reads them, which does not change.
final class TLSCredentials {
    /// The contents.
    let pem: PEM
    /// Whether the system's authorities count.
    private let includesSystem: Bool
    private let authorities: Blob
    private let certificate: Blob
    private let key: Blob

    /// Memory that stays where it is, since libcurl only keeps where it lies.
    private final class Blob {
        let bytes: UnsafeMutableRawBufferPointer?

        init(_ contents: [UInt8]?) {
            bytes = contents.map { contents in
                let bytes = UnsafeMutableRawBufferPointer.allocate(byteCount: max(contents.count, 1), alignment: 1)
                bytes.copyBytes(from: contents)
                return UnsafeMutableRawBufferPointer(rebasing: bytes[..<contents.count])
            }
        }

        deinit { bytes?.deallocate() }
    }

    /// What was read.
    init(_ pem: PEM, includesSystem: Bool) {
        self.pem = pem
        self.includesSystem = includesSystem
        authorities = Blob(pem.authorities)
        certificate = Blob(pem.certificate)
        key = Blob(pem.key)
    }

    /// Sets them; they must live as long as the handle has them.
    func apply(to handle: UnsafeMutableRawPointer) {
        let blobs = [
            (CURLOPT_CAINFO_BLOB, authorities), (CURLOPT_SSLCERT_BLOB, certificate), (CURLOPT_SSLKEY_BLOB, key),
        ]
        // libcurl fails at the connection rather than here if it has no memory: the attempt is then tried again.
        for case (let option, let blob) in blobs {
            _ = interspan_curl_set_blob(handle, option, blob.bytes?.baseAddress, blob.bytes?.count ?? 0)
        }
        // The system's folder of authorities counts beside any file until it is taken away.
        if pem.authorities != nil, !includesSystem { _ = interspan_curl_set_string(handle, CURLOPT_CAPATH, nil) }
    }

    /// The file with the system's authorities, as libcurl was built to know it.
    static func systemBundle() -> String? {
        guard let handle = curl_easy_init() else { return nil }
        defer { curl_easy_cleanup(handle) }
        var path: UnsafePointer<CChar>?
        guard interspan_curl_get_string(handle, CURLINFO_CAINFO, &path) == CURLE_OK, let path else { return nil }
        return String(cString: path)
    }
}
