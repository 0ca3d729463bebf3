internal import CInterspanBPF

/// What became of the processes whose units of execution were looked for.
public struct UnitCounters: Sendable, Equatable {
    /// Processes with goroutines.
    public var goroutines: UInt64 = 0
    /// Processes with CPython's contexts.
    public var tasks: UInt64 = 0
    /// Processes with Java's virtual threads.
    public var virtualThreads: UInt64 = 0
    /// Processes that were not looked at, since too many others waited.
    public var refused: UInt64 = 0
    /// Processes for which there was no room in the kernel.
    public var unwritten: UInt64 = 0
    private var absences = [UInt64](repeating: 0, count: UnitAbsence.allCases.count)

    /// Nothing yet.
    public init() {}

    /// Processes that have no units but threads, or none that we can tell, for a reason.
    public subscript(absence: UnitAbsence) -> UInt64 {
        get { absences[Int(absence.rawValue)] }
        set { absences[Int(absence.rawValue)] = newValue }
    }

    /// A process was looked at.
    mutating func count(_ finding: UnitFinding) {
        switch finding {
        case .layout(let layout):
            switch interspan_unit_kind(UInt32(layout.kind)) {
            case INTERSPAN_UNIT_GOROUTINE: goroutines += 1
            case INTERSPAN_UNIT_TASK: tasks += 1
            default: virtualThreads += 1
            }
        case .none(let absence): self[absence] += 1
        case .notYet: self[.neverStarted] += 1
        }
    }
}
