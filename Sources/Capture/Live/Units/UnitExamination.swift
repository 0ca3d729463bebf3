/// Finds out what units of execution a process has.
enum UnitExamination {
    /// Looks at a process's program, its libraries and, where it must, its memory. A millisecond or less for most.
    static func find(in process: borrowing ExaminedProcess) -> UnitFinding {
        guard let program = ELFFile(process.program) else { return .none(.unreadable) }
        if let finding = GoUnits.find(in: program) { return finding }
        // What is linked to nothing else can have no runtime that is a library, nor show its own.
        guard program.segment(ELFFile.interpreter) != nil else { return .none(.noRuntime) }
        let files = process.mappedFiles()
        guard !files.isEmpty else { return .none(.unreadable) }
        return settled(
            PythonUnits.find(in: process, program: program, files: files) ?? JavaUnits.find(in: process, files: files),
            files)
    }

    /// What a runtime said, or that there is none. As long as libraries are being loaded, a runtime's that is there already may
    /// be in the middle of it, and the one of C, by which threads are told, is not there.
    static func settled(_ finding: UnitFinding?, _ files: [MappedFile]) -> UnitFinding {
        switch finding {
        case nil: isLoaded(files) ? .none(.noRuntime) : .notYet
        case .some(.none(let reason)): isLoaded(files) ? .none(reason) : .notYet
        case .some(let finding): finding
        }
    }

    /// Whether the libraries that a program is linked to are there: the one of C is among the last, and all have it.
    private static func isLoaded(_ files: [MappedFile]) -> Bool {
        files.contains { $0.name.hasPrefix("libc.") || $0.name.hasPrefix("libc-") || $0.name.hasPrefix("ld-musl") }
    }
}
