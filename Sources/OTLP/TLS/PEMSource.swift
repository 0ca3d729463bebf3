import Glibc

/// Where certificates and keys come from: files, or the configuration itself.
struct PEMSource: Sendable {
    /// No file of this kind is larger; the system's own bundle is a quarter of a megabyte.
    static let largestFile = 4 << 20

    private let settings: TLSSettings
    private let systemBundle: String?

    /// What the settings name.
    /// - Parameter systemBundle: the file with the system's authorities.
    init(_ settings: TLSSettings, systemBundle: String?) {
        self.settings = settings
        self.systemBundle = systemBundle
    }

    /// Reads everything as it is now, and checks it.
    /// - Throws: ``ExporterError`` when a file cannot be read or does not hold what it should.
    func read() throws -> PEM {
        var pem = PEM()
        pem.authorities = try Self.bytes(settings.caFile, settings.caPEM, "ca_file")
        pem.certificate = try Self.bytes(settings.certFile, settings.certPEM, "cert_file")
        pem.key = try Self.bytes(settings.keyFile, settings.keyPEM, "key_file")
        try pem.validate()
        if settings.includeSystemCACertsPool, let own = pem.authorities, let systemBundle {
            // In PEM, two files make one; a file need not end its last line.
            pem.authorities = own + [0x0A] + (try Self.file(systemBundle, "include_system_ca_certs_pool"))
        }
        return pem
    }

    private static func bytes(_ path: String?, _ text: String?, _ key: String) throws -> [UInt8]? {
        if let path { return try file(path, key) }
        return text.map { Array($0.utf8) }
    }

    private static func file(_ path: String, _ key: String) throws -> [UInt8] {
        func failure(_ why: String) -> ExporterError { ExporterError("tls.\(key): \(path.printable()): \(why)") }
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else { throw failure(String(cString: strerror(errno))) }
        defer { close(descriptor) }
        var result: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 16 * 1024)
        while true {
            let count = chunk.withUnsafeMutableBytes { Glibc.read(descriptor, $0.baseAddress, $0.count) }
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { throw failure(String(cString: strerror(errno))) }
            if count == 0 { return result }
            result.append(contentsOf: chunk[..<count])
            guard result.count <= largestFile else { throw failure("larger than \(largestFile >> 20) MiB") }
        }
    }
}
