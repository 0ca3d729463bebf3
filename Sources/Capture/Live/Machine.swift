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

    /// The function in which the kernel carries out a call.
    static func function(of call: String) -> String {
        #if arch(x86_64)
            "__x64_sys_\(call)"
        #else
            "__arm64_sys_\(call)"
        #endif
    }

    /// How ELF files name it: EM_X86_64, EM_AARCH64.
    static var elfNumber: UInt16 {
        #if arch(x86_64)
            62
        #else
            183
        #endif
    }

    /// Whether Go has the current goroutine in a register, or else in the thread's own storage.
    static var goroutineIsInRegister: Bool {
        #if arch(x86_64)
            false
        #else
            true
        #endif
    }

    /// Whether glibc's structure of a thread ends where the thread pointer points to, or else begins there.
    static var threadPointerIsAtEnd: Bool {
        #if arch(x86_64)
            false
        #else
            true
        #endif
    }

    /// Where that structure has the list of the blocks of values under keys, in a glibc that does not say: the same in all
    /// of them for x86-64.
    static var threadKeyList: Int32? {
        #if arch(x86_64)
            0x510
        #else
            nil
        #endif
    }

    /// How a library asks the loader for the number of its thread storage: R_X86_64_DTPMOD64. On arm64 libraries ask
    /// otherwise.
    static var moduleNumberRelocation: UInt32? {
        #if arch(x86_64)
            16
        #else
            nil
        #endif
    }
}
