/// The spans of a request put in order: by resource, and otherwise as they came. Keeps its memory.
struct SpanGroups {
    /// Where a span is.
    struct Position {
        /// Index of its slice.
        var slice: UInt32
        /// Index in the slice's batch.
        var span: UInt32
    }

    /// The resources, in the order in which they were met. Nil: what spans name that their batch does not have.
    private(set) var resources: [ResourceData?] = []
    /// The spans.
    private(set) var order: [Position] = []
    /// Where in ``order`` each resource's spans end.
    private(set) var ends: [Int] = []

    private var groupOf: [ObjectIdentifier?: Int] = [:]
    private var groups: [Int] = []

    /// Groups the spans of slices: a counting sort, two passes.
    mutating func arrange(_ slices: [SpanSlice]) {
        resources.removeAll(keepingCapacity: true)
        ends.removeAll(keepingCapacity: true)
        groupOf.removeAll(keepingCapacity: true)
        groups.removeAll(keepingCapacity: true)
        for slice in slices {
            let batch = slice.batch
            for index in slice.range { groups.append(group(of: batch.spans[index].resource, in: batch)) }
        }
        var next = 0
        for index in ends.indices {
            let count = ends[index]
            ends[index] = next
            next += count
        }
        order.removeAll(keepingCapacity: true)
        order.append(contentsOf: repeatElement(Position(slice: 0, span: 0), count: next))
        var seen = 0
        for (number, slice) in slices.enumerated() {
            for index in slice.range {
                let group = groups[seen]
                order[ends[group]] = Position(
                    slice: UInt32(truncatingIfNeeded: number), span: UInt32(truncatingIfNeeded: index))
                ends[group] += 1
                seen += 1
            }
        }
    }

    /// The group of a resource, which is one span larger now.
    private mutating func group(of index: UInt32, in batch: SpanBatch) -> Int {
        let resource = Int(index) < batch.resources.count ? batch.resources[Int(index)] : nil
        let identity = resource.map { ObjectIdentifier($0) }
        if let last = groups.last, identity == resources[last].map({ ObjectIdentifier($0) }) {
            ends[last] += 1
            return last
        }
        if let known = groupOf[identity] {
            ends[known] += 1
            return known
        }
        groupOf[identity] = resources.count
        resources.append(resource)
        ends.append(1)
        return resources.count - 1
    }
}
