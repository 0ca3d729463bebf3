/// When a file is put aside and a new one begun: `rotation` of the Collector's file exporter, with its names, meanings
/// and defaults.
public struct RotationSettings: Sendable, Equatable {
    /// `max_megabytes`: most MiB of a file; at least 1. Default 100.
    public var maxMegabytes = 100
    /// `max_days`: files put aside longer ago are removed. 0: never. Default 0.
    public var maxDays = 0
    /// `max_backups`: most files that are kept aside. 0: all. Default 100.
    public var maxBackups = 100
    /// `localtime`: whether their names tell the machine's time rather than UTC. Default false.
    public var localTime = false

    /// The defaults.
    public init() {}
}
