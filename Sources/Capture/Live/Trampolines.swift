internal import CLibBPF
internal import Glibc

/// The kernel's way of letting a program see a function return (fexit).
enum Trampolines {
    /// Whether it does, found out once, by a program that does nothing: what a kernel was built with does not tell, since others
    /// may forbid it as well.
    static let areAllowed = attempt()

    private static func attempt() -> Bool {
        guard let types = KernelTypes(), let function = types.function(Machine.function(of: "ppoll")) else {
            return false
        }
        var options = bpf_prog_load_opts()
        options.sz = MemoryLayout<bpf_prog_load_opts>.size
        options.expected_attach_type = BPF_TRACE_FEXIT
        options.attach_btf_id = function
        // r0 = 0; exit (linux/bpf.h)
        var instructions = [bpf_insn(), bpf_insn()]
        instructions[0].code = UInt8(BPF_ALU64 | BPF_MOV | BPF_K)
        instructions[1].code = UInt8(BPF_JMP | BPF_EXIT)
        let program = bpf_prog_load(BPF_PROG_TYPE_TRACING, "trial", "Dual MIT/GPL", instructions, 2, &options)
        guard program >= 0 else { return false }
        defer { close(program) }
        let link = bpf_raw_tracepoint_open(nil, program)
        guard link >= 0 else { return false }
        close(link)
        return true
    }
}
