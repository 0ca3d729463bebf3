/// A route that the configuration names: `/users/{id}`, `/files/*`.
public struct RouteTemplate: Sendable, Equatable {
    /// Most bytes of one.
    static let maximumText = 512
    /// Most of them.
    static let maximum = 256

    private enum Part: Sendable, Equatable {
        case literal([UInt8])
        /// Any one part.
        case any
        /// Whatever follows, which may be nothing.
        case rest
    }

    /// As it was written, which is how it is exported.
    public let text: String
    let bytes: [UInt8]
    private let parts: [Part]

    /// Reads a template.
    ///
    /// - Throws: what was expected, to follow "expected".
    init(_ text: String) throws(Mistake) {
        guard text.utf8.count <= Self.maximumText else { throw Mistake("at most \(Self.maximumText) bytes") }
        guard text.hasPrefix("/") else { throw Mistake("a path from its / on, such as /users/{id}") }
        self.text = text
        bytes = Array(text.utf8)
        guard text != "/" else {
            parts = []
            return
        }
        let segments = text.dropFirst().split(separator: "/", omittingEmptySubsequences: false)
        var parts: [Part] = []
        for (index, segment) in segments.enumerated() {
            parts.append(try Self.part(segment, isLast: index == segments.count - 1))
        }
        self.parts = parts
    }

    /// What is wrong with a template.
    struct Mistake: Error {
        /// What was expected.
        let expectation: String

        init(_ expectation: String) { self.expectation = expectation }
    }

    private static func part(_ segment: Substring, isLast: Bool) throws(Mistake) -> Part {
        if segment.isEmpty { throw Mistake("no empty part, and no / at the end") }
        if segment == "*" {
            guard isLast else { throw Mistake("* at the end alone, {name} for a part in the middle") }
            return .rest
        }
        if segment.hasPrefix("{"), segment.hasSuffix("}") {
            let name = segment.dropFirst().dropLast()
            let isName = !name.isEmpty && name.utf8.allSatisfy { $0 == 0x5F || $0 == 0x2D || isAlphanumeric($0) }
            guard isName else { throw Mistake("a name of letters, digits, _ and - in {\(name)}") }
            return .any
        }
        if segment.hasPrefix(":") { throw Mistake("{\(segment.dropFirst())} instead of \(segment)") }
        if segment.utf8.contains(where: { "{}*".utf8.contains($0) }) {
            throw Mistake("{name} and * to stand for a whole part, found '\(segment)'")
        }
        guard segment.utf8.allSatisfy({ $0 > 0x20 && $0 != 0x7F && !"?#".utf8.contains($0) }) else {
            throw Mistake("a path without white space, ? and #")
        }
        return .literal(Array(segment.utf8))
    }

    private static func isAlphanumeric(_ byte: UInt8) -> Bool {
        byte &- 0x30 < 10 || (byte | 0x20) &- 0x61 < 26
    }

    /// Whether a path is one of the route's.
    func matches(_ path: UnsafeRawBufferPointer) -> Bool {
        var segments = PathSegments(path)
        for part in parts {
            if part == .rest { return true }
            guard let segment = segments.next() else { return false }
            if case .literal(let text) = part, !segment.elementsEqual(text) { return false }
        }
        return segments.isAtEnd
    }

    /// Whether every path of another is one of this: the other can never be reached behind it.
    func covers(_ other: RouteTemplate) -> Bool {
        for (index, part) in parts.enumerated() {
            if part == .rest { return true }
            guard index < other.parts.count, other.parts[index] != .rest else { return false }
            if part != .any, part != other.parts[index] { return false }
        }
        return parts.count == other.parts.count
    }
}
