/// What this kernel, and our privileges on it, allow: what `doctor` prints.
public struct KernelReport: Sendable {
    /// One BPF program and whether the kernel took it.
    public struct Program: Sendable {
        /// Its name in the object file.
        public var name: String
        /// What it is attached to.
        public var attachment: String
        /// Which way of hooking needs it; nil when all do.
        public var hook: CaptureOptions.Hook?
        /// nil when it loads and attaches; else why not, in one line.
        public var failure: String?
    }

    /// A Linux capability.
    public struct Capability: Sendable {
        /// As `CAP_BPF`.
        public var name: String
        /// Whether it is effective.
        public var isHeld: Bool
        /// What it is needed for, in a few words.
        public var purpose: String
    }

    /// A tracepoint that is used where it is there.
    public struct Tracepoint: Sendable {
        /// As `sock:inet_sock_set_state`.
        public var name: String
        /// Whether the kernel has it.
        public var isAvailable: Bool
    }

    /// `uname -r`.
    public var kernel: String
    /// `uname -m`.
    public var architecture: String
    /// Whether the kernel tells its types (`/sys/kernel/btf/vmlinux`).
    public var hasBTF: Bool
    /// Whether ring buffers can be made; else why not.
    public var ringBufferFailure: String?
    /// Bytes of each CPU's ring, and how many rings.
    public var ringBytes: UInt64
    /// One ring per possible CPU.
    public var rings: Int
    /// Every program and its result.
    public var programs: [Program]
    /// Every capability that matters.
    public var capabilities: [Capability]
    /// Every tracepoint that matters.
    public var tracepoints: [Tracepoint]
    /// The way of hooking that would be taken; nil when none is possible.
    public var hook: CaptureOptions.Hook?
    /// Whose requests would be seen, in one line.
    public var scope: String
    /// What will not be seen on this machine and why, a line each.
    public var notSeen: [String]
    /// `kernel.perf_event_paranoid`, where it keeps us from the tracepoints of system calls; else nil.
    public var paranoia: Int?
}
