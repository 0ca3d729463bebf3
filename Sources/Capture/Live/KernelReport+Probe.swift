internal import CInterspanBPF
internal import Glibc

extension KernelReport {
    /// Tries everything for real: loads each program by itself, makes a ring, and looks for what else is used. Nothing
    /// stays behind.
    public static func probe(options: CaptureOptions) -> KernelReport {
        let types = KernelTypes()
        let privileges = Privileges()
        let layout = RingLayout(total: options.ringBufferSize)
        var name = utsname()
        uname(&name)

        var report = KernelReport(
            kernel: text(&name.release), architecture: text(&name.machine), hasBTF: types != nil,
            ringBufferFailure: nil, ringBytes: UInt64(layout.size), rings: layout.count, programs: [],
            capabilities: Privileges.needed.map {
                Capability(name: $0.name, isHeld: privileges.holds($0.number), purpose: $0.purpose)
            },
            tracepoints: [], hook: nil, scope: scope(options), notSeen: [])
        do { close(try layout.makeRing()) } catch {
            report.ringBufferFailure = LoadFailure.ring(error).description
        }
        guard let types else {
            let failure = LoadFailure.precondition(privileges, hasTypes: false)?.description
            report.programs = told.map { program($0, failure: failure) }
            report.notSeen = ["anything: " + (failure ?? "the kernel does not tell its types")]
            return report
        }
        if let failure = LoadFailure.age(types)?.description {
            report.programs = told.map { program($0, failure: failure) }
            report.tracepoints = tracepoints(types)
            report.notSeen = ["anything: " + failure]
            return report
        }
        for program in BPFProgram.all where program.calls.isEmpty {
            guard let result = attempt(program, options: options, layout: layout, types: types) else { continue }
            report.programs.append(result)
        }
        for returns in [CallReturns.turns, .datagrams] {
            guard let result = attempt(returns, options: options, layout: layout, types: types) else { continue }
            report.programs.append(result)
        }
        report.tracepoints = tracepoints(types)
        report.hook = chosenHook(options, report.programs)
        if CallReturns.needAdministrator, !privileges.holdsItself(Privileges.administrator) {
            report.paranoia = PerfEventParanoia.value
        }
        report.notSeen = notSeen(report)
        return report
    }

    /// What is told of where nothing can be tried: one program for all calls whose returns are seen.
    private static var told: [BPFProgram] { BPFProgram.all.filter { $0.calls.isEmpty || $0.function == nil } }

    /// Lets the returns of one of these calls be seen, the way in which all of them would be.
    private static func attempt(
        _ returns: CallReturns, options: CaptureOptions, layout: RingLayout, types: borrowing KernelTypes
    ) -> Program? {
        for call in returns.calls where Trampolines.areAllowed {
            guard var result = attempt(returns.trampoline(call), options: options, layout: layout, types: types),
                result.failure == nil
            else { continue }
            (result.name, result.attachment) = (returns.name, "fexit/\(Machine.function(of: returns.named))")
            return result
        }
        return attempt(returns.tracepoint, options: options, layout: layout, types: types)
    }

    /// Loads and attaches one program alone; nil for one that this kernel has no use for.
    private static func attempt(
        _ program: BPFProgram, options: CaptureOptions, layout: RingLayout, types: borrowing KernelTypes
    ) -> Program? {
        if let function = program.function, types.argumentCount(of: function) == nil {
            return program.isOptional ? nil : self.program(program, failure: "the kernel has no function \(function)")
        }
        if let tracepoint = program.attachment.split(separator: "/").last, program.attachment.hasPrefix("tp_btf/"),
            !types.hasTracepoint(String(tracepoint))
        {
            return self.program(program, failure: "the kernel has no tracepoint \(tracepoint)")
        }
        let hook = program.hooks[0]
        do throws(CaptureError) {
            var object = try BPFObject(hook: hook, types: types)
            object.choose(only: program.name)
            object.configure(
                LoadedPrograms.settings(hook: hook, options: options, layout: layout, types: types),
                selection: interspan_selection(), processors: layout.count)
            do { try object.load() } catch { throw LoadFailure.loading(hook, error) }
            if !program.calls.isEmpty, program.function == nil {
                guard let tracefs = Tracefs(),
                    let id = program.calls.lazy.compactMap({ tracefs.id(ofReturn: $0) }).first
                else {
                    throw CaptureError("tracefs does not name the calls' tracepoints: mount it or grant CAP_SYS_ADMIN")
                }
                do { try object.attach(program, tracepoint: id) } catch { throw LoadFailure.attaching(program, error) }
            } else {
                do { try object.attach(program) } catch { throw LoadFailure.attaching(program, error) }
            }
            return self.program(program, failure: nil)
        } catch {
            return self.program(program, failure: error.description)
        }
    }

