/// A pattern for texts such as paths: `*` stands for any characters or none, slashes included, `?` for one, `[a-z]` for one
/// of a set and `[!a-z]` for one that is none of it; a backslash takes away the meaning of what follows. Matches a whole
/// text, in the case it is written in.
///
/// The time that matching takes is bounded by the text's length times the pattern's, whatever the two are: of several `*`
/// only the last one that was met is ever tried anew, since an earlier one that takes less can find nothing more.
struct Glob: Sendable, Equatable {
    /// Most bytes of a pattern.
    static let maximumLength = 256

    private enum Part: Equatable {
        case anything
        case one
        case scalar(UInt32)
        case set([ClosedRange<UInt32>], isNegated: Bool)

        func matches(_ scalar: UInt32) -> Bool {
            switch self {
            case .anything, .one: true
            case .scalar(let own): own == scalar
            case .set(let ranges, let isNegated): ranges.contains { $0.contains(scalar) } != isNegated
            }
        }
    }

    /// As it is written.
    let text: String
    private let parts: [Part]

    /// A pattern; nil when it is empty or too long, a set is not closed or out of order, or it ends with a backslash.
    init?(_ text: String) {
        guard !text.isEmpty, text.utf8.count <= Glob.maximumLength else { return nil }
        var parts: [Part] = []
        var rest = text.unicodeScalars[...]
        while let scalar = rest.popFirst() {
            switch scalar {
            case "*":
                if parts.last != .anything { parts.append(.anything) }
            case "?": parts.append(.one)
            case "[":
                guard let set = Glob.set(&rest) else { return nil }
                parts.append(set)
            case "\\":
                guard let next = rest.popFirst() else { return nil }
                parts.append(.scalar(next.value))
            default: parts.append(.scalar(scalar.value))
            }
        }
        self.text = text
        self.parts = parts
    }

    /// What stands between brackets; a `]` that comes first is one of the set.
    private static func set(_ rest: inout Substring.UnicodeScalarView) -> Part? {
        let isNegated = rest.first == "!" || rest.first == "^"
        if isNegated { rest.removeFirst() }
        var ranges: [ClosedRange<UInt32>] = []
        while let scalar = rest.popFirst() {
            if scalar == "]", !ranges.isEmpty { return .set(ranges, isNegated: isNegated) }
            var low = scalar
            if scalar == "\\" {
                guard let next = rest.popFirst() else { return nil }
                low = next
            }
            var high = low
            if rest.first == "-", let end = rest.dropFirst().first, end != "]" {
                rest.removeFirst(2)
                high = end
            }
            guard low.value <= high.value else { return nil }
            ranges.append(low.value...high.value)
        }
        return nil
    }

    /// Whether a text is one that the pattern stands for.
    func matches(_ text: String) -> Bool {
        let text = text.unicodeScalars.map(\.value)
        var (at, part) = (0, 0)
        // After the last star that was met, and where the text goes on if it takes what it took so far.
        var star: (part: Int, at: Int)?
        while at < text.count {
            if part < parts.count, parts[part] == .anything {
                part += 1
                star = (part, at)
            } else if part < parts.count, parts[part].matches(text[at]) {
                part += 1
                at += 1
            } else if let last = star {
                (part, at) = (last.part, last.at + 1)
                star = (part, at)
            } else {
                return false
            }
        }
        if part < parts.count, parts[part] == .anything { part += 1 }
        return part == parts.count
    }
}

extension ConfigurationValueType<Glob> {
    /// A pattern.
    static var glob: Self {
        .init(
            name: "pattern", expectation: "a pattern of at most \(Glob.maximumLength) bytes, such as \"*/python3*\""
        ) {
            Glob($0)
        } format: {
            $0.text
        }
    }
}
