/// Segments of one connection, of both directions, that wait in the order in which they came.
///
/// One queue for both directions: while a request's bytes are missing, its response must wait as well, or it would be
/// taken for another's.
struct HoldQueue {
    /// Most segments that one connection holds: a TCP window's worth of them.
    static let maximumSegments = 512
    /// Most bytes of memory that one connection holds.
    static let maximumBytes = 1 << 20
    /// Places of segments taken out that are kept, however few are left.
    private static let mostHoles = 16

    private var segments: [HeldSegment?] = []
    private var start = 0
    /// How many wait.
    private(set) var count = 0
    /// Memory they take, bytes.
    private(set) var size = 0

    /// How many places there are, in use or not.
    var places: Int { segments.count }
    /// Whether nothing waits.
    var isEmpty: Bool { count == 0 }
    /// Whether one more of so many known bytes is too many.
    func isFull(forBytes bytes: Int) -> Bool {
        count >= HoldQueue.maximumSegments || size + HeldSegment.size(ofBytes: bytes) > HoldQueue.maximumBytes
    }
    /// The one that came first.
    var first: HeldSegment? { isEmpty ? nil : segments[start] }

    /// Adds a segment at the end.
    mutating func append(_ segment: HeldSegment) {
        segments.append(segment)
        count += 1
        size += segment.size
    }

    /// Takes out the first segment that `predicate` accepts.
    mutating func removeFirst(where predicate: (HeldSegment) -> Bool = { _ in true }) -> HeldSegment? {
        guard count > 0 else { return nil }
        for index in start..<segments.count {
            guard let segment = segments[index], predicate(segment) else { continue }
            segments[index] = nil
            count -= 1
            size -= segment.size
            while start < segments.count, segments[start] == nil { start += 1 }
            if count == 0 {
                // Waiting is rare: the memory goes back rather than staying with every connection that ever waited.
                segments = []
                start = 0
            } else if places - count > max(count, HoldQueue.mostHoles) {
                // Behind one that waits for long, others come and go: what they leave must not have to be searched.
                segments.removeAll { $0 == nil }
                start = 0
            }
            return segment
        }
        return nil
    }

    /// Whether a segment that waits satisfies a condition.
    func contains(where predicate: (HeldSegment) -> Bool) -> Bool {
        segments[start...].contains { $0.map(predicate) ?? false }
    }
}
