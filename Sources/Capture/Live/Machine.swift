/// All that differs between x86-64 and arm64 on the agent's side. (The programs' side is `bpf/machine.h`.) Only x86-64
/// was ever run.
enum Machine {
    /// The calls that wait for readiness, as tracefs names them: a return from one begins a turn of an event loop.
    static var waitingCalls: [String] {
        #if arch(x86_64)
            ["epoll_wait", "epoll_pwait", "epoll_pwait2", "poll", "ppoll", "select", "pselect6"]
        #else
            ["epoll_pwait", "epoll_pwait2", "ppoll", "pselect6"]
        #endif
    }
}
