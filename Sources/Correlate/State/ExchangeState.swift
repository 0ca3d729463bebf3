import Capture

extension ExchangeEnd: SlabKey {
    var slabHash: UInt64 { id.low &+ UInt64(role.rawValue) }
}

/// What is remembered of one end of an exchange while it can matter. What it will be handed on as is not here: that is
/// held by the ``Outbox``, and only while it must wait.
struct ExchangeState {
    struct Flags: OptionSet {
        let rawValue: UInt16

        /// ``ExchangeState/link`` is final.
        static let decided = Flags(rawValue: 1)
        /// It was handed on as opened.
        static let emitted = Flags(rawValue: 2)
        /// Capture closed it.
        static let closed = Flags(rawValue: 4)
        /// Its response has begun.
        static let answering = Flags(rawValue: 8)
        /// Other requests were read behind it on the same socket before it was answered, or it behind another.
        static let pipelined = Flags(rawValue: 16)
        /// The last byte of its request has been read.
        static let whole = Flags(rawValue: 32)
        /// A message that nobody answers: when it has been read it is over for the wire, and only begins for its reader.
        static let oneWay = Flags(rawValue: 64)
        /// ``RequestIDEvidence`` remembers ids of it.
        static let carriesIDs = Flags(rawValue: 128)
        /// Capture left it out at one of its ends (``Outcome/shed``), so neither is a span.
        static let shed = Flags(rawValue: 256)
    }

    var flags: Flags = []
    var link = Link.none
    /// The exchange that ``link`` names.
    var parent = SlotReference.none
    /// When the request began, ns.
    var start: UInt64
    /// When it was over, ns; once closed.
    var end: UInt64 = 0
    /// When, by the watermark, an undecided one is decided, and one that is over is forgotten; ns.
    var deadline: UInt64 = 0
    var socket: UInt64
    /// The unit of execution that read its request, in ``ThreadEvidence``, while it is open.
    var unit = UInt32.max
    /// The open ones of that unit form a list, in the order in which they were read.
    var previousOfUnit = UInt32.max
    var nextOfUnit = UInt32.max
    /// The process whose server end it is, in ``RequestIDEvidence``, while it is open.
    var owner = UInt32.max
    /// The open ones of that process form a list, in the order in which they were read.
    var previousOfOwner = UInt32.max
    var nextOfOwner = UInt32.max
    /// Exchanges that wait for this one to be handed on, in order.
    var firstWaiting = UInt32.max
    var lastWaiting = UInt32.max
    var nextWaiting = UInt32.max
    /// What waits to be handed on, in ``HeldStore``.
    var heldOpened = UInt32.max
    var heldClosed = UInt32.max

    init(start: UInt64, socket: UInt64) {
        self.start = start
        self.socket = socket
    }
}

/// Every exchange that is remembered.
typealias ExchangeTable = SlabTable<ExchangeEnd, ExchangeState>

extension SlabTable where Key == ExchangeEnd, Value == ExchangeState {
    /// Decided, and open or not yet handed on.
    static var open: Int { 0 }
    /// Waiting for its own client end, oldest first.
    static var undecided: Int { 1 }
    /// Handed on and over, in the order in which they ended.
    static var closed: Int { 2 }
    /// Calls that wait for the answer that tells on whose behalf they were made, oldest first. A link they have so far is
    /// what other evidence says.
    static var unanswered: Int { 3 }

    /// Whether an exchange can have caused what began at a moment: it had been read, and was not over. A message without
    /// an answer is over for its reader when it reads the next.
    func isAlive(_ reference: SlotReference, at time: UInt64) -> Bool {
        guard contains(reference) else { return false }
        let state = self[reference.slot]
        return state.start <= time && (!isOver(state) || time < state.end)
    }

    /// What a call is most likely made for, decided or not.
    func likelyParent(of call: UInt32) -> SlotReference {
        let state = self[call]
        guard !state.flags.contains(.decided), let end = state.link.parent, let parent = find(end) else {
            return state.parent
        }
        return reference(to: parent)
    }

    /// Whether work on an exchange's behalf has come to its end.
    func isOver(_ state: ExchangeState) -> Bool {
        state.flags.contains(.closed) && !state.flags.contains(.oneWay)
    }
}
