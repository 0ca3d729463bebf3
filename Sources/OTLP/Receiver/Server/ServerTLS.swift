import Glibc
import NIOCore
import NIOSSL

/// A server's certificates as they are in their files now. On the event loop.
final class ServerTLS {
    private let settings: ServerTLSSettings
    private let protocols: [String]
    private let key: String
    private let log: ReceiverLog
    private var context: NIOSSLContext
    private var stamps: [FileStamp]
    private var looked: UInt64

    /// Reads them.
    /// - Parameters:
    ///   - protocols: what is offered by ALPN (RFC 7301).
    ///   - key: of the configuration, for complaints.
    ///   - now: CLOCK_MONOTONIC, ns.
    /// - Throws: ``ReceiverError`` when they cannot be used.
    init(
        _ settings: ServerTLSSettings, protocols: [String], key: String, log: ReceiverLog, now: UInt64
    ) throws(ReceiverError) {
        self.settings = settings
        self.protocols = protocols
        self.key = key
        self.log = log
        looked = now
        stamps = Self.stamps(of: settings)
        context = try Self.context(settings, protocols: protocols, key: key)
    }

    /// What a connection that begins now uses. When a file has changed it is read again, but not more often than the
    /// settings say; what cannot be used is named once, and what was there before stays.
    func context(now: UInt64) -> NIOSSLContext {
        guard now >= looked, now - looked >= settings.reloadIntervalNanoseconds else { return context }
        looked = now
        let stamps = Self.stamps(of: settings)
        guard stamps != self.stamps else { return context }
        self.stamps = stamps
        do {
            context = try Self.context(settings, protocols: protocols, key: key)
        } catch {
            log.warn(.certificate, "\(error); the certificate that was there before is still used")
        }
        return context
    }

    private static func context(
        _ settings: ServerTLSSettings, protocols: [String], key: String
    ) throws(ReceiverError) -> NIOSSLContext {
        let chain: [NIOSSLCertificate] = try read("cert", of: key) {
            switch settings.certificate {
            case .file(let path): try NIOSSLCertificate.fromPEMFile(path)
            case .inline(let text): try NIOSSLCertificate.fromPEMBytes(Array(text.utf8))
            }
        }
        let privateKey = try read("key", of: key) {
            switch settings.key {
            case .file(let path): try NIOSSLPrivateKey(file: path, format: .pem)
            case .inline(let text): try NIOSSLPrivateKey(bytes: Array(text.utf8), format: .pem)
            }
        }
        var configuration = TLSConfiguration.makeServerConfiguration(
            certificateChain: chain.map { .certificate($0) }, privateKey: .privateKey(privateKey))
        configuration.minimumTLSVersion = settings.minVersion.asNIO
        configuration.maximumTLSVersion = settings.maxVersion?.asNIO
        configuration.applicationProtocols = protocols
        // A peer that says nothing to our goodbye holds up the end for so long.
        configuration.shutdownTimeout = .milliseconds(500)
        if let authorities = settings.clientCA {
            let roots: [NIOSSLCertificate] = try read("client_ca", of: key) {
                switch authorities {
                case .file(let path): try NIOSSLCertificate.fromPEMFile(path)
                case .inline(let text): try NIOSSLCertificate.fromPEMBytes(Array(text.utf8))
                }
            }
            configuration.trustRoots = .certificates(roots)
            // A client has no name that could be verified; its certificate must be there and signed by them.
            configuration.certificateVerification = .noHostnameVerification
        }
        return try read("cert and key", of: key) { try NIOSSLContext(configuration: configuration) }
    }

    private static func read<R>(_ what: String, of key: String, _ body: () throws -> R) throws(ReceiverError) -> R {
        do {
            return try body()
        } catch { throw ReceiverError("\(key).tls: \(what): PEM was expected: \("\(error)".printable())") }
    }

    private static func stamps(of settings: ServerTLSSettings) -> [FileStamp] {
        [settings.certificate, settings.key, settings.clientCA].compactMap {
            if case .file(let path) = $0 { FileStamp(path) } else { nil }
        }
    }
}

/// What tells whether a file is another one, or was written since.
private struct FileStamp: Equatable {
    private var inode: UInt64 = 0
    private var size: Int64 = 0
    private var seconds = 0
    private var nanoseconds = 0

    /// Of a file that is there; all zero of one that is not.
    init(_ path: String) {
        var status = stat()
        // Follows links: Kubernetes exchanges the folder that they go through.
        guard stat(path, &status) == 0 else { return }
        inode = UInt64(status.st_ino)
        size = Int64(status.st_size)
        seconds = status.st_mtim.tv_sec
        nanoseconds = status.st_mtim.tv_nsec
    }
}

extension TLSSettings.Version {
    fileprivate var asNIO: TLSVersion {
        switch self {
        case .tls10: .tlsv1
        case .tls11: .tlsv11
        case .tls12: .tlsv12
        case .tls13: .tlsv13
        }
    }
}
