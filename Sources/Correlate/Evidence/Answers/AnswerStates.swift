import Capture

/// A call that some evidence tells of.
struct ToldCall {
    /// Its slot among the exchanges.
    var call: UInt32
    /// Which evidence tells.
    var kind: EvidenceKind
}

/// Calls in the order in which they were written: a list through ``WrittenCall``.
struct CallList {
    var first = UInt32.max
    var last = UInt32.max
    var count: UInt32 = 0
}

/// Which list of calls.
enum CallPlace {
    /// That of the unit which wrote it.
    case unit
    /// That of the group which its unit was in.
    case group
}

/// Where a call stands in a list.
struct CallLinks {
    /// The unit or the group, while it is listed.
    var list = UInt32.max
    var previous = UInt32.max
    var next = UInt32.max
}

/// What ``AnswerEvidence`` remembers of a call.
struct WrittenCall {
    /// When it was written, ns.
    var start: UInt64 = 0
    /// Whether its response was read.
    var isOver = false
    /// The unit that wrote it.
    var writer = UInt32.max
    private var unit = CallLinks()
    private var group = CallLinks()

    subscript(place: CallPlace) -> CallLinks {
        get { place == .unit ? unit : group }
        set { if place == .unit { unit = newValue } else { group = newValue } }
    }
}

/// What is remembered of a unit of execution that makes calls or answers.
struct Answerer {
    /// Answers that must go well until a unit that was seen to interleave is thought not to.
    private static let suspicion: UInt8 = 32

    var process: ProcessKey
    /// The calls it wrote since its last answer.
    var calls = CallList()
    /// Above 0 it is thought to do several things side by side.
    var interleaving: UInt8 = 0

    init(process: ProcessKey) { self.process = process }

    /// It wrote an answer, perhaps while other work of its was under way.
    mutating func answers(amidOthers: Bool) {
        if amidOthers {
            interleaving = Answerer.suspicion
        } else if interleaving > 0, calls.count > 0 {
            interleaving -= 1
        }
    }
}

/// Names what tasks of a process share.
struct GroupKey: SlabKey {
    var process: UInt32
    var group: UInt64

    var slabHash: UInt64 { UInt64(process) &* 0x9E37_79B9_7F4A_7C15 ^ group }
}

/// What is remembered of what tasks share.
struct AnswererGroup {
    /// Answers by one unit alone until what several shared is thought to be one request's own.
    private static let suspicion: UInt8 = 8

    /// The calls written by those that share it, since the last answer.
    var calls = CallList()
    /// Who answered last, and when, ns.
    private var unit = UInt32.max
    private var time: UInt64 = 0
    /// Above 0 it is shared by the tasks of several requests.
    private(set) var sharing: UInt8 = 0

    /// One of those that share it answered a request. What units of two requests share that were open side by side is no
    /// request's own; behind each other they may, since memory is used again.
    mutating func answers(by unit: UInt32, since start: UInt64, at time: UInt64) {
        if unit != self.unit, start < self.time {
            sharing = AnswererGroup.suspicion
        } else if sharing > 0 {
            sharing -= 1
        }
        self.unit = unit
        self.time = time
    }
}
