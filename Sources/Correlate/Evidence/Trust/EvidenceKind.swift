import Capture

/// Kinds of evidence that propose, for a call, the request on whose behalf it was made, and whose worth is learned for each
/// process.
enum EvidenceKind: UInt8, CaseIterable {
    /// The unit that wrote the call had read the request, or a response on its behalf.
    case reader = 0
    /// The unit that wrote the call wrote the request's answer.
    case answerer
    /// The call's response was read in the turn of an event loop in which the answer was written.
    case turn
    /// The call's response was what the answer's thread had read last, by another goroutine.
    case handOver
    /// A task that shares its context variables with the one that wrote the answer wrote the call.
    case group
    /// The thread was made while the request was handled.
    case fork
    /// The connection was opened while the request was handled.
    case socket
    /// Request ids.
    case requestID
    /// Values of the request reappear in the call.
    case values
    /// Learned delays and habits.
    case timing
    /// Of the requests that the unit has read, the oldest for which no call had been made.
    case order

    /// What a new process is credited with: right and wrong proposals it never made. The figures are what was found on real
    /// runtimes, rounded down (nobody has been wrong as often as these say).
    var prior: (right: Float, wrong: Float) {
        switch self {
        case .reader: (10, 0.5)
        case .answerer: (60, 0.5)
        case .turn: (3, 0.5)
        case .handOver: (8, 1)
        case .group: (6, 0.5)
        case .fork: (20, 0.5)
        case .socket: (20, 0.5)
        case .requestID: (4_000, 0.5)
        case .values: (4, 0.5)
        case .timing: (1, 1)
        case .order: (1, 1)
        }
    }

    /// Kinds that look at the same thing from several sides are of one family, 0...3.
    var family: Int {
        switch self {
        case .reader, .answerer, .turn, .handOver, .group: 0
        case .fork, .socket: 1
        case .requestID: 2
        case .values, .timing, .order: 3
        }
    }

    /// Whether it goes by what units of execution and connections did, rather than by what is in the messages and when they
    /// came.
    var isOfExecution: Bool { family < 2 || self == .order }

    /// Whether it only goes by what calls look like: their values, and when they came.
    var isLikeness: Bool { self == .values || self == .timing }

    /// Whether it goes by what a unit had read when it acted. Such kinds are right or wrong together, and prove nothing of one
    /// another; nor does order, which is a habit, prove anything.
    var goesByReading: Bool {
        switch self {
        case .reader, .socket, .fork, .order: true
        case .answerer, .turn, .handOver, .group, .requestID, .values, .timing: false
        }
    }

    /// By which method a call is linked that this kind decided.
    func method(unit: UnitKind) -> LinkMethod {
        switch self {
        case .reader, .answerer, .turn, .handOver, .group, .order:
            switch unit {
            case .thread, .virtualThread: .thread
            case .goroutine: .goroutine
            case .task: .task
            }
        case .fork: .fork
        case .socket: .socket
        case .requestID: .requestID
        case .values: .values
        case .timing: .timing
        }
    }
}
