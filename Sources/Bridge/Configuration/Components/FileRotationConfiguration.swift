/// `rotation` of the file exporter: a file that has grown is renamed, with the time in its name, and a new one begun.
public struct FileRotationConfiguration: Sendable, Equatable {
    /// `max_megabytes`: size at which a file is renamed, in units of 2^20 bytes. 1...1,000,000, default 100.
    public var maximumMegabytes: UInt32 = 100
    /// `max_days`: days after which a renamed file is removed; 0 is never. Up to 100,000, default 0.
    public var maximumDays: UInt32 = 0
    /// `max_backups`: most renamed files that are kept; 0 is no limit. Up to 1,000,000, default 100.
    public var maximumBackups: UInt32 = 100
    /// `localtime`: whether names have the time of this host's zone rather than UTC. Default false.
    public var usesLocalTime = false

    /// The defaults.
    public init() {}
}

extension FileRotationConfiguration: ConfigurationSection {
    static let keys: [ConfigurationKey<Self>] = [
        .value(
            "max_megabytes", \.maximumMegabytes, .integer(1...1_000_000),
            "MiB at which a file is renamed and a new begun."
        ),
        .value(
            "max_days", \.maximumDays, .integer(0...100_000), "Days after which a renamed file is removed; 0 is never."),
        .value(
            "max_backups", \.maximumBackups, .integer(0...1_000_000),
            "Most renamed files that are kept; 0 is no limit."),
        .value(
            "localtime", \.usesLocalTime, .boolean, "Whether names have the time of this host's zone rather than UTC."),
    ]
}
