internal import Glibc

/// Turns what the kernel refused into one line that says what to do.
enum LoadFailure {
    /// What is missing before anything is tried; nil when nothing is.
    static func precondition(_ privileges: Privileges, hasTypes: Bool) -> CaptureError? {
        let missing = privileges.missing
        if !missing.isEmpty {
            return CaptureError(
                "no privilege to load BPF programs: \(missing.joined(separator: " and ")) missing; run as root or grant them"
            )
        }
        if !hasTypes {
            return CaptureError(
                "the kernel does not tell its types (no /sys/kernel/btf/vmlinux): use one built with CONFIG_DEBUG_INFO_BTF"
            )
        }
        return nil
    }

    /// What every way of hooking needs and this kernel has not; nil when it has it. Task storage and typed pointers to the
    /// current task came with 5.11, atomic operations that give the former value with 5.12, which no type tells.
    static func age(_ types: borrowing KernelTypes) -> CaptureError? {
        guard !types.hasHelper("BPF_FUNC_get_current_task_btf") else { return nil }
        return CaptureError("the kernel is too old (it has no bpf_get_current_task_btf): 5.12 or later is needed")
    }

    /// No ring buffer could be made.
    static func ring(_ error: SystemError) -> CaptureError {
        switch error.number {
        case EPERM:
            CaptureError(
                "bpf() is refused although the capabilities are there: the container's seccomp profile must allow bpf and "
                    + "perf_event_open")
        case EINVAL: CaptureError("the kernel has no BPF ring buffers: 5.8 or later is needed")
        case ENOSYS: CaptureError("the kernel has no bpf(): 5.8 or later, built with CONFIG_BPF_SYSCALL, is needed")
        default: CaptureError("no BPF ring buffer could be made: \(error); make receivers.ebpf.ring_buffer smaller")
        }
    }

    /// The programs of a way of hooking were not loaded.
    static func loading(_ hook: CaptureOptions.Hook, _ error: SystemError) -> CaptureError {
        let detail = LoaderLog.failures
        let suffix = detail.isEmpty ? "" : " (\(detail))"
        switch error.number {
        case EPERM where hook == .fexit:
            return CaptureError("the kernel refuses trampolines (fexit): use hook sock, syscall or auto")
        case EPERM, EACCES:
            return CaptureError("the kernel refuses the BPF programs for hook \(hook.rawValue): \(error)\(suffix)")
        case ESRCH, ENOENT:
            return CaptureError("the kernel has not what hook \(hook.rawValue) needs: use hook auto\(suffix)")
        default:
            return CaptureError("the BPF programs for hook \(hook.rawValue) do not load: \(error)\(suffix)")
        }
    }

    /// A program was loaded and not attached.
    static func attaching(_ program: BPFProgram, _ error: SystemError) -> CaptureError {
        if error.number == EPERM, program.function != nil {
            return CaptureError(
                "the kernel refuses trampolines (\(program.attachment)): use hook sock, syscall or auto")
        }
        return CaptureError("\(program.name) cannot be attached to \(program.attachment): \(error)")
    }

    /// A way of hooking that this kernel cannot have, known without trying; nil when it may.
    static func unavailable(_ hook: CaptureOptions.Hook, _ types: borrowing KernelTypes) -> CaptureError? {
        switch hook {
        case .sock where !types.hasTracepoint("sock_send_length"):
            CaptureError("the kernel has no sock_send_length (6.3 and later have): use hook fexit, syscall or auto")
        case .fexit where types.argumentCount(of: "tcp_sendmsg") == nil:
            CaptureError("the kernel's types do not name tcp_sendmsg: use hook sock, syscall or auto")
        case .sock where !types.hasHelper("BPF_FUNC_task_pt_regs"),
            .fexit where !types.hasHelper("BPF_FUNC_task_pt_regs"):
            CaptureError("the kernel has no bpf_task_pt_regs (5.15 and later have): use hook syscall or auto")
        case .syscall where !types.hasTracepoint("sys_exit"):
            CaptureError("the kernel has no sys_exit tracepoint: use hook sock, fexit or auto")
        default: nil
        }
    }
}
