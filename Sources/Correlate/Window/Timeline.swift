/// What happens in the life of each request, in order: it begins, calls begin and end, it ends. A doubly linked list of
/// nodes, two for each tag of a request and two for each of a call.
struct Timeline: ~Copyable {
    struct Node {
        var time: UInt64
        var previous: UInt32
        var next: UInt32
    }

    /// No node.
    static var none: UInt32 { .max }

    let nodes: UnsafeMutablePointer<Node>

    init(capacity: Int) { nodes = .allocate(capacity: 4 * capacity) }

    deinit { nodes.deallocate() }

    static func requestStart(_ tag: UInt32) -> UInt32 { tag << 2 }
    static func requestEnd(_ tag: UInt32) -> UInt32 { tag << 2 | 1 }
    static func callStart(_ tag: UInt32) -> UInt32 { tag << 2 | 2 }
    static func callEnd(_ tag: UInt32) -> UInt32 { tag << 2 | 3 }
    static func isOfCall(_ node: UInt32) -> Bool { node & 2 != 0 }
    static func isEnd(_ node: UInt32) -> Bool { node & 1 != 0 }
    static func tag(_ node: UInt32) -> UInt32 { node >> 2 }

    subscript(node: UInt32) -> Node {
        _read { yield nodes[Int(node)] }
        nonmutating _modify { yield &nodes[Int(node)] }
    }

    /// At one moment, what ends comes before what begins, since it may have triggered it; a request's own end is last.
    private func rank(_ node: UInt32) -> Int {
        switch node & 3 {
        case 0: 0
        case 3: 1
        case 2: 2
        default: 3
        }
    }

    /// Puts a node in its place, looking back from a node that is in the list. A request's start stays first.
    func insert(_ node: UInt32, before last: UInt32) -> Bool {
        var after = last
        var left = WindowTuning.reach
        let time = self[node].time
        while left > 0, after & 3 != 0,
            self[after].time > time || (self[after].time == time && rank(after) > rank(node))
        {
            after = self[after].previous
            left -= 1
        }
        let next = self[after].next
        self[node].previous = after
        self[node].next = next
        self[after].next = node
        if next != Timeline.none {
            self[next].previous = node
            return false
        }
        return true
    }

    /// Takes a node out; the one before it where it was the last.
    func remove(_ node: UInt32) -> UInt32? {
        let (previous, next) = (self[node].previous, self[node].next)
        self[previous].next = next
        if next != Timeline.none {
            self[next].previous = previous
            return nil
        }
        return previous
    }
}
