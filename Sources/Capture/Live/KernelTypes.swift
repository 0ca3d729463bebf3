internal import CLibBPF

/// What the running kernel's own description of its types (BTF) tells: which tracepoints, functions and helpers it has.
struct KernelTypes: ~Copyable {
    /// BTF_KIND_ENUM, BTF_KIND_TYPEDEF and BTF_KIND_FUNC, which C has both as a macro and as an enumerator.
    private static let enumeration: UInt32 = 6
    private static let typedef: UInt32 = 8
    private static let function: UInt32 = 12
    private let btf: OpaquePointer

    /// nil for a kernel without BTF.
    init?() {
        // libbpf has a line of its own for that, on stderr.
        LoaderLog.begin()
        guard let btf = btf__load_vmlinux_btf() else { return nil }
        self.btf = btf
    }

    deinit { btf__free(btf) }

    /// Whether programs can be attached to a tracepoint as `tp_btf`.
    func hasTracepoint(_ name: String) -> Bool {
        btf__find_by_name_kind(btf, "btf_trace_\(name)", KernelTypes.typedef) > 0
    }

    /// The number of a function; nil when there is none of that name.
    func function(_ name: String) -> UInt32? {
        let id = btf__find_by_name_kind(btf, name, KernelTypes.function)
        return id > 0 ? UInt32(id) : nil
    }

    /// How many arguments a function has; nil when there is none of that name.
    func argumentCount(of name: String) -> UInt32? {
        guard let id = function(name), let type = btf__type_by_id(btf, id),
            let prototype = btf__type_by_id(btf, type.pointee.type)
        else { return nil }
        return prototype.pointee.info & 0xFFFF
    }

    /// Whether programs can call a helper, by its name in the kernel's `enum bpf_func_id`.
    func hasHelper(_ name: String) -> Bool {
        let id = btf__find_by_name_kind(btf, "bpf_func_id", KernelTypes.enumeration)
        guard id > 0, let type = btf__type_by_id(btf, UInt32(id)) else { return false }
        // The enumerators follow the type (linux/btf.h).
        let enumerators = UnsafeRawPointer(type + 1).assumingMemoryBound(to: btf_enum.self)
        return (0..<Int(type.pointee.info & 0xFFFF)).contains { place in
            btf__name_by_offset(btf, enumerators[place].name_off).map { String(cString: $0) } == name
        }
    }
}
