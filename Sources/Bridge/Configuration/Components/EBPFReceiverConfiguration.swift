public import Capture

/// `receivers.ebpf`: live capture in the kernel.
public struct EBPFReceiverConfiguration: Sendable, Equatable {
    /// `hook`: which way of hooking to use. Default `auto`.
    public var hook = CaptureOptions.Hook.auto
    /// `payload_limit`: most bytes of one call that leave the kernel. 0...65536, default 4096.
    public var payloadLimit: UInt32 = 4096
    /// `ring_buffer`: bytes of all rings together. 32 KiB...1 GiB, default 8 MiB.
    public var ringBuffer: UInt64 = 8 << 20

    /// The defaults.
    public init() {}
}

extension EBPFReceiverConfiguration: ConfigurationComponent {
    static let type = "ebpf"
    static let summary = "Live capture in the kernel. One per agent."
    static let laterKeys = ["select", "exclude", "peers", "telemetry"]
    static let keys: [ConfigurationKey<Self>] = [
        .value("hook", \.hook, .choice(), "Which way of hooking to use; `auto` takes the best that the kernel has."),
        .value(
            "payload_limit", \.payloadLimit, .byteSize(0...65_536),
            "Most bytes of one call that leave the kernel; 0 is lengths only."),
        .value("ring_buffer", \.ringBuffer, .byteSize(32 << 10...1 << 30), "Bytes of all CPUs' rings together."),
    ]
}
