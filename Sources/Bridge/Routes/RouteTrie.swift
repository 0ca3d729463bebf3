/// The routes of one service as they have shown themselves so far: a tree of the parts of its paths.
///
/// Parts that look like ids (``PathSegment``) are `{id}` from the outset. Where too many words stand beside each other they
/// become `{id}` as well, all of them and for good, and what was below them is joined: so a name changes once at most. The
/// same paths in the same order give the same routes. Bounded in nodes: where there is no room for a new word, those
/// beside it become one, and where there are none the rest of the path is `{...}`.
struct RouteTrie: Sendable {
    /// Most nodes of one service.
    static let maximumNodes = 1024
    /// Most parts of a route.
    static let maximumDepth = 10
    /// What words beside each other may weigh at the beginning of paths, where a proxy has those of all that is behind it.
    static let limitAtRoot = 96
    /// What they may weigh further on.
    static let limit = 32

    static let none: Int32 = -1
    static let root: Int32 = 0
    private static let identifier: StaticString = "{id}"
    private static let file: StaticString = "{file}"

    struct Node {
        var hash: UInt32 = 0
        /// Bytes of its name.
        var count: UInt8 = 0
        /// What it weighs; 0 for what is a template already.
        var weight: UInt8 = 0
        /// Whether a path has ended here, and been answered.
        var isEnd = false
        /// Whether words below it are one.
        var isCollapsed = false
        /// What the words below it weigh.
        var weightBelow: UInt16 = 0
        var firstChild = RouteTrie.none
        var next = RouteTrie.none
    }

    var nodes: [Node] = [Node()]
    /// The nodes' names, each in a place of its own.
    private(set) var names = SegmentNames()
    /// The first of those that are not in use.
    private var free = RouteTrie.none
    /// Nodes in use.
    private(set) var count = 1

    /// Adds the route of a path to what is in `route`.
    ///
    /// - Parameters:
    ///   - learns: whether the path is known to lead somewhere. Otherwise only what is known is found.
    ///   - most: nodes that may be in use afterwards.
    /// - Returns: false when no route is known.
    mutating func write(
        _ path: UnsafeRawBufferPointer, learns: Bool, most: Int, to route: inout [UInt8]
    ) -> Bool {
        var segments = PathSegments(path)
        var node = RouteTrie.root
        var depth = 0
        if segments.isAtEnd { route.append(UInt8(ascii: "/")) }
        while let segment = segments.next() {
            let isLast = segments.isAtEnd
            guard depth < RouteTrie.maximumDepth,
                let child = child(of: node, depth, segment, isLast: isLast, learns: learns, most: most)
            else {
                guard learns || depth == RouteTrie.maximumDepth else { return false }
                route.append(contentsOf: "/{...}".utf8)
                break
            }
            route.append(UInt8(ascii: "/"))
            names.write(child, count: nodes[Int(child)].count, to: &route)
            (node, depth) = (child, depth + 1)
        }
        if learns { nodes[Int(node)].isEnd = true }
        return nodes[Int(node)].isEnd
    }

    private mutating func child(
        of node: Int32, _ depth: Int, _ segment: UnsafeRawBufferPointer, isLast: Bool, learns: Bool, most: Int
    ) -> Int32? {
        let search = Search(node: node, depth: depth, learns: learns, most: most)
        switch PathSegment(segment, isLast: isLast) {
        case .word(let weight): return child(named: segment, weight: weight, search)
        case .identifier: return child(named: SegmentNames.bytes(of: RouteTrie.identifier), weight: 0, search)
        case .identifierWithExtension(let dot):
            let ending = UnsafeRawBufferPointer(rebasing: segment[dot...])
            return SegmentNames.joined(RouteTrie.identifier, ending) { child(named: $0, weight: 1, search) }
        case .file(let dot):
            let ending = UnsafeRawBufferPointer(rebasing: segment[dot...])
            return SegmentNames.joined(RouteTrie.file, ending) { child(named: $0, weight: 0, search) }
        }
    }

    /// What is looked for where.
    private struct Search {
        let node: Int32
        let depth: Int
        let learns: Bool
        let most: Int
    }

