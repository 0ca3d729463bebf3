internal import CInterspanBPF

/// What was found out of a process's units of execution.
enum UnitFinding {
    /// How they are found.
    case layout(interspan_unit_layout)
    /// Threads are all there is, or all that can be known.
    case none(UnitAbsence)
    /// Its runtime has not started yet.
    case notYet
}

/// Why a process has no units but threads.
public enum UnitAbsence: UInt8, Sendable, CaseIterable {
    /// It runs nothing that has others.
    case noRuntime
    /// A runtime of a version, or built in a way, that we do not know.
    case unknownBuild
    /// A C library that keeps the storage of threads in a way that we do not know.
    case unknownThreadStorage
    /// Its files or its memory cannot be read.
    case unreadable
    /// Its runtime never started.
    case neverStarted
}

extension interspan_unit_layout {
    /// A chain of pointers.
    init(kind: interspan_unit_kind, steps: [Int32]) {
        self.init()
        self.kind = UInt8(truncatingIfNeeded: kind.rawValue)
        step_count = UInt8(min(steps.count, Int(INTERSPAN_UNIT_STEPS)))
        withUnsafeMutableBytes(of: &self.steps) { places in
            let places = places.bindMemory(to: Int32.self)
            for (index, step) in steps.prefix(places.count).enumerated() { places[index] = step }
        }
    }

    /// No units but threads.
    static var threads: interspan_unit_layout { interspan_unit_layout() }
}
