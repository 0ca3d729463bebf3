/// Where a queue lives that survives the agent: the Collector's `file_storage` extension, as far as a queue needs it.
///
/// What was stored survives the end of the process, however it ends (SIGKILL included), since every batch is handed to
/// the kernel before it is acknowledged. Against the end of the machine (power, kernel) only ``fsync`` helps.
public struct StorageSettings: Sendable, Equatable {
    /// `directory`: the folder of the databases, one for each exporter and signal; made, with its parents, if missing.
    public var directory: String
    /// `max_size`: most bytes of requests that may be stored for one exporter and signal; at least 1. Default 1 GiB.
    ///
    /// The files can be larger: the database by its pages' unused ends (a few per cent as a rule, never more than as
    /// much again and 16 MiB); its write-ahead log takes 12 MiB, and while more than that is stored at once as much as
    /// that is. Space that is no longer used is used again, and given back when nothing is stored.
    public var maxBytes = 1 << 30
    /// `fsync`: whether what was stored survives the end of the machine as well. Every transaction then waits for the
    /// disk; otherwise the last seconds can be lost, but nothing older. Default false.
    public var fsync = false

    /// The defaults.
    public init(directory: String) { self.directory = directory }
}