    private static func program(_ program: BPFProgram, failure: String?) -> Program {
        let needed = program.hooks.count == BPFProgram.hooks.count ? nil : program.hooks[0]
        return Program(name: program.name, attachment: program.attachment, hook: needed, failure: failure)
    }

    private static func tracepoints(_ types: borrowing KernelTypes) -> [Tracepoint] {
        let typed = [
            "sock:sock_send_length", "sock:sock_recv_length", "raw_syscalls:sys_exit", "sock:inet_sock_set_state",
            "tcp:tcp_destroy_sock", "sched:sched_process_fork", "sched:sched_process_exec", "sched:sched_process_exit",
        ]
        var result: [Tracepoint] = []
        for name in typed {
            let bare = name.split(separator: ":").last.map(String.init) ?? name
            result.append(Tracepoint(name: name, isAvailable: types.hasTracepoint(bare)))
        }
        // Nobody needs them where the calls' functions can be watched.
        if Trampolines.areAllowed { return result }
        let calls = CallReturns.turns.calls.map { "syscalls:sys_exit_\($0)" }
        guard let tracefs = Tracefs() else { return result + calls.map { Tracepoint(name: $0, isAvailable: false) } }
        return result + calls.map { Tracepoint(name: $0, isAvailable: tracefs.id(of: $0) != nil) }
    }

    /// The way of hooking whose programs all load, by the order in which they are tried.
    private static func chosenHook(_ options: CaptureOptions, _ programs: [Program]) -> CaptureOptions.Hook? {
        let candidates = options.hook == .auto ? BPFProgram.hooks : [options.hook]
        return candidates.first { hook in
            BPFProgram.all.filter { $0.hooks.contains(hook) && !$0.isOptional }.allSatisfy { needed in
                programs.contains { $0.name == needed.name && $0.failure == nil }
            }
        }
    }

    private static func scope(_ options: CaptureOptions) -> String {
        if let namespace = options.networkNamespace {
            return "the processes of network namespace \(namespace) but ourselves"
        }
        return "every process of this kernel but ourselves"
    }

    private static func notSeen(_ report: KernelReport) -> [String] {
        guard let hook = report.hook else { return ["anything: no way of hooking works here"] }
        var lines = [
            "what is inside TLS: of encrypted connections the hellos are read, the requests are not",
            "QUIC, SCTP, MPTCP, and UDP but for DNS: TCP and AF_UNIX stream sockets are watched",
            "the bytes of sendfile and splice: their lengths are seen",
        ]
        switch hook {
        case .sock: lines.append("bytes that splice(2) takes out of a socket")
        case .fexit:
            lines.append("bytes that splice(2) takes out of a socket, or that MSG_ZEROCOPY receives")
            lines.append(
                "what a receive that was waiting when capture began returns: the first request of connections open then"
            )
        case .auto, .syscall: lines.append("what io_uring moves, and calls of 32-bit programs")
        }
        if hook != .syscall {
            lines.append("the bytes of calls made by io_uring and by 32-bit programs: their lengths are seen")
            if report.programs.contains(where: { $0.name == "turn" && $0.failure != nil }) {
                let reason =
                    report.paranoia.map {
                        " (kernel.perf_event_paranoid is \($0): tracepoints of system calls are CAP_SYS_ADMIN's alone)"
                    } ?? ""
                lines.append("turns of event loops: one kind of evidence for parents is missing" + reason)
            }
        }
        if NetworkScope.identity("/proc/self/ns/pid")?.inode != NetworkScope.initialPIDNamespace {
            lines.append(
                "programs and environments of processes outside our pid namespace: they are named by their threads")
        }
        return lines
    }

    /// A field of `utsname`.
    private static func text<Field>(_ field: inout Field) -> String {
        withUnsafeBytes(of: &field) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
    }
}
