/// `extensions.file_storage`: a folder in which queues of exporters lie.
public struct FileStorageConfiguration: Sendable, Equatable {
    /// Its name, `file_storage` or `file_storage/name`.
    public var name = "file_storage"
    /// `directory`: the folder. Default `/var/lib/interspan/queue`.
    public var directory = "/var/lib/interspan/queue"
    /// `max_size`: most bytes of requests that wait for one exporter and signal; its files are larger by up to 36 MiB and
    /// a few per cent. 1 MiB...16 TiB, default 1 GiB.
    public var maximumSize: UInt64 = 1 << 30
    /// `fsync`: whether every write waits for the disk, so that it outlives a loss of power and not of the process alone.
    /// Default false.
    public var syncs = false
    /// `create_directory`: whether the folder is made where it is missing. Default true (the Collector's is false).
    public var createsDirectory = true

    /// The defaults.
    public init() {}
}

extension FileStorageConfiguration: ConfigurationComponent {
    static let type = "file_storage"
    static let summary = "A folder in which exporters' queues lie: `sending_queue.storage` names it."
    static let ignoredKeys = ["timeout", "compaction", "directory_permissions", "recreate"]
    static let keys: [ConfigurationKey<Self>] = [
        .value("directory", \.directory, .folder, "The folder."),
        .value(
            "max_size", \.maximumSize, .byteSize(1 << 20...1 << 44),
            "Most bytes of requests that wait for one exporter and signal; their files are larger by up to 36 MiB and a few "
                + "per cent."),
        .value(
            "fsync", \.syncs, .boolean,
            "Whether every write waits for the disk: what was accepted then outlives a loss of power, and not the end of "
                + "the process alone."),
        .value("create_directory", \.createsDirectory, .boolean, "Whether the folder is made where it is missing."),
    ]
}
