/// TLS of a server: `tls` of the Collector's receivers, with its names, meanings and defaults.
public struct ServerTLSSettings: Sendable {
    /// Something in PEM.
    public enum PEM: Sendable, Equatable {
        /// The path of a file that has it; read again when it changes.
        case file(String)
        /// The text itself.
        case inline(String)
    }

    /// Versions of TLS.
    public typealias Version = TLSSettings.Version

    /// `cert_file` or `cert_pem`: the server's certificate, followed by those that vouch for it.
    public var certificate: PEM
    /// `key_file` or `key_pem`: its key, without a passphrase.
    public var key: PEM
    /// `client_ca_file`: the authorities that may sign clients' certificates. When it is there, a client must have one.
    public var clientCA: PEM?
    /// `min_version`. Default 1.2.
    public var minVersion = Version.tls12
    /// `max_version`. Nil: the latest.
    public var maxVersion: Version?
    /// `reload_interval`: how often files are looked at, at most, ns; it happens when a connection comes. Default 1 s.
    public var reloadIntervalNanoseconds: UInt64 = 1_000_000_000

    /// A server with a certificate and its key.
    public init(certificate: PEM, key: PEM) {
        self.certificate = certificate
        self.key = key
    }
}
