/// A process, by what cannot be reused: its number and when it started.
public struct ProcessKey: Hashable, Sendable {
    /// Process number (tgid) in the kernel's initial pid namespace; 0 in a replay.
    public var pid: UInt32
    /// When it started, ns of CLOCK_BOOTTIME; 0 in a replay.
    public var start: UInt64

    /// A process.
    public init(pid: UInt32, start: UInt64) {
        self.pid = pid
        self.start = start
    }

    /// No process is known: a packet capture.
    public static let none = ProcessKey(pid: 0, start: 0)
}

/// A process as its records describe it: enough to look it up, and to name it when it is gone.
public struct ProcessIdentity: Sendable {
    /// The process.
    public var key: ProcessKey
    /// Its number in the agent's own pid namespace, 0 where it has none: then nothing is read under /proc.
    public var namespacePID: UInt32
    /// Inode of the network namespace of the socket it used.
    public var networkNamespace: UInt32
    /// Its cgroup v2 id.
    public var cgroup: UInt64
    /// The thread's name (comm), up to 16 bytes, NUL padded, as two words in memory order.
    public var command: (UInt64, UInt64)

    /// A process as a record describes it.
    public init(
        key: ProcessKey, namespacePID: UInt32, networkNamespace: UInt32, cgroup: UInt64, command: (UInt64, UInt64)
    ) {
        self.key = key
        self.namespacePID = namespacePID
        self.networkNamespace = networkNamespace
        self.cgroup = cgroup
        self.command = command
    }

    /// No process is known: a packet capture.
    public static let none = ProcessIdentity(
        key: .none, namespacePID: 0, networkNamespace: 0, cgroup: 0, command: (0, 0))
}

/// When something happened, and what executed it.
public struct ExecutionPoint: Sendable {
    /// ns of the source's clock: CLOCK_MONOTONIC live, the wall clock in a replay.
    public var time: UInt64
    /// The process; ``ProcessKey/none`` in a replay.
    public var process: ProcessKey
    /// Thread number in the kernel's initial pid namespace; 0 in a replay, where no lineage is to be had.
    public var thread: UInt32
    /// How often the thread had returned from waiting for readiness (epoll, poll, select). Two points of one thread
    /// with equal turns lie within one turn of its event loop, unless they are ``unknownTurn``. 0 of a thread that has
    /// never waited. Wraps.
    public var turn: UInt32
    /// Goroutine or task on the thread, 0 when not known.
    public var unit: UInt64
    /// What tasks that were made for one piece of work may share, 0 when not known: CPython's context variables, which a
    /// child task has in common with the one that made it until either sets one.
    public var group: UInt64
    /// What ``unit`` names.
    public var unitKind: UnitKind

    /// The turn where turns cannot be told.
    public static let unknownTurn = UInt32.max

    /// A point of execution.
    public init(
        time: UInt64, process: ProcessKey = .none, thread: UInt32 = 0, turn: UInt32 = 0, unit: UInt64 = 0,
        group: UInt64 = 0, unitKind: UnitKind = .thread
    ) {
        self.time = time
        self.process = process
        self.thread = thread
        self.turn = turn
        self.unit = unit
        self.group = group
        self.unitKind = unitKind
    }
}

/// What does one thing after the other.
public enum UnitKind: UInt8, Sendable {
    /// The thread itself.
    case thread = 0
    /// A goroutine (Go).
    case goroutine = 1
    /// A task, or what else runs in a context of its own (CPython).
    case task = 2
    /// A virtual thread (Java).
    case virtualThread = 3
}
