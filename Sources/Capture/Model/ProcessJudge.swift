/// Says which processes are watched. Asked on a thread of its own, of one process at a time; while it takes its time nothing
/// is recorded of that process.
public protocol ProcessJudge: Sendable {
    /// What it wants to be asked about.
    var interests: JudgeInterests { get }
    /// What becomes of a process; nil when that cannot be said yet: it is asked again.
    func judge(_ process: MetProcess) -> ProcessVerdict?
}

/// When a process is to be judged anew, besides when its program or its user is another.
public struct JudgeInterests: OptionSet, Sendable {
    /// A bit for each.
    public let rawValue: UInt8

    /// Those with these bits.
    public init(rawValue: UInt8) { self.rawValue = rawValue }

    /// It matters where a process listens.
    public static let listeners = JudgeInterests(rawValue: 1 << 0)
    /// It matters who a process runs as, which many change soon after they begin.
    public static let users = JudgeInterests(rawValue: 1 << 1)
}

/// A process that is to be judged.
public struct MetProcess: Sendable {
    /// Its number in our own pid namespace.
    public var number: UInt32
    /// Its effective user.
    public var user: UInt32
    /// Where it has just begun to listen; nil when that is not what it is asked for, 0 when the kernel has yet to choose.
    public var port: UInt16?

    /// A process.
    public init(number: UInt32, user: UInt32, port: UInt16? = nil) {
        self.number = number
        self.user = user
        self.port = port
    }
}

/// What becomes of a process, as long as it runs this program as this user.
public struct ProcessVerdict: Sendable, Equatable {
    /// Its calls are recorded.
    public var isWatched: Bool
    /// Holds for the processes that it makes as well.
    public var holdsForChildren: Bool
    /// Holds although what it rests on may be over, such as that it listens somewhere: looking again at all processes leaves
    /// it alone.
    public var isLasting: Bool

    /// A verdict.
    public init(isWatched: Bool, holdsForChildren: Bool = true, isLasting: Bool = false) {
        self.isWatched = isWatched
        self.holdsForChildren = holdsForChildren
        self.isLasting = isLasting
    }
}
