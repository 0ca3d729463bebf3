import CLibCurl

/// TLS to a backend: `tls` of the Collector, with its names, meanings and defaults.
///
/// Files are read again while the exporter runs, see ``reloadIntervalNanoseconds``.
public struct TLSSettings: Sendable, Equatable {
    /// Versions of TLS.
    public enum Version: String, Sendable, CaseIterable {
        case tls10 = "1.0"
        case tls11 = "1.1"
        case tls12 = "1.2"
        case tls13 = "1.3"
    }

    /// `insecure`: whether a gRPC endpoint that names no scheme is spoken to without TLS. Default false. OTLP/HTTP goes
    /// by the URL's scheme alone.
    public var insecure = false
    /// `ca_file`: PEM file of the authorities that may sign the backend's certificate. Nil, without ``caPEM``: the
    /// system's.
    public var caFile: String?
    /// `ca_pem`: the same, given here. Not with ``caFile``.
    public var caPEM: String?
    /// `include_system_ca_certs_pool`: whether the system's authorities count beside ours. Default false.
    public var includeSystemCACertsPool = false
    /// `cert_file`: PEM file of the certificate by which the backend knows us, with its chain.
    public var certFile: String?
    /// `cert_pem`: the same, given here. Not with ``certFile``.
    public var certPEM: String?
    /// `key_file`: PEM file of its key, without a passphrase.
    public var keyFile: String?
    /// `key_pem`: the same, given here. Not with ``keyFile``.
    public var keyPEM: String?
    /// `server_name_override`: the name that is asked for (SNI) and that the backend's certificate must have, in place
    /// of the endpoint's host; over gRPC also the `:authority` of requests.
    public var serverNameOverride: String?
    /// `min_version`. Default 1.2. OpenSSL's own policy may forbid 1.0 and 1.1 whatever is said here.
    public var minVersion = Version.tls12
    /// `max_version`. Nil: the newest that both know.
    public var maxVersion: Version?
    /// `insecure_skip_verify`: takes any certificate. Default false.
    public var insecureSkipVerify = false
    /// `reload_interval`: files are looked at again before a request when the last look is at least so long ago, ns.
    /// Default 1 s. New contents count for new connections, and no request begins on a connection made with the old
    /// ones. 0: before every request.
    public var reloadIntervalNanoseconds: UInt64 = 1_000_000_000

    /// The defaults.
    public init() {}
}

extension TLSSettings {
    /// The versions as libcurl wants them.
    var curlVersions: Int {
        let most = maxVersion.map(\.curlMost) ?? CURL_SSLVERSION_MAX_DEFAULT
        return minVersion.curlLeast | most
    }

    /// Finds what contradicts itself.
    func validate() throws {
        let pairs = [("ca", caFile, caPEM), ("cert", certFile, certPEM), ("key", keyFile, keyPEM)]
        for case (let kind, _?, _?) in pairs {
            throw ExporterError("tls.\(kind)_pem: not together with \(kind)_file")
        }
        let hasCertificate = certFile != nil || certPEM != nil
        let hasKey = keyFile != nil || keyPEM != nil
        if hasCertificate, !hasKey { throw ExporterError("tls.key_file: expected beside cert_file") }
        if hasKey, !hasCertificate { throw ExporterError("tls.cert_file: expected beside key_file") }
        if let maxVersion, maxVersion.rawValue < minVersion.rawValue {
            throw ExporterError("tls.max_version: \(maxVersion.rawValue) is less than min_version")
        }
        if let serverNameOverride, URLParts(host: serverNameOverride) == nil {
            throw ExporterError("tls.server_name_override: \(serverNameOverride.printable()) is no host name")
        }
    }
}

extension TLSSettings.Version {
    fileprivate var curlLeast: Int {
        switch self {
        case .tls10: CURL_SSLVERSION_TLSv1_0
        case .tls11: CURL_SSLVERSION_TLSv1_1
        case .tls12: CURL_SSLVERSION_TLSv1_2
        case .tls13: CURL_SSLVERSION_TLSv1_3
        }
    }

    fileprivate var curlMost: Int {
        switch self {
        case .tls10: CURL_SSLVERSION_MAX_TLSv1_0
        case .tls11: CURL_SSLVERSION_MAX_TLSv1_1
        case .tls12: CURL_SSLVERSION_MAX_TLSv1_2
        case .tls13: CURL_SSLVERSION_MAX_TLSv1_3
        }
    }
}
