internal import OTLP

/// A trace of which spans are held, since something may yet happen in it that keeps it.
struct OpenTrace {
    /// Which.
    var trace: TraceID
    /// Why it will have been left out if nothing does.
    var reason: SampledOutReason
    /// By what was in effect at this moment it is decided, ns.
    var opened: UInt64
    /// When its time is over, ns; nil while nothing of it is held.
    var deadline: UInt64?
    /// When the topmost request of ours began, ns of the source's clock; 0 when that is not known.
    var rootStart: UInt64 = 0
    /// When its root's time to settle is over, ns; nil while that is not over.
    var settled: UInt64?
    /// Spans that were let in and have not come yet: whose they are is being looked up.
    var underWay = 0
    /// Its spans in ``SampleHold``, the first and the last; ``SampleHold/none`` without any.
    var first = SampleHold.none
    var last = SampleHold.none
    /// What SDKs have sent of it.
    var received: [HeldPiece] = []
}

/// The traces that are undecided, in the order in which they came and in that in which their roots ended.
struct OpenTraces {
    private var slots: [OpenTrace] = []
    private var free: [Int] = []
    private var places: [TraceID: Int] = [:]
    private var byAge = SlotOrder()
    private var bySettling = SlotOrder()

    /// How many there are.
    var count: Int { places.count }
    /// The one of which something has been held for longest.
    var oldest: Int? { byAge.first }
    /// The one whose root ended first.
    var firstSettling: Int? { bySettling.first }

    /// The slot of a trace.
    func slot(of trace: TraceID) -> Int? { places.isEmpty ? nil : places[trace] }

    subscript(slot: Int) -> OpenTrace {
        get { slots[slot] }
        _modify { yield &slots[slot] }
    }

    /// Adds a trace that is not there.
    mutating func open(_ trace: OpenTrace) -> Int {
        let slot: Int
        if let last = free.popLast() {
            slot = last
            slots[slot] = trace
        } else {
            slot = slots.count
            slots.append(trace)
        }
        places[trace.trace] = slot
        return slot
    }

    /// Something of it is held: its time runs until a moment, ns, unless it does already.
    mutating func age(_ slot: Int, until moment: UInt64) {
        guard slots[slot].deadline == nil else { return }
        slots[slot].deadline = moment
        byAge.append(slot)
    }

    /// Its root is over: it settles until a moment, ns.
    mutating func settle(_ slot: Int, until moment: UInt64) {
        guard slots[slot].settled == nil else { return }
        slots[slot].settled = moment
        bySettling.append(slot)
    }

    /// It settles for longer.
    mutating func settleAgain(_ slot: Int, until moment: UInt64) {
        bySettling.remove(slot)
        slots[slot].settled = moment
        bySettling.append(slot)
    }

    /// Takes a trace out.
    mutating func close(_ slot: Int) -> OpenTrace {
        let trace = slots[slot]
        places[trace.trace] = nil
        if trace.deadline != nil { byAge.remove(slot) }
        if trace.settled != nil { bySettling.remove(slot) }
        slots[slot].received = []
        free.append(slot)
        return trace
    }
}
