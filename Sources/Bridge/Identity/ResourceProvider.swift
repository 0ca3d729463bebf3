internal import Capture
internal import OTLP

/// Whose span an exchange becomes.
protocol ResourceProvider: Sendable {
    /// The resource of an exchange's end, or nil while it is still being found out. Asking starts the look-up.
    mutating func resource(for exchange: Exchange) -> ResourceData?
    /// What can be said at once, when waiting has taken too long.
    mutating func fallback(for exchange: Exchange) -> ResourceData
    /// The names of addresses by a process's `/etc/hosts`, as far as they are known.
    func hosts(of process: ProcessKey) -> HostsFile
    /// A process replaced its program: its key means another from now on.
    mutating func forget(_ process: ProcessKey)
    /// A process ended. Its last exchanges may still be under way.
    ///
    /// - Parameter now: ns of CLOCK_MONOTONIC.
    mutating func retire(_ process: ProcessKey, now: UInt64)
}

extension ResourceProvider {
    func hosts(of process: ProcessKey) -> HostsFile { .empty }
}
