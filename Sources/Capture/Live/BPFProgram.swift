/// One of the programs in `bpf/`: where it is attached, and which ways of hooking need it.
struct BPFProgram {
    /// Its name in the object file.
    var name: String
    /// What it is attached to, as `doctor` prints it.
    var attachment: String
    /// The ways of hooking that need it.
    var hooks: [CaptureOptions.Hook]
    /// The function whose return it sees (fexit); it is left out, unless needed, where the kernel has no such function, or no
    /// trampolines.
    var function: String?
    /// Whether the others do without it.
    var isOptional = false
    /// The system calls whose returns it sees, as tracefs names them: by its function, or else by the calls' own tracepoints.
    /// Empty for what sees other things.
    var calls: [String] = []

    /// Every way of hooking, in the order in which they are tried.
    static let hooks: [CaptureOptions.Hook] = [.sock, .fexit, .syscall]

    /// Every program.
    static let all: [BPFProgram] =
        [
            tracepoint("sock_send", "sock_send_length", [.sock]),
            tracepoint("sock_receive", "sock_recv_length", [.sock]),
            returning("fexit_tcp_send", "tcp_sendmsg"),
            returning("fexit_tcp_receive", "tcp_recvmsg"),
            returning("fexit_unix_send", "unix_stream_sendmsg"),
            returning("fexit_unix_receive", "unix_stream_recvmsg"),
            returning("fexit_udp_send", "udp_sendmsg", isOptional: true),
            returning("fexit_udp_receive", "udp_recvmsg", isOptional: true),
            returning("fexit_udp6_send", "udpv6_sendmsg", isOptional: true),
            returning("fexit_udp6_receive", "udpv6_recvmsg", isOptional: true),
            returning("fexit_tcp_page", "tcp_sendpage", isOptional: true),
            returning("fexit_unix_page", "unix_stream_sendpage", isOptional: true),
            tracepoint("syscall_exit", "sys_exit", [.syscall]),
            tracepoint("typed_state", "inet_sock_set_state", [.sock, .fexit]),
            tracepoint("address_state", "inet_sock_set_state", [.syscall]),
            tracepoint("typed_destroy", "tcp_destroy_sock", [.sock, .fexit]),
            tracepoint("address_destroy", "tcp_destroy_sock", [.syscall]),
            tracepoint("process_fork", "sched_process_fork", hooks),
            tracepoint("process_exec", "sched_process_exec", hooks),
            tracepoint("process_exit", "sched_process_exit", hooks),
        ] + CallReturns.turns.programs + CallReturns.datagrams.programs

    /// How many programs of a way of hooking put records with payload together (`bpf/maps/scratch.h`).
    static func scratchSlots(of hook: CaptureOptions.Hook) -> UInt32 {
        switch hook {
        case .auto, .fexit: 10
        case .sock: 5
        case .syscall: 1
        }
    }

    private static func tracepoint(_ name: String, _ tracepoint: String, _ hooks: [CaptureOptions.Hook]) -> BPFProgram {
        BPFProgram(name: name, attachment: "tp_btf/\(tracepoint)", hooks: hooks)
    }

    private static func returning(_ name: String, _ function: String, isOptional: Bool = false) -> BPFProgram {
        BPFProgram(
            name: name, attachment: "fexit/\(function)", hooks: [.fexit], function: function, isOptional: isOptional)
    }
}
