/// A pattern that is replaced wherever it occurs in a text.
public struct RedactionPattern: Sendable, Equatable {
    /// What stands in place of a secret.
    public static let mark = "REDACTED"

    /// The regular expression, in RE2's syntax.
    public var pattern: String
    /// What takes its place, as it is.
    public var replacement: String

    /// A pattern.
    public init(_ pattern: String, replacement: String = RedactionPattern.mark) {
        self.pattern = pattern
        self.replacement = replacement
    }
}

/// The patterns that a configuration names, ready to use: each is replaced in what the one before has left.
struct PatternSet: Sendable {
    /// What became of a text.
    enum Outcome {
        case unchanged
        case replaced
        /// Too often for it to be looked at to the end: nothing of it is left.
        case tooOften
    }

    /// Most patterns.
    static let maximum = 64
    /// Most occurrences of one pattern in a text. Each search may look at all the rest of it.
    static let maximumOccurrences = 64
    /// Most bytes that all together take, as the one pattern that tells whether any occurs.
    private static let memoryOfAll: Int64 = 8 << 20

    private let patterns: [(pattern: Pattern, replacement: [UInt8])]
    /// Whether any occurs; nil for a single one.
    private let all: Pattern?
    /// Whether what surrounds a text says whether a pattern occurs in it.
    let heedsSurroundings: Bool

    /// The patterns, of which there is one at least; nil when there is none.
    init?(_ patterns: [RedactionPattern]) throws(Pattern.Mistake) {
        guard !patterns.isEmpty else { return nil }
        var compiled: [(pattern: Pattern, replacement: [UInt8])] = []
        for pattern in patterns {
            compiled.append((try Pattern(pattern.pattern), Array(pattern.replacement.utf8)))
        }
        self.patterns = compiled
        let alternatives = patterns.map { "(?:\($0.pattern))" }.joined(separator: "|")
        all = patterns.count > 1 ? try Pattern(alternatives, memory: Self.memoryOfAll) : nil
        heedsSurroundings = patterns.contains { Self.hasAssertion($0.pattern) }
    }

    /// Whether there may be an assertion in a pattern; one too many is of no harm.
    private static func hasAssertion(_ pattern: String) -> Bool {
        let text = Array(pattern.utf8)
        return text.indices.contains { index in
            switch text[index] {
            case UInt8(ascii: "^"), UInt8(ascii: "$"): true
            case UInt8(ascii: "\\"): index + 1 < text.count && "AzZbB".utf8.contains(text[index + 1])
            default: false
            }
        }
    }

    /// Whether any pattern occurs in a text.
    func occurs(in text: UnsafeRawBufferPointer) -> Bool { (all ?? patterns[0].pattern).occurs(in: text) }

    /// Replaces what occurs.
    ///
    /// - Parameter spare: Used meanwhile; what is in it is lost.
    func replace(in text: inout [UInt8], spare: inout [UInt8]) -> Outcome {
        var outcome = Outcome.unchanged
        for (pattern, replacement) in patterns {
            spare.removeAll(keepingCapacity: true)
            let count = text.withUnsafeBytes { Self.replace(pattern, by: replacement, in: $0, into: &spare) }
            if count > Self.maximumOccurrences {
                text = Array(RedactionPattern.mark.utf8)
                return .tooOften
            }
            guard count > 0 else { continue }
            outcome = .replaced
            swap(&text, &spare)
        }
        return outcome
    }

    /// - Returns: how often it occurs; at most one more than is allowed.
    private static func replace(
        _ pattern: Pattern, by replacement: [UInt8], in text: UnsafeRawBufferPointer, into result: inout [UInt8]
    ) -> Int {
        var count = 0
        var (copied, place) = (0, 0)
        while let found = pattern.first(in: text, from: place) {
            // A pattern that takes nothing at some place hides nothing there.
            guard !found.isEmpty else {
                guard found.upperBound < text.count else { break }
                place = found.upperBound + 1
                count += 1
                if count > maximumOccurrences { return count }
                continue
            }
            count += 1
            if count > maximumOccurrences { return count }
            result.append(contentsOf: UnsafeRawBufferPointer(rebasing: text[copied..<found.lowerBound]))
            result.append(contentsOf: replacement)
            (copied, place) = (found.upperBound, found.upperBound)
        }
        guard count > 0 else { return 0 }
        result.append(contentsOf: UnsafeRawBufferPointer(rebasing: text[copied...]))
        return count
    }
}
