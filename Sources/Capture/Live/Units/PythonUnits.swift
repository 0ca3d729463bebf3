internal import CInterspanBPF

/// CPython's contexts: what a task, or what else was started with a context of its own, runs in.
///
/// A thread's state is kept in the thread's own storage, under a key that the runtime made when it started; the state has
/// the context, the context its type (by which we know it) and its variables.
enum PythonUnits {
    /// Where a context has its type. Two words behind it are its variables, whose address copies of it share until one of
    /// them sets any.
    private static let type: UInt16 = 8
    private static let symbols: [StaticString] = ["_PyRuntime", "PyContext_Type", "Py_Version"]

    /// What a process says of its contexts; nil when it has no CPython.
    static func find(in process: borrowing ExaminedProcess, program: borrowing ELFFile, files: [MappedFile])
        -> UnitFinding?
    {
        // In the program itself, or in its library.
        let own = program.symbols(symbols, isDynamic: true)
        if own[0] != nil, let file = files.first {
            return find(in: process, own, of: program, at: file, files)
        }
        guard let file = files.first(where: { $0.name.hasPrefix("libpython3.") }) else { return nil }
        guard let library = ELFFile(process.path(of: file)) else { return .none(.unreadable) }
        return find(in: process, library.symbols(symbols, isDynamic: true), of: library, at: file, files)
    }

    private static func find(
        in process: borrowing ExaminedProcess, _ symbols: [UInt64?], of file: borrowing ELFFile,
        at mapping: MappedFile, _ files: [MappedFile]
    ) -> UnitFinding {
        guard let runtime = symbols[0], let type = symbols[1], let bias = file.bias(of: mapping) else {
            return .none(.unknownBuild)
        }
        let number = symbols[2].flatMap { file.bytes(address: $0, count: 8)?.word(0, as: UInt64.self) }
        guard let version = number.map(PythonVersion.init(number:)) ?? PythonVersion(fileName: mapping.name) else {
            return .none(.unknownBuild)
        }
        // Whether there is a key, and the key: Py_tss_t.
        guard let key = process.memory(at: runtime &+ bias &+ version.key, count: 8),
            let isThere = key.word(0, as: UInt32.self), let number = key.word(4, as: UInt32.self)
        else { return .none(.unreadable) }
        guard isThere == 1 else { return isThere == 0 ? .notYet : .none(.unknownBuild) }
        guard let steps = ThreadKeys.find(in: process, files)?.steps(to: number) else {
            return .none(.unknownThreadStorage)
        }
        var layout = interspan_unit_layout(kind: INTERSPAN_UNIT_TASK, steps: steps + [version.context])
        layout.check = PythonUnits.type
        layout.expected = type &+ bias
        layout.has_group = 1
        return .layout(layout)
    }
}
