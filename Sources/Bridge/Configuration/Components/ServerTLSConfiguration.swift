public import OTLP

/// `tls` of a receiver's protocol: how it speaks TLS to those that send to us. Where it is absent, plain text is spoken.
public struct ServerTLSConfiguration: Sendable, Equatable {
    /// `cert_file`: PEM file of our certificate.
    public var certificateFile: String?
    /// `cert_pem`: our certificate itself, as PEM, instead of ``certificateFile``. Secret, as all texts of certificates.
    public var certificatePEM: String?
    /// `key_file`: PEM file of our certificate's key.
    public var keyFile: String?
    /// `key_pem`: the key itself, as PEM, instead of ``keyFile``. Secret.
    public var keyPEM: String?
    /// `client_ca_file`: PEM file of the authorities that must have signed whoever sends. Default nobody has to prove
    /// anything.
    public var clientCAFile: String?
    /// `min_version`: the oldest version that is spoken. Default 1.2.
    public var minimumVersion = TLSSettings.Version.tls12
    /// `max_version`: the newest version that is spoken. Default the newest there is.
    public var maximumVersion: TLSSettings.Version?
    /// `reload_interval`: after how long files are looked at again, in ns; 0 is never. Up to 24 h, default 1 s (the
    /// Collector's is never).
    public var reloadInterval: UInt64 = 1_000_000_000

    /// The defaults, without a certificate.
    public init() {}
}

extension ServerTLSConfiguration: ConfigurationSection {
    static let laterKeys = ["cipher_suites", "include_insecure_cipher_suites", "curve_preferences", "tpm"]
    // The first is what reload_interval does here; the others are read of a server by nobody, the Collector included.
    static let ignoredKeys = ["client_ca_file_reload", "ca_file", "ca_pem", "include_system_ca_certs_pool"]
    static let keys: [ConfigurationKey<Self>] = [
        .optional("cert_file", \.certificateFile, .path, "PEM file of our certificate."),
        .secret("cert_pem", \.certificatePEM, "Our certificate itself, as PEM, instead of `cert_file`."),
        .optional("key_file", \.keyFile, .path, "PEM file of our certificate's key."),
        .secret("key_pem", \.keyPEM, "The key itself, as PEM, instead of `key_file`."),
        .optional(
            "client_ca_file", \.clientCAFile, .path,
            "PEM file of the authorities that must have signed whoever sends; without it anybody may."),
        .value("min_version", \.minimumVersion, .choice(), "The oldest version that is spoken."),
        .optional(
            "max_version", \.maximumVersion, .choice(),
            "The newest version that is spoken; without it the newest there is."),
        .value(
            "reload_interval", \.reloadInterval, .duration(0...86_400_000_000_000),
            "After how long files are looked at again; 0 is never, as the Collector does without this key."),
    ]

    func check(at path: String, _ origin: ConfigurationNode.Origin, _ problems: inout ConfigurationProblems) {
        let certificate = TLSCertificate(certificateFile, certificatePEM, keyFile, keyPEM)
        certificate.check(at: path, origin, &problems)
        if !certificate.isThere, keyFile == nil, keyPEM == nil {
            problems.add(path, origin, "expected cert_file and key_file, without which there is no TLS")
        }
        if let maximumVersion, maximumVersion.rawValue < minimumVersion.rawValue {
            problems.add(path, origin, "expected max_version to be at least min_version")
        }
    }
}
