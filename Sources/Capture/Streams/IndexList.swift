/// The ends of a doubly linked list of indices, whose links lie in an ``IndexLinks``.
struct IndexList {
    /// The first index; -1 when the list is empty.
    fileprivate(set) var first: Int32 = -1
    /// The last index; -1 when the list is empty.
    fileprivate(set) var last: Int32 = -1
    /// How many indices are in it.
    fileprivate(set) var count: Int32 = 0
}

/// Links between indices, for any number of lists of which an index is in one at most.
struct IndexLinks {
    private var next: ContiguousArray<Int32> = []
    private var previous: ContiguousArray<Int32> = []

    /// The index behind this one in its list; -1 at the end.
    func after(_ index: Int32) -> Int32 { next[Int(index)] }

    /// Adds an index, which is in no list, at the end.
    mutating func append(_ index: Int32, to list: inout IndexList) {
        while next.count <= Int(index) {
            next.append(-1)
            previous.append(-1)
        }
        next[Int(index)] = -1
        previous[Int(index)] = list.last
        if list.last >= 0 { next[Int(list.last)] = index } else { list.first = index }
        list.last = index
        list.count &+= 1
    }

    /// Takes an index out of the list it is in.
    mutating func remove(_ index: Int32, from list: inout IndexList) {
        let before = previous[Int(index)]
        let after = next[Int(index)]
        if before >= 0 { next[Int(before)] = after } else { list.first = after }
        if after >= 0 { previous[Int(after)] = before } else { list.last = before }
        next[Int(index)] = -1
        previous[Int(index)] = -1
        list.count &-= 1
    }

    /// Moves an index to the end of the list it is in.
    mutating func moveToEnd(_ index: Int32, of list: inout IndexList) {
        guard list.last != index else { return }
        remove(index, from: &list)
        append(index, to: &list)
    }
}
