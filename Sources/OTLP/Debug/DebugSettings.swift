import Glibc

/// How finished traces are shown.
public struct DebugSettings: Sendable {
    /// The descriptor that they are written to. Default: standard output.
    public var descriptor: Int32 = 1
    /// A trace whose root and parents are all there is finished when nothing has come for so long, ns. Default 300 ms.
    public var quietNanoseconds: UInt64 = 300_000_000
    /// The same for one that lacks its root or a parent, which may still come (or be somebody else's), ns. Default 2 s.
    public var incompleteQuietNanoseconds: UInt64 = 2_000_000_000
    /// Most traces held unfinished; then the one that has been silent longest is evicted.
    public var maxTraces = 2000
    /// Most spans held in all, likewise.
    public var maxSpans = 50_000
    /// Whether colours are used. Nil: on a terminal, unless `NO_COLOR` is set (https://no-color.org).
    public var colours: Bool?
    /// The queue in front of it.
    public var queue = QueueSettings()

    /// The defaults.
    public init() { queue.batch.flushTimeoutNanoseconds = 0 }
}
