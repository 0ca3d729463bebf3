/// Values addressed by index, whose places are used again. Grows on demand and never shrinks; whoever owns it bounds
/// it by ``count``.
struct Slab<Element> {
    private var elements: ContiguousArray<Element> = []
    private var free: ContiguousArray<Int32> = []

    /// How many places are in use.
    var count: Int { elements.count - free.count }
    /// How many places there are, in use or not.
    var places: Int { elements.count }

    /// The value at a place that is in use.
    subscript(index: Int32) -> Element {
        // Lent, not copied: an element may be large, and one member of it is all that is wanted.
        @inline(__always) _read { yield elements[Int(index)] }
        @inline(__always) _modify { yield &elements[Int(index)] }
    }

    /// Takes a place. `make` is called only when a new one is needed: a place that was used before keeps its value, and
    /// with it the memory of the buffers in it, for its new owner to reset.
    mutating func take(_ make: () -> Element) -> Int32 {
        if let index = free.popLast() { return index }
        elements.append(make())
        return Int32(truncatingIfNeeded: elements.count - 1)
    }

    /// Gives a place back.
    mutating func release(_ index: Int32) { free.append(index) }
}
