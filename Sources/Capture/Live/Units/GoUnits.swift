internal import CInterspanBPF

/// Goroutines: the runtime's `g` of the one that runs on a thread, and its number.
enum GoUnits {
    /// Where `g.sched.g` lies, which is the address of its own `g`, in every version.
    private static let itself: UInt16 = 72

    /// Where `g.goid` lies. 1.23 put `syscallbp` in front of it; 1.25 took `ret` out of the saved registers.
    /// (Go, `runtime/runtime2.go`.)
    static func numberOffset(_ version: GoVersion) -> UInt16? {
        switch version.minor {
        case 13...22, 25, 26: 152
        case 23, 24: 160
        default: nil
        }
    }

    /// What a program says of its goroutines; nil when it is not Go's.
    static func find(in program: borrowing ELFFile) -> UnitFinding? {
        guard let version = GoVersion(of: program) else {
            return program.section(".gopclntab") != nil ? .none(.unknownBuild) : nil
        }
        guard let number = numberOffset(version), let steps = steps(program) else { return .none(.unknownBuild) }
        var layout = interspan_unit_layout(kind: INTERSPAN_UNIT_GOROUTINE, steps: steps)
        layout.check = itself
        layout.number = number
        return .layout(layout)
    }

    /// How `g` is found: on arm64 in a register. On x86-64 in the thread's storage, where the runtime or, with cgo, the
    /// linker has put it: a program's own variables end where its thread pointer points to. Where C has such variables in
    /// the program as well its symbols say which is Go's; a program without them had it in front, as linkers do, or what
    /// is found there is no `g`.
    private static func steps(_ program: borrowing ELFFile) -> [Int32]? {
        if Machine.goroutineIsInRegister { return [] }
        guard let storage = program.segment(ELFFile.threadStorage), storage.memorySize != 8 else { return [-8] }
        guard storage.memorySize <= 65_536, (1...4096).contains(storage.alignment) else { return nil }
        let size = (storage.memorySize + storage.alignment - 1) / storage.alignment * storage.alignment
        let offset = program.symbols(["runtime.tlsg"], isDynamic: false)[0] ?? 0
        guard size >= 8, offset <= size - 8 else { return nil }
        return [Int32(truncatingIfNeeded: offset) - Int32(truncatingIfNeeded: size)]
    }
}
