public import OTLP

/// `tls` of an exporter: how TLS is spoken. Of a URL the scheme decides whether it is.
public struct TLSConfiguration: Sendable, Equatable {
    /// `insecure`: plain text for a gRPC endpoint without a scheme, unless a CA is given, as in the Collector. Of a URL the
    /// scheme decides. Default false.
    public var isInsecure = false
    /// `insecure_skip_verify`: take any certificate. Default false.
    public var skipsVerification = false
    /// `ca_file`: PEM file of the authorities that may sign the server's certificate. Default the system's.
    public var caFile: String?
    /// `ca_pem`: the authorities themselves, as PEM, instead of ``caFile``. Secret, as all texts of certificates.
    public var caPEM: String?
    /// `include_system_ca_certs_pool`: take those of the system as well as those given. Default false.
    public var includesSystemCAs = false
    /// `cert_file`: PEM file of our certificate, for servers that ask for one. Needs a key.
    public var certificateFile: String?
    /// `cert_pem`: our certificate itself, as PEM, instead of ``certificateFile``. Secret.
    public var certificatePEM: String?
    /// `key_file`: PEM file of our certificate's key. Needs a certificate.
    public var keyFile: String?
    /// `key_pem`: the key itself, as PEM, instead of ``keyFile``. Secret.
    public var keyPEM: String?
    /// `server_name_override`: the name that is asked for (SNI) and that the server's certificate must have.
    public var serverName: String?
    /// `min_version`: the oldest version that is spoken. Default 1.2.
    public var minimumVersion = TLSSettings.Version.tls12
    /// `max_version`: the newest version that is spoken. Default the newest there is.
    public var maximumVersion: TLSSettings.Version?
    /// `reload_interval`: after how long files are looked at again, in ns; 0 is never. Up to 24 h, default 1 s (the
    /// Collector's is never).
    public var reloadInterval: UInt64 = 1_000_000_000

    /// The defaults.
    public init() {}

    /// Whether authorities are given.
    var hasCA: Bool { caFile != nil || caPEM != nil }

    /// Whether anything is said that only TLS could heed.
    var hasMaterial: Bool {
        hasCA || certificateFile != nil || certificatePEM != nil || serverName != nil || skipsVerification
    }
}

extension TLSConfiguration: ConfigurationSection {
    static let laterKeys = ["cipher_suites", "include_insecure_cipher_suites", "curve_preferences", "tpm"]
    static let keys: [ConfigurationKey<Self>] = [
        .value(
            "insecure", \.isInsecure, .boolean,
            "Plain text for a gRPC endpoint without a scheme, unless a CA is given. Of a URL the scheme decides."),
        .value("insecure_skip_verify", \.skipsVerification, .boolean, "Take any certificate."),
        .optional(
            "ca_file", \.caFile, .path,
            "PEM file of the authorities that may sign the server's certificate; without it the system's."),
        .secret("ca_pem", \.caPEM, "The authorities themselves, as PEM, instead of `ca_file`."),
        .value(
            "include_system_ca_certs_pool", \.includesSystemCAs, .boolean,
            "Take the system's authorities as well as those given."),
        .optional("cert_file", \.certificateFile, .path, "PEM file of our certificate; needs a key."),
        .secret("cert_pem", \.certificatePEM, "Our certificate itself, as PEM, instead of `cert_file`."),
        .optional("key_file", \.keyFile, .path, "PEM file of our certificate's key; needs a certificate."),
        .secret("key_pem", \.keyPEM, "The key itself, as PEM, instead of `key_file`."),
        .optional(
            "server_name_override", \.serverName, .host("a host's name"),
            "The name that is asked for and that the server's certificate must have."),
        .value("min_version", \.minimumVersion, .choice(), "The oldest version that is spoken."),
        .optional(
            "max_version", \.maximumVersion, .choice(),
            "The newest version that is spoken; without it the newest there is."),
        .value(
            "reload_interval", \.reloadInterval, .duration(0...86_400_000_000_000),
            "After how long files are looked at again; 0 is never, as the Collector does without this key."),
    ]

    func check(at path: String, _ origin: ConfigurationNode.Origin, _ problems: inout ConfigurationProblems) {
        if caFile != nil, caPEM != nil { problems.add(path, origin, "expected ca_file or ca_pem, not both") }
        TLSCertificate(certificateFile, certificatePEM, keyFile, keyPEM).check(at: path, origin, &problems)
        if let maximumVersion, maximumVersion.rawValue < minimumVersion.rawValue {
            problems.add(path, origin, "expected max_version to be at least min_version")
        }
    }
}
