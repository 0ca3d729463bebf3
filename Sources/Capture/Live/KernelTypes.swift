internal import CLibBPF

/// What the running kernel's own description of its types (BTF) tells: which tracepoints and functions it has.
struct KernelTypes: ~Copyable {
    /// BTF_KIND_TYPEDEF and BTF_KIND_FUNC, which C has both as a macro and as an enumerator.
    private static let typedef: UInt32 = 8
    private static let function: UInt32 = 12
    private let btf: OpaquePointer

    /// nil for a kernel without BTF.
    init?() {
        guard let btf = btf__load_vmlinux_btf() else { return nil }
        self.btf = btf
    }

    deinit { btf__free(btf) }

    /// Whether programs can be attached to a tracepoint as `tp_btf`.
    func hasTracepoint(_ name: String) -> Bool {
        btf__find_by_name_kind(btf, "btf_trace_\(name)", KernelTypes.typedef) > 0
    }

    /// How many arguments a function has; nil when there is none of that name.
    func argumentCount(of function: String) -> UInt32? {
        let id = btf__find_by_name_kind(btf, function, KernelTypes.function)
        guard id > 0, let type = btf__type_by_id(btf, UInt32(id)),
            let prototype = btf__type_by_id(btf, type.pointee.type)
        else { return nil }
        return prototype.pointee.info & 0xFFFF
    }
}
