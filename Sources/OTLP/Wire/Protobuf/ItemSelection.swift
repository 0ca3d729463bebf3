/// Writes requests with some of the items of another: every message around them is repeated with what stands beside
/// them, and everything else is as it was, byte for byte, but for lengths.
struct ItemSelection {
    private let bytes: UnsafeRawBufferPointer
    private let index: ItemIndex
    private var out = NestedBytes()

    /// Of a request that was checked; the bytes outlive it.
    init(_ bytes: UnsafeRawBufferPointer, _ index: ItemIndex) {
        self.bytes = bytes
        self.index = index
    }

    /// The request with the items of a range. A message that never had an item goes with what precedes it.
    mutating func request(with items: Range<Int>) -> [UInt8] { request(with: items, but: []) }

    /// The request without the items of a list, which is in ascending order.
    mutating func request(without items: [UInt32]) -> [UInt8] { request(with: 0..<index.items.count, but: items) }

    private mutating func request(with items: Range<Int>, but refused: [UInt32]) -> [UInt8] {
        out = NestedBytes()
        let range = UInt32(items.lowerBound)..<UInt32(items.upperBound)
        if let request = index.levels.first?.first { write(request, depth: 0, range, but: refused) }
        return out.joined()
    }

    /// Writes what is in a message. As deep as the way to the items is long: five levels.
    private mutating func write(
        _ container: ItemIndex.Container, depth: Int, _ wanted: Range<UInt32>, but refused: [UInt32]
    ) {
        let items = container.items.clamped(to: wanted)
        var rest = container.rest.lowerBound
        if container.children.isEmpty {
            var skipped = refused.isEmpty ? 0 : Self.first(in: 0..<refused.count) { refused[$0] >= items.lowerBound }
            for item in items {
                writeRest(&rest, of: container, before: item - container.items.lowerBound)
                if skipped < refused.count, refused[skipped] == item {
                    skipped += 1
                } else {
                    append(index.items[Int(item)].bytes)
                }
            }
        } else {
            let level = index.levels[depth + 1]
            let children = Int(container.children.lowerBound)..<Int(container.children.upperBound)
            var child = Self.first(in: children) {
                level[$0].items.upperBound > wanted.lowerBound || isIn(level[$0], of: container, wanted)
            }
            while child < children.upperBound, isIn(level[child], of: container, wanted) {
                writeRest(&rest, of: container, before: UInt32(child) - container.children.lowerBound)
                out.begin(level[child].number)
                write(level[child], depth: depth + 1, wanted, but: refused)
                out.end()
                child += 1
            }
        }
        writeRest(&rest, of: container, before: .max)
    }

    /// Whether a message is needed for the wanted items. One that has none goes with the item before it, or with the
    /// first of the message around it.
    private func isIn(
        _ child: ItemIndex.Container, of parent: ItemIndex.Container, _ wanted: Range<UInt32>
    ) -> Bool {
        if !child.items.isEmpty { return child.items.overlaps(wanted) }
        if parent.items.isEmpty { return true }
        let place = child.items.lowerBound
        return wanted.contains(place > parent.items.lowerBound ? place - 1 : parent.items.lowerBound)
    }

    /// What stands beside, as far as it precedes a child.
    private func writeRest(_ next: inout UInt32, of container: ItemIndex.Container, before child: UInt32) {
        while next < container.rest.upperBound {
            let rest = index.rest[Int(next)]
            guard rest.next <= child else { return }
            append(rest.bytes)
            next += 1
        }
    }

    private func append(_ range: Range<Int>) { out.append(UnsafeRawBufferPointer(rebasing: bytes[range])) }

    /// The first of a range for which something holds that holds for all that follow; its end if there is none.
    private static func first(in range: Range<Int>, where holds: (Int) -> Bool) -> Int {
        var (low, high) = (range.lowerBound, range.upperBound)
        while low < high {
            let middle = low + (high - low) / 2
            if holds(middle) { high = middle } else { low = middle + 1 }
        }
        return low
    }
}
