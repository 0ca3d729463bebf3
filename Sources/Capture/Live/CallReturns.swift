internal import CInterspanBPF

/// Programs that see system calls return, all of which do the same. Where the kernel has trampolines, there is one for each
/// call, at the call's own function; else one for all, at the calls' tracepoints: while there is one, the kernel takes its slower
/// way through every call of every process.
struct CallReturns {
    /// Of the program for tracepoints; those for trampolines have the call's name behind it.
    let name: String
    /// The calls, as tracefs names them.
    let calls: [String]
    /// The ways of hooking that use them.
    let hooks: [CaptureOptions.Hook]

    /// Waiting for readiness: each return begins a turn of an event loop.
    static let turns = CallReturns(name: "turn", calls: Machine.waitingCalls, hooks: [.sock, .fexit])
    /// Receiving datagrams.
    static let datagrams = CallReturns(name: "datagram_returns", calls: DatagramCalls.names, hooks: [.sock])

    /// Every program.
    var programs: [BPFProgram] { [tracepoint] + calls.map(trampoline) }

    /// The program for tracepoints.
    var tracepoint: BPFProgram {
        BPFProgram(
            name: name, attachment: "tracepoint/syscalls/sys_exit_\(named)", hooks: hooks, isOptional: true,
            calls: calls)
    }

    /// The program for a call's function.
    func trampoline(_ call: String) -> BPFProgram {
        let function = Machine.function(of: call)
        return BPFProgram(
            name: "\(name)_\(call)", attachment: "fexit/\(function)", hooks: hooks, function: function,
            isOptional: true,
            calls: [call])
    }

    /// All of the calls, in few words.
    var named: String { calls.count > 3 ? "{\(calls[0]),\(calls[1])...}" : "{\(calls.joined(separator: ","))}" }

    /// Whether the kernel lets nobody but CAP_SYS_ADMIN see calls return.
    static var needAdministrator: Bool { PerfEventParanoia.needsAdministrator && !Trampolines.areAllowed }
}
