/// The connections that a capture shows, at most so many at once. When another needs room, the one that was closed
/// longest ago goes, else the one that has been idle for longest.
struct FlowTable {
    private struct Slot {
        var flow: Flow
        var list = List.open
        var previous: Int32 = -1
        var next: Int32 = -1
    }

    /// Closed connections are remembered for what still comes of them (repetitions), but make room first.
    private enum List {
        case open
        case closed
    }

    private struct Ends {
        var oldest: Int32 = -1
        var newest: Int32 = -1
    }

    private let capacity: Int
    private var slots: [Slot] = []
    private var places: [FlowKey: Int32] = [:]
    private var open = Ends()
    private var closed = Ends()

    init(capacity: Int) { self.capacity = min(max(capacity, 1), Int(Int32.max)) }

    /// How many there are, closed ones included.
    var count: Int { slots.count }
    /// Every slot.
    var indices: Range<Int> { slots.indices }

    /// A connection by its slot.
    subscript(index: Int) -> Flow {
        get { slots[index].flow }
        _modify { yield &slots[index].flow }
    }

    /// The slot of a connection that is known.
    func find(_ key: FlowKey) -> Int? { places[key].map(Int.init) }

    /// Makes a connection known that is not; says whether one that was still open had to go for it.
    mutating func insert(_ key: FlowKey) -> (index: Int, evicted: Bool) {
        var evicted = false
        var place = Int32(slots.count)
        if slots.count < capacity {
            slots.append(Slot(flow: Flow(key: key)))
        } else {
            evicted = closed.oldest < 0
            place = evicted ? open.oldest : closed.oldest
            unlink(place)
            places.removeValue(forKey: slots[Int(place)].flow.key)
            slots[Int(place)] = Slot(flow: Flow(key: key))
        }
        places[key] = place
        append(place)
        return (Int(place), evicted)
    }

    /// Takes note that something happened on a connection, which may have closed it.
    mutating func touch(_ index: Int) {
        let place = Int32(index)
        let list: List = slots[index].flow.isClosed ? .closed : .open
        if list == slots[index].list, (list == .open ? open : closed).newest == place { return }
        unlink(place)
        slots[index].list = list
        append(place)
    }

    private mutating func append(_ place: Int32) {
        let isOpen = slots[Int(place)].list == .open
        let newest = isOpen ? open.newest : closed.newest
        slots[Int(place)].previous = newest
        slots[Int(place)].next = -1
        if newest >= 0 { slots[Int(newest)].next = place }
        var ends = isOpen ? open : closed
        if ends.oldest < 0 { ends.oldest = place }
        ends.newest = place
        if isOpen { open = ends } else { closed = ends }
    }

    private mutating func unlink(_ place: Int32) {
        let slot = slots[Int(place)]
        if slot.previous >= 0 { slots[Int(slot.previous)].next = slot.next }
        if slot.next >= 0 { slots[Int(slot.next)].previous = slot.previous }
        var ends = slot.list == .open ? open : closed
        if ends.oldest == place { ends.oldest = slot.next }
        if ends.newest == place { ends.newest = slot.previous }
        if slot.list == .open { open = ends } else { closed = ends }
    }
}
