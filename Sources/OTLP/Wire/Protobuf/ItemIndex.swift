/// Where the items of a request are: which bytes each has, and which bytes stand beside them in the messages around
/// (resource, scope, schema URLs, what is not known). Flat arrays, made in one pass over bytes that were checked, and
/// so less than 2 GiB.
struct ItemIndex {
    /// An item with its tag and length.
    struct Item {
        var start: UInt32
        var end: UInt32

        /// Its bytes in the request.
        var bytes: Range<Int> { Int(start)..<Int(end) }
    }

    /// A message that has items in it.
    struct Container {
        /// The number that it is in the message around it.
        var number: UInt8
        /// What it is.
        var message: MessageType
        /// Its bytes, without tag and length.
        var start: UInt32
        var end: UInt32
        /// The items in it.
        var items: Range<UInt32> = 0..<0
        /// The messages in it that have items in turn, in the next level. None if it has the items itself.
        var children: Range<UInt32> = 0..<0
        /// What stands beside either.
        var rest: Range<UInt32> = 0..<0
    }

    /// A run of fields that stands beside.
    struct Rest {
        var start: UInt32
        var end: UInt32
        /// The child or item that follows it.
        var next: UInt32

        /// Its bytes in the request.
        var bytes: Range<Int> { Int(start)..<Int(end) }
    }

    /// The request, then what is one level below, and so on.
    private(set) var levels: [[Container]] = []
    /// The items, in their order.
    private(set) var items: [Item] = []
    /// What stands beside.
    private(set) var rest: [Rest] = []

    /// Finds the items of a request that was checked.
    init(_ bytes: UnsafeRawBufferPointer, signal: Signal) {
        let request = MessageType(requestOf: signal)
        var level = [Container(number: 0, message: request, start: 0, end: UInt32(clamping: bytes.count))]
        Schema.entries.withUnsafeBufferPointer { entries in
            while !level.isEmpty {
                var below: [Container] = []
                for index in level.indices { read(&level[index], bytes, entries, into: &below) }
                levels.append(level)
                level = below
            }
        }
        // From the last level up: what is in a message is what is in its children.
        for depth in levels.indices.dropLast().reversed() {
            var next: UInt32 = 0
            for index in levels[depth].indices {
                let children = levels[depth][index].children
                let end = children.isEmpty ? next : levels[depth + 1][Int(children.upperBound) - 1].items.upperBound
                levels[depth][index].items = next..<end
                next = end
            }
        }
    }

    private mutating func read(
        _ container: inout Container, _ bytes: UnsafeRawBufferPointer,
        _ entries: UnsafeBufferPointer<Schema.Entry>, into below: inout [Container]
    ) {
        let row = Schema.row(of: container.message)
        let end = Int(container.end)
        let (firstItem, firstChild, firstRest) = (items.count, below.count, rest.count)
        var position = Int(container.start)
        while position < end {
            let start = UInt32(position)
            guard let (number, type) = Wire.tag(bytes, &position, end: end) else { break }
            let entry = number < Schema.width ? entries[row + Int(number)] : Schema.Entry()
            if entry.path == .beside {
                guard Wire.skipAny(type, bytes, &position, end: end) else { break }
                if rest.count > firstRest, rest[rest.count - 1].end == start {
                    rest[rest.count - 1].end = UInt32(position)
                } else {
                    let next = max(items.count - firstItem, below.count - firstChild)
                    rest.append(Rest(start: start, end: UInt32(position), next: UInt32(next)))
                }
                continue
            }
            guard type == .bytes, let next = Wire.extent(bytes, &position, end: end) else { break }
            if entry.path == .item {
                items.append(Item(start: start, end: UInt32(next)))
            } else {
                below.append(
                    Container(
                        number: UInt8(truncatingIfNeeded: number), message: entry.message, start: UInt32(position),
                        end: UInt32(next)))
            }
            position = next
        }
        container.items = UInt32(firstItem)..<UInt32(items.count)
        container.children = UInt32(firstChild)..<UInt32(below.count)
        container.rest = UInt32(firstRest)..<UInt32(rest.count)
    }
}
