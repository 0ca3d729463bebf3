import Capture

/// A unit of execution: what does one thing after the other.
struct UnitKey: SlabKey {
    /// The thread; the process where ``unit`` is known.
    var thread: UInt32
    /// Goroutine or task, 0 when not known.
    var unit: UInt64

    /// What executed a point; nil when nothing is known of it (a packet capture). Goroutines and tasks move between the
    /// threads of their process, so the thread says nothing about them.
    init?(_ point: ExecutionPoint) {
        guard point.thread != 0 else { return nil }
        thread = point.unit == 0 ? point.thread : point.process.pid
        unit = point.unit
    }

    /// A thread that was just made.
    init(thread: UInt32) {
        self.thread = thread
        unit = 0
    }

    var slabHash: UInt64 { UInt64(thread) &* 0x9E37_79B9_7F4A_7C15 ^ unit }
}

/// What a unit of execution is working on.
enum Focus: Equatable {
    /// Nothing is known of it.
    case nothing
    /// This request.
    case exchange(SlotReference)
    /// What this call was made for, which is not decided yet.
    case call(SlotReference)
    /// On behalf of something that is not known: it read the response of a call without a parent.
    case unknown
    /// It has just answered a request.
    case ended
}

/// What is remembered of a unit of execution.
struct UnitState {
    /// What it worked on since a moment, and in which turn of its event loop it last did.
    struct Stretch {
        var focus = Focus.nothing
        var since: UInt64 = 0
        var turn: UInt32 = 0
    }

    /// What a unit did.
    enum Step {
        /// It read a request's head or last byte: something may come of it.
        case mayBeActedOn
        /// It read a part of a request's body.
        case middle
        /// It did something else: wrote, or read a response.
        case act
    }

    var process: ProcessKey
    var current = Stretch()
    /// What it worked on before, since some events are told after others that happened later.
    var previous = Stretch()
    /// Whether ``current`` began by reading a request, of which nothing has come yet: no connection, call or answer.
    var isPending = false
    /// Whether it has been seen to make a call before a request was whole: a proxy that streams.
    var actsEarly = false
    /// Requests that were read in this turn and left for others before anything came of them. Whatever comes in the rest
    /// of the turn may be theirs.
    var abandoned: UInt32 = 0
    /// Requests it read that it answered itself, and that others answered; calls, likewise, that request ids proved to be
    /// made for what it was thought to work on, or not. Halved now and then, so that recent ones count.
    var answeredHere: UInt32 = 0
    var answeredElsewhere: UInt32 = 0
    /// The open requests that it read: a list, oldest first.
    var firstMember = UInt32.max
    var lastMember = UInt32.max
    var members: UInt32 = 0

    init(process: ProcessKey) { self.process = process }

    /// What it worked on at a moment.
    func stretch(at time: UInt64) -> Stretch {
        if time >= current.since { return current }
        if time >= previous.since { return previous }
        return Stretch()
    }

    /// How likely what this unit does is done for the requests it reads, 0...1: the share of them that it answered itself.
    /// Where others answer them (a selector that hands requests to a pool, goroutines on changing threads), its calls are
    /// others' as well.
    var reliability: Double {
        answeredElsewhere == 0 ? 1 : Double(answeredHere) / Double(answeredHere + answeredElsewhere)
    }

    /// A request that it read was answered, or what it made a call for was proved.
    mutating func answered(here: Bool) {
        if here { answeredHere += 1 } else { answeredElsewhere += 1 }
        if answeredHere + answeredElsewhere >= 128 {
            answeredHere /= 2
            answeredElsewhere /= 2
        }
    }

    /// It does something; false when that was before what it has done since.
    mutating func turn(to focus: Focus, at point: ExecutionPoint, _ step: Step) -> Bool {
        guard point.time >= current.since else { return false }
        if point.turn != current.turn {
            abandoned = 0
            isPending = false
        } else if isPending, current.focus != focus {
            abandoned &+= 1
        }
        switch step {
        case .mayBeActedOn: isPending = true
        case .middle: isPending = isPending && current.focus == focus
        case .act: isPending = false
        }
        if current.focus == focus {
            current.turn = point.turn
        } else {
            previous = current
            current = Stretch(focus: focus, since: point.time, turn: point.turn)
        }
        return true
    }
}
