/// The connections that a capture shows, at most so many at once. When another needs room, the one that was closed
/// longest ago goes, else the one that has been idle for longest.
struct FlowTable {
    private struct Slot {
        var flow: Flow
        /// Which list it is in: closed connections are remembered for what still comes of them (repetitions), but make
        /// room first.
        var isListedClosed = false
    }

    private let capacity: Int
    private var slots: ContiguousArray<Slot> = []
    private var places: [FlowKey: Int32] = [:]
    private var links = IndexLinks()
    private var open = IndexList()
    private var closed = IndexList()

    init(capacity: Int) { self.capacity = min(max(capacity, 1), Int(Int32.max)) }

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
            evicted = closed.count == 0
            place = evicted ? open.first : closed.first
            if evicted { links.remove(place, from: &open) } else { links.remove(place, from: &closed) }
            places.removeValue(forKey: slots[Int(place)].flow.key)
            slots[Int(place)] = Slot(flow: Flow(key: key))
        }
        places[key] = place
        links.append(place, to: &open)
        return (Int(place), evicted)
    }

    /// Takes note that something happened on a connection, which may have closed or opened it.
    mutating func touch(_ index: Int) {
        let place = Int32(index)
        switch (slots[index].isListedClosed, slots[index].flow.isClosed) {
        case (false, false): links.moveToEnd(place, of: &open)
        case (true, true): links.moveToEnd(place, of: &closed)
        case (false, true):
            links.remove(place, from: &open)
            links.append(place, to: &closed)
        case (true, false):
            links.remove(place, from: &closed)
            links.append(place, to: &open)
        }
        slots[index].isListedClosed = slots[index].flow.isClosed
    }
}
