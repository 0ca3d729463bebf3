import NIOSSL

/// The contents of certificate and key files, in PEM.
struct PEM: Equatable, Sendable {
    /// The authorities that may sign the backend's certificate; nil for the system's.
    var authorities: [UInt8]?
    /// Our certificate with its chain.
    var certificate: [UInt8]?
    /// Its key.
    var key: [UInt8]?

    /// Finds what is broken: files that are only half there, and a key that is not the certificate's, which is what a
    /// look between two writes sees. BoringSSL reads them here, so that libcurl is never given what does not work.
    func validate() throws {
        if let authorities, try Self.certificates(authorities, "ca_file").isEmpty {
            throw ExporterError("tls.ca_file: no certificate in it")
        }
        guard let certificate, let key else { return }
        let chain = try Self.certificates(certificate, "cert_file")
        if chain.isEmpty { throw ExporterError("tls.cert_file: no certificate in it") }
        var configuration = TLSConfiguration.makeClientConfiguration()
        configuration.trustRoots = .certificates([])
        do {
            configuration.privateKey = .privateKey(try NIOSSLPrivateKey(bytes: key, format: .pem))
        } catch {
            throw ExporterError("tls.key_file: no key can be read from it")
        }
        configuration.certificateChain = chain.map { .certificate($0) }
        do {
            _ = try NIOSSLContext(configuration: configuration)
        } catch {
            throw ExporterError("tls.key_file: not the key of the certificate in cert_file")
        }
    }

    private static func certificates(_ bytes: [UInt8], _ key: String) throws -> [NIOSSLCertificate] {
        do {
            return try NIOSSLCertificate.fromPEMBytes(bytes)
        } catch {
            throw ExporterError("tls.\(key): a certificate in it cannot be read")
        }
    }
}
