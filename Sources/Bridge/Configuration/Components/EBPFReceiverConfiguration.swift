public import Capture

/// `receivers.ebpf`: live capture in the kernel.
public struct EBPFReceiverConfiguration: Sendable, Equatable {
    /// What is done with exchanges that are themselves telemetry, scrapes or probes.
    public enum Telemetry: String, Sendable, CaseIterable {
        /// They are counted and not exported.
        case drop
        /// They are spans like all others.
        case keep
    }

    /// `select`: what must hold of a process that is watched, any one rule of it. Empty, the default: every process in scope.
    public var select: [SelectionRule] = []
    /// `exclude`: what must not hold of it. Wins over `select`. Default none.
    public var exclude: [SelectionRule] = []
    /// `hook`: which way of hooking to use. Default `auto`.
    public var hook = CaptureOptions.Hook.auto
    /// `payload_limit`: most bytes of one call that leave the kernel. 0...65536, default 4096.
    public var payloadLimit: UInt32 = 4096
    /// `ring_buffer`: bytes of all rings together. 32 KiB...1 GiB, default 8 MiB.
    public var ringBuffer: UInt64 = 8 << 20
    /// `peers`: the addresses of other hosts that run interspan. At most ``PeerHosts/maximum``, default none.
    public var peers: [Network] = []
    /// `telemetry`: what is done with exchanges that are themselves telemetry, scrapes or probes. Default `drop`.
    public var telemetry = Telemetry.drop

    /// The defaults.
    public init() {}
}

extension EBPFReceiverConfiguration: ConfigurationComponent {
    static let type = "ebpf"
    static let summary = "Live capture in the kernel. One per agent."
    static let keys: [ConfigurationKey<Self>] = [
        .sections(
            "select", \.select, maximum: SelectionRule.maximum,
            "Which processes are watched: those of which all of one rule holds; by default every one in scope."),
        .sections(
            "exclude", \.exclude, maximum: SelectionRule.maximum,
            "Which processes are not, whatever `select` says: those of which all of one rule holds."),
        .value("hook", \.hook, .choice(), "Which way of hooking to use; `auto` takes the best that the kernel has."),
        .value(
            "payload_limit", \.payloadLimit, .byteSize(0...65_536),
            "Most bytes of one call that leave the kernel; 0 is lengths only."),
        .value("ring_buffer", \.ringBuffer, .byteSize(32 << 10...1 << 30), "Bytes of all CPUs' rings together."),
        .list(
            "peers", \.peers, of: .network,
            "Addresses of other hosts that run interspan and watch all that talks there: a request that brings a trace context "
                + "from one of them hangs from the span that is made there of the call."),
        .value(
            "telemetry", \.telemetry, .choice(),
            "What is done with requests that are telemetry, scrapes or probes of health, and with what those cause: `drop` "
                + "counts them, `keep` makes spans of them (docs/telemetry.md)."),
    ]

    func check(at path: String, _ origin: ConfigurationNode.Origin, _ problems: inout ConfigurationProblems) {
        guard peers.count > PeerHosts.maximum else { return }
        problems.add(path + ".peers", origin, "expected at most \(PeerHosts.maximum) ranges of addresses")
    }
}
