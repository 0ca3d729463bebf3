internal import CLibBPF
internal import Glibc

/// Gives up every capability that nobody needs once the agent runs.
///
/// Capabilities are a thread's own, and new threads have those of whoever makes them: done while there is but one thread, it
/// holds for all that come. (capabilities(7))
public enum PrivilegeDrop {
    /// From here on the calling thread, and every thread that it makes, holds of its capabilities at most these: CAP_BPF,
    /// CAP_PERFMON, CAP_SYS_PTRACE and CAP_DAC_READ_SEARCH where this captures, and CAP_NET_BIND_SERVICE where it listens
    /// at ports below 1024. Programs that are executed later gain none.
    ///
    /// Where `kernel.perf_event_paranoid` is above 2, as on Debian, and the kernel has no trampolines, CAP_SYS_ADMIN stays where
    /// it was given: such kernels open the tracepoints of system calls for nobody else.
    ///
    /// - Parameters:
    ///   - captures: whether requests are captured.
    ///   - lowPorts: whether it will listen at a port below 1024.
    /// - Returns: false where the kernel refused, and all capabilities remain.
    public static func keep(captures: Bool, lowPorts: Bool) -> Bool {
        if captures { Tracefs.prepare() }
        var kept: UInt64 = 0
        if captures { for capability in Privileges.needed { kept |= 1 << capability.number } }
        if lowPorts { kept |= 1 << bindService }
        // Where it is all that there is (before 5.8), it stands for the first two.
        if captures, CallReturns.needAdministrator || !Privileges().holdsItself(Privileges.needed[0].number) {
            kept |= 1 << Privileges.administrator
        }
        return interspan_keep_capabilities(kept) == 0
    }

    private static let bindService: UInt64 = 10
}
