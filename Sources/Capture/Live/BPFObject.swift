internal import CInterspanBPF
internal import CLibBPF
internal import Glibc

/// The object file with the programs, opened for one way of hooking, loaded and attached. Going, it detaches and
/// unloads everything.
struct BPFObject: ~Copyable {
    private let object: OpaquePointer
    private var links: [OpaquePointer] = []

    /// Opens the embedded file and chooses the programs that a way of hooking needs.
    init(hook: CaptureOptions.Hook, types: borrowing KernelTypes) throws(CaptureError) {
        LoaderLog.begin()
        guard let image = Base64.decode(EmbeddedBPF.base64) else {
            throw CaptureError("the BPF programs inside this binary are broken: build it again")
        }
        defer { image.deallocate() }
        guard let object = bpf_object__open_mem(image.baseAddress, image.count, nil) else {
            throw CaptureError("the BPF programs inside this binary cannot be opened: \(LoaderLog.failures)")
        }
        self.object = object
        // Those of calls that this machine has not are in the file as well.
        forEachProgram { bpf_program__set_autoload($0, false) }
        for program in BPFProgram.all where program.hooks.contains(hook) {
            if program.isOptional, let function = program.function {
                guard types.argumentCount(of: function) != nil, hook == .fexit || Trampolines.areAllowed else {
                    continue
                }
            }
            bpf_program__set_autoload(bpf_object__find_program_by_name(object, program.name), true)
        }
        // The other way's table of sockets would be memory for nothing.
        let unused = hook == .syscall ? "sockets" : "sockets_by_address"
        bpf_map__set_autocreate(map(unused), false)
    }

    deinit {
        for link in links { bpf_link__destroy(link) }
        bpf_object__close(object)
    }

    /// Detaches everything: no program is called any more.
    mutating func detach() {
        for link in links { bpf_link__destroy(link) }
        links.removeAll()
    }

    /// Loads nothing but one program.
    func choose(only name: String) {
        let chosen = bpf_object__find_program_by_name(object, name)
        forEachProgram { if $0 != chosen { bpf_program__set_autoload($0, false) } }
    }

    private func forEachProgram(_ body: (OpaquePointer) -> Void) {
        var program = bpf_object__next_program(object, nil)
        while let current = program {
            body(current)
            program = bpf_object__next_program(object, current)
        }
    }

    /// Sets what the programs are told before they are loaded, and the size of what depends on the machine.
    func configure(_ settings: interspan_settings, selection: interspan_selection, processors: Int) {
        setInitial(".rodata.settings", to: settings)
        setInitial(".data.selection", to: selection)
        bpf_map__set_max_entries(map("rings"), UInt32(processors))
        bpf_map__set_max_entries(map("scratches"), UInt32(processors) * settings.scratch_slots)
        bpf_map__set_max_entries(map("processes"), settings.scratch_slots)
    }

    private func setInitial<Value: BitwiseCopyable>(_ name: String, to value: Value) {
        var size = 0
        guard let initial = bpf_map__initial_value(map(name), &size), size >= MemoryLayout<Value>.size else { return }
        UnsafeMutableRawPointer(mutating: initial).storeBytes(of: value, as: Value.self)
    }

    /// Loads what was chosen.
    func load() throws(SystemError) {
        let result = bpf_object__load(object)
        if result != 0 { throw SystemError(number: -result) }
    }

    /// Attaches a loaded program to what its section names.
    mutating func attach(_ program: BPFProgram) throws(SystemError) {
        guard let link = bpf_program__attach(bpf_object__find_program_by_name(object, program.name)) else {
            throw SystemError(number: errno)
        }
        links.append(link)
    }

    /// Lets a program see the returns of one of its calls: by its trampoline, or else by the call's tracepoint.
    mutating func attach(_ returns: CallReturns, to call: String, tracepoint: UInt64?) throws(SystemError) {
        let program = returns.trampoline(call)
        if bpf_program__fd(bpf_object__find_program_by_name(object, program.name)) >= 0 {
            do { return try attach(program) } catch  where tracepoint != nil {}
        }
        guard let tracepoint else { throw SystemError(number: ENOENT) }
        try attach(returns.tracepoint, tracepoint: tracepoint)
    }

    /// Attaches a loaded program to a tracepoint by number, as tracefs gives it.
    mutating func attach(_ program: BPFProgram, tracepoint: UInt64) throws(SystemError) {
        let event = interspan_open_tracepoint(tracepoint)
        guard event >= 0 else { throw SystemError(number: errno) }
        let loaded = bpf_object__find_program_by_name(object, program.name)
        guard let link = bpf_program__attach_perf_event(loaded, event) else {
            let number = errno
            close(event)
            throw SystemError(number: number)
        }
        links.append(link)
    }

    /// The descriptor of a map.
    func descriptor(of name: String) -> CInt { bpf_map__fd(map(name)) }

    /// How many entries a map has, and how many bytes each.
    func shape(of name: String) -> (entries: UInt32, valueSize: Int) {
        (bpf_map__max_entries(map(name)), Int(bpf_map__value_size(map(name))))
    }

    /// How often the kernel left out a program because it was running on that CPU already.
    var missed: UInt64 {
        var sum: UInt64 = 0
        for program in BPFProgram.all {
            let descriptor = bpf_program__fd(bpf_object__find_program_by_name(object, program.name))
            guard descriptor >= 0 else { continue }
            var information = bpf_prog_info()
            var size = UInt32(MemoryLayout<bpf_prog_info>.size)
            if bpf_obj_get_info_by_fd(descriptor, &information, &size) == 0 {
                sum &+= UInt64(information.recursion_misses)
            }
        }
        return sum
    }

    private func map(_ name: String) -> OpaquePointer? { bpf_object__find_map_by_name(object, name) }
}
