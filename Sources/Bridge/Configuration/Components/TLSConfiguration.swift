/// `tls` of an exporter: how `https` is spoken. The URL's scheme decides whether it is.
public struct TLSConfiguration: Sendable, Equatable {
    /// `insecure`: accepted for the Collector's sake; has no effect, since the URL's scheme decides. Default false.
    public var isInsecure = false
    /// `ca_file`: PEM file of the authorities that may sign the server's certificate. Default the system's.
    public var caFile: String?
    /// `cert_file`: PEM file of our certificate, for servers that ask for one. Needs ``keyFile``.
    public var certificateFile: String?
    /// `key_file`: PEM file of our certificate's key. Needs ``certificateFile``.
    public var keyFile: String?
    /// `insecure_skip_verify`: take any certificate. Default false.
    public var skipsVerification = false

    /// The defaults.
    public init() {}
}

extension TLSConfiguration: ConfigurationSection {
    static let laterKeys = [
        "server_name_override", "ca_pem", "cert_pem", "key_pem", "min_version", "max_version", "cipher_suites",
        "curve_preferences", "reload_interval", "include_system_ca_certs_pool", "tpm",
    ]
    static let keys: [ConfigurationKey<Self>] = [
        .value(
            "insecure", \.isInsecure, .boolean, "Has no effect: the URL's scheme decides whether TLS is spoken."),
        .optional(
            "ca_file", \.caFile, .path,
            "PEM file of the authorities that may sign the server's certificate; without it the system's."),
        .optional("cert_file", \.certificateFile, .path, "PEM file of our certificate; needs `key_file`."),
        .optional("key_file", \.keyFile, .path, "PEM file of our certificate's key; needs `cert_file`."),
        .value("insecure_skip_verify", \.skipsVerification, .boolean, "Take any certificate."),
    ]

    func check(at path: String, _ origin: ConfigurationNode.Origin, _ problems: inout ConfigurationProblems) {
        if (certificateFile == nil) != (keyFile == nil) {
            problems.add(path, origin, "expected cert_file and key_file together")
        }
    }
}
