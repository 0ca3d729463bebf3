extension ConfigurationKey {
    /// A key with patterns: texts, or mappings of `pattern` and `replacement`; in a variable, one a line.
    static func patterns(_ name: String, _ place: Place<[RedactionPattern]>) -> Self {
        let summary =
            "Regular expressions (RE2) that are replaced by `REDACTED` in all texts of a span, its name included; also"
            + " `{pattern: ..., replacement: ...}`. In a variable, one a line."
        return Self(name: name, summary: summary, shape: { .list(type: "pattern") }) { section, node, path, problems in
            guard let items = node.patternItems, items.count <= PatternSet.maximum else {
                problems.add(path, node.origin, "expected a list of at most \(PatternSet.maximum) regular expressions")
                return
            }
            section[keyPath: place] = items.compactMap { pattern($0, path, &problems) }
        } write: { section, _ in
            ConfigurationNode(.sequence(section[keyPath: place].map(\.node)), .builtIn)
        }
    }

    /// A pattern that RE2 takes; nil, and a problem, when it is none.
    private static func pattern(
        _ node: ConfigurationNode, _ path: String, _ problems: inout ConfigurationProblems
    ) -> RedactionPattern? {
        let expectation = "expected a regular expression, or a mapping of pattern and replacement"
        let pattern: RedactionPattern
        switch node.value {
        case .scalar(let text): pattern = RedactionPattern(text)
        case .mapping(let entries):
            guard case .scalar(let text) = node["pattern"]?.value,
                entries.allSatisfy({ ["pattern", "replacement"].contains($0.key) })
            else {
                problems.add(path, node.origin, expectation)
                return nil
            }
            switch node["replacement"]?.value {
            case .scalar(let replacement): pattern = RedactionPattern(text, replacement: replacement)
            case .empty, nil: pattern = RedactionPattern(text)
            case .sequence, .mapping:
                problems.add(path, node.origin, "expected a text as replacement")
                return nil
            }
        case .empty, .sequence:
            problems.add(path, node.origin, expectation)
            return nil
        }
        guard let complaint = pattern.complaint else { return pattern }
        problems.add(path, node.origin, "'\(ConfigurationProblems.printable(pattern.pattern))': \(complaint)")
        return nil
    }
}

extension RedactionPattern {
    /// What is wrong with it; nil when nothing is.
    fileprivate var complaint: String? {
        guard !pattern.isEmpty, pattern.utf8.count <= Pattern.maximumText else {
            return "expected a regular expression of 1 to \(Pattern.maximumText) bytes"
        }
        guard replacement.utf8.count <= Pattern.maximumText else {
            return "expected at most \(Pattern.maximumText) bytes as replacement"
        }
        do throws(Pattern.Mistake) {
            let compiled = try Pattern(pattern)
            let isEmptyEnough = compiled.occurs(in: UnsafeRawBufferPointer(start: nil, count: 0))
            return isEmptyEnough ? "expected a regular expression that does not match an empty text" : nil
        } catch {
            return
                "expected a regular expression (RE2), \(ConfigurationProblems.printable(error.message)) at byte \(error.offset)"
        }
    }

    /// As it would be written.
    fileprivate var node: ConfigurationNode {
        guard replacement != RedactionPattern.mark else { return ConfigurationNode(.scalar(pattern), .builtIn) }
        let entries = [("pattern", pattern), ("replacement", replacement)].map { key, text in
            ConfigurationNode.Entry(key: key, origin: .builtIn, value: ConfigurationNode(.scalar(text), .builtIn))
        }
        return ConfigurationNode(.mapping(entries), .builtIn)
    }
}

extension ConfigurationNode {
    /// The items of a list of patterns, which may have commas themselves.
    fileprivate var patternItems: [ConfigurationNode]? {
        guard case .scalar(let text) = value, isSubstituted else { return items }
        return text.split(separator: "\n").map { ConfigurationNode(.scalar(HeaderList.trim($0)), origin) }
    }
}
