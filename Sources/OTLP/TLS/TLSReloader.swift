/// Certificates and keys that are read again when their files change.
///
/// Files are read, not only looked at: they are small, it is done once per interval while requests begin, and no change
/// is missed that leaves a file's time or size as it was.
struct TLSReloader {
    /// What counts now.
    private(set) var current: TLSCredentials

    private let read: () throws -> PEM
    private let includesSystem: Bool
    private let interval: UInt64
    private let hasFiles: Bool
    private var lastLook: UInt64
    private var lastFailure: String?

    /// Begins with what was read just now.
    /// - Parameters:
    ///   - now: CLOCK_MONOTONIC, ns.
    ///   - read: what reads everything.
    init(_ settings: TLSSettings, _ pem: PEM, now: UInt64, read: @escaping () throws -> PEM) {
        self.read = read
        includesSystem = settings.includeSystemCACertsPool
        interval = settings.reloadIntervalNanoseconds
        hasFiles = [settings.caFile, settings.certFile, settings.keyFile].contains { $0 != nil }
        lastLook = now
        current = TLSCredentials(pem, includesSystem: includesSystem)
    }

    /// Takes what has changed, if it is time to look. What is broken, or half written at the moment, changes nothing.
    /// - Returns: what people should know, once for each way in which it is broken.
    mutating func refresh(now: UInt64) -> String? {
        guard hasFiles, now &- lastLook >= interval else { return nil }
        lastLook = now
        do {
            let pem = try read()
            lastFailure = nil
            if pem != current.pem { current = TLSCredentials(pem, includesSystem: includesSystem) }
            return nil
        } catch {
            let failure = "\(error)"
            defer { lastFailure = failure }
            return failure == lastFailure ? nil : "goes on with the certificates it has: \(failure)"
        }
    }
}