    private mutating func child(named name: UnsafeRawBufferPointer, weight: Int, _ search: Search) -> Int32? {
        let identifier = SegmentNames.bytes(of: RouteTrie.identifier)
        let node = Int(search.node)
        if weight > 0, nodes[node].isCollapsed { return child(named: identifier, weight: 0, search) }
        if let known = find(name, below: search.node) { return known }
        guard search.learns else { return nil }
        let limit = search.depth == 0 ? RouteTrie.limitAtRoot : RouteTrie.limit
        if Int(nodes[node].weightBelow) + weight <= limit,
            let added = add(name, weight: weight, below: search.node, most: search.most)
        {
            return added
        }
        guard nodes[node].weightBelow > 0 else { return nil }
        collapse(search.node)
        let name = weight > 0 ? identifier : name
        return find(name, below: search.node) ?? add(name, weight: 0, below: search.node, most: search.most)
    }

    private func find(_ name: UnsafeRawBufferPointer, below node: Int32) -> Int32? {
        let hash = SegmentNames.hash(of: name)
        var child = nodes[Int(node)].firstChild
        while child != RouteTrie.none {
            let known = nodes[Int(child)]
            if known.hash == hash, known.count == name.count, names.isEqual(child, name) { return child }
            child = known.next
        }
        return nil
    }

    private mutating func add(
        _ name: UnsafeRawBufferPointer, weight: Int, below node: Int32, most: Int
    ) -> Int32? {
        guard count < min(most, RouteTrie.maximumNodes) else { return nil }
        let child = make()
        nodes[Int(child)].weight = UInt8(weight)
        rename(child, name)
        link(child, below: node)
        return child
    }

    /// A node without a name and without a place; there must be room for it.
    mutating func make() -> Int32 {
        var child = free
        if child == RouteTrie.none {
            child = Int32(nodes.count)
            nodes.append(Node())
        } else {
            free = nodes[Int(child)].next
        }
        count += 1
        nodes[Int(child)] = Node()
        return child
    }

    mutating func rename(_ node: Int32, _ name: UnsafeRawBufferPointer) {
        nodes[Int(node)].hash = SegmentNames.hash(of: name)
        nodes[Int(node)].count = names.set(node, to: name)
    }

    mutating func link(_ child: Int32, below node: Int32) {
        nodes[Int(child)].next = nodes[Int(node)].firstChild
        nodes[Int(node)].firstChild = child
        nodes[Int(node)].weightBelow += UInt16(nodes[Int(child)].weight)
    }

    private mutating func release(_ node: Int32) {
        nodes[Int(node)] = Node(next: free)
        free = node
        count -= 1
    }

    // MARK: Words that become one

    /// Makes one of all words below a node.
    private mutating func collapse(_ node: Int32) {
        guard !nodes[Int(node)].isCollapsed else { return }
        nodes[Int(node)].isCollapsed = true
        for child in detach(node) { join(child, to: node) }
    }

    /// Takes what is below a node off it.
    private mutating func detach(_ node: Int32) -> [Int32] {
        var children: [Int32] = []
        var child = nodes[Int(node)].firstChild
        while child != RouteTrie.none {
            children.append(child)
            child = nodes[Int(child)].next
        }
        nodes[Int(node)].firstChild = RouteTrie.none
        nodes[Int(node)].weightBelow = 0
        // In the order in which they came.
        return children.reversed()
    }

    /// Puts a node below another: as an id where words have become one, and joined with what has its name.
    private mutating func join(_ child: Int32, to node: Int32) {
        if nodes[Int(child)].weight > 0, nodes[Int(node)].isCollapsed {
            nodes[Int(child)].weight = 0
            rename(child, SegmentNames.bytes(of: RouteTrie.identifier))
        }
        let same = names.withName(child, count: nodes[Int(child)].count) { find($0, below: node) }
        guard let same else {
            link(child, below: node)
            if nodes[Int(node)].weightBelow > RouteTrie.limit { collapse(node) }
            return
        }
        if nodes[Int(child)].isEnd { nodes[Int(same)].isEnd = true }
        if nodes[Int(child)].isCollapsed { collapse(same) }
        for below in detach(child) { join(below, to: same) }
        release(child)
    }
}
