internal import CInterspanBPF

/// Java's virtual threads (21 and later): the number of the one that is mounted on a carrier.
///
/// HotSpot keeps the current `JavaThread` in the storage of each thread; that has handles of its own `Thread` object and
/// of the mounted one, whose `tid` is the number. HotSpot shows debuggers where the handles lie, in a table
/// (`runtime/vmStructs.cpp`); the rest its symbols say, which OpenJDK's builds keep.
enum JavaUnits {
    /// What a process says of its virtual threads; nil when it runs no HotSpot.
    static func find(in process: borrowing ExaminedProcess, files: [MappedFile]) -> UnitFinding? {
        guard let file = files.first(where: { $0.name == "libjvm.so" }) else {
            // Its launcher loads it by itself, which takes its time where it must be read from a disk.
            return files.contains { $0.name == "libjli.so" } ? .notYet : nil
        }
        guard let library = ELFFile(process.path(of: file)) else { return .none(.unreadable) }
        guard let bias = library.bias(of: file) else { return .none(.unknownBuild) }
        let symbols = library.symbols(
            ["_ZN6Thread12_thr_currentE", "_ZN16java_lang_Thread11_tid_offsetE"], isDynamic: false)
        let tid = symbols[1].map { process.memory(at: $0 &+ bias, count: 4)?.word(0, as: UInt32.self) }
        // Before it is set, the library may not have been relocated either: the table would seem to be empty.
        if let tid, tid == 0 { return .notYet }
        guard let fields = JavaFields(of: library, in: process, bias: bias) else { return .none(.unreadable) }
        // Before 21 there are none.
        guard let mounted = fields.mounted else { return .none(.noRuntime) }
        guard let own = fields.own, own &+ 8 == mounted, let check = UInt16(exactly: own),
            let current = symbols[0].flatMap(Int32.init(exactly:)), let tid
        else { return .none(.unknownBuild) }
        guard let tid else { return .none(.unreadable) }
        guard let number = UInt16(exactly: tid) else { return .none(.unknownBuild) }
        guard let module = module(of: library, in: process, bias: bias) else { return .none(.unknownThreadStorage) }
        // The thread's vector of modules' storage lies behind its first word, an entry of two words for each.
        var layout = interspan_unit_layout(
            kind: INTERSPAN_UNIT_VIRTUAL_THREAD, steps: [8, Int32(module) * 16, current])
        layout.check = check
        layout.number = number
        return .layout(layout)
    }

    /// The number that the loader has given the library's thread storage: wherever the library asked for it.
    private static func module(
        of library: borrowing ELFFile, in process: borrowing ExaminedProcess, bias: UInt64
    ) -> UInt16? {
        guard let kind = Machine.moduleNumberRelocation else { return nil }
        for section in library.sections where section.kind == 4 {
            guard let relocations = library.bytes(at: section.offset, count: section.size) else { continue }
            // An entry: where, which kind (low half) of which symbol, what to add.
            for at in stride(from: 0, to: relocations.count - 23, by: 24)
            where relocations.word(at + 8, as: UInt32.self) == kind {
                let place: UInt64 = relocations.word(at) ?? 0
                let number = process.memory(at: place &+ bias, count: 8)?.word(0, as: UInt64.self)
                return number.flatMap { (1...4096).contains($0) ? UInt16($0) : nil }
            }
        }
        return nil
    }
}
