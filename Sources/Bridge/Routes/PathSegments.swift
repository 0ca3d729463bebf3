/// The parts of a path, one after the other: empty ones are left out, and what follows a semicolon in one (matrix
/// parameters, `;jsessionid=`). Views of the bytes it was made from.
struct PathSegments {
    private let path: UnsafeRawBufferPointer
    private var index = 0

    init(_ path: UnsafeRawBufferPointer) {
        self.path = path
        skipSlashes()
    }

    /// Whether nothing is left.
    var isAtEnd: Bool { index >= path.count }

    /// The next part; nil at the end.
    mutating func next() -> UnsafeRawBufferPointer? {
        guard index < path.count else { return nil }
        let start = index
        while index < path.count, path[index] != UInt8(ascii: "/") { index += 1 }
        var end = start
        while end < index, path[end] != UInt8(ascii: ";") { end += 1 }
        // One that is nothing but parameters stays.
        if end == start { end = index }
        skipSlashes()
        return UnsafeRawBufferPointer(rebasing: path[start..<end])
    }

    private mutating func skipSlashes() {
        while index < path.count, path[index] == UInt8(ascii: "/") { index += 1 }
    }
}
