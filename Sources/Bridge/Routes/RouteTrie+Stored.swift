/// Routes as they are kept over a restart: each part is its flags (1: a path ends here, 2: what is below it is one), its weight,
/// the length of its name, its name, how many parts are below it (2 bytes), and those, in the order in which they came.
extension RouteTrie {
    private static let end: UInt8 = 1
    private static let collapsed: UInt8 = 2

    /// Adds all parts to a file, the root first.
    func store(into bytes: inout [UInt8]) { store(RouteTrie.root, into: &bytes) }

    private func store(_ index: Int32, into bytes: inout [UInt8]) {
        let node = nodes[Int(index)]
        bytes.append((node.isEnd ? RouteTrie.end : 0) | (node.isCollapsed ? RouteTrie.collapsed : 0))
        bytes.append(node.weight)
        bytes.append(node.count)
        if index != RouteTrie.root { names.write(index, count: node.count, to: &bytes) }
        var children: [Int32] = []
        var child = node.firstChild
        while child != RouteTrie.none {
            children.append(child)
            child = nodes[Int(child)].next
        }
        bytes.append(littleEndian: UInt16(clamping: children.count))
        for child in children.reversed() { store(child, into: &bytes) }
    }

    /// Reads what was stored; nil if it is not that.
    init?(_ reader: inout StateReader) {
        self.init()
        guard restore(RouteTrie.root, depth: 0, &reader) else { return nil }
    }

    /// - Returns: false if what is read cannot have been stored.
    private mutating func restore(_ index: Int32, depth: Int, _ reader: inout StateReader) -> Bool {
        guard let flags = reader.number(UInt8.self), flags <= RouteTrie.end | RouteTrie.collapsed,
            let weight = reader.number(UInt8.self), weight <= PathSegment.heavy,
            let length = reader.number(UInt8.self), Int(length) <= PathSegment.longestWord,
            let name = reader.take(Int(length)), !name.contains(UInt8(ascii: "/")),
            name.isEmpty == (index == RouteTrie.root), let children = reader.number(UInt16.self),
            children == 0 || depth < RouteTrie.maximumDepth
        else { return false }
        nodes[Int(index)].isEnd = flags & RouteTrie.end != 0
        nodes[Int(index)].isCollapsed = flags & RouteTrie.collapsed != 0
        if index != RouteTrie.root {
            nodes[Int(index)].weight = weight
            name.withUnsafeBytes { rename(index, $0) }
        }
        for _ in 0..<children {
            guard count < RouteTrie.maximumNodes else { return false }
            let child = make()
            guard restore(child, depth: depth + 1, &reader) else { return false }
            link(child, below: index)
        }
        return true
    }
}
