internal import OTLP

/// Who knows containers by their id, such as a runtime behind its socket. Asking takes a while: never on a thread that anything
/// else waits for.
protocol ContainerSource: Sendable {
    /// Its name in the log.
    var name: String { get }
    /// Whether it is there to be asked at all.
    var isPresent: Bool { get }

    /// A container; nil when the source does not know it.
    ///
    /// - Parameters:
    ///   - id: 64 hexadecimal digits.
    ///   - timeout: most time that it may take, ns.
    func container(_ id: String, timeout: UInt64) throws(FetchFailure) -> ContainerMetadata?
}
