internal import Capture

/// `docs/protocols.md`, made from what the parsers say of themselves and from what mapping makes of their exchanges.
public enum ProtocolReference {
    /// The whole document, as Markdown.
    public static var markdown: String {
        let protocols = ApplicationProtocol.recognised
        let keys = protocols.map(MappedAttributes.keys)
        let common = keys.dropFirst().reduce(keys.first ?? []) { $0.intersection($1) }
        var text = introduction
        text +=
            "\n| protocol | what is recognised | a span for | trace contexts from | limits |\n|---|---|---|---|---|\n"
        for identity in protocols {
            let about = ProtocolDescription(identity)
            let carriers = identity.carriers.map(\.description).joined(separator: ", ")
            text += "| \(about.name) | \(about.recognised) | \(about.spans) | "
            text += "\(carriers.isEmpty ? "-" : carriers) | \(about.limits) |\n"
        }
        text += "\n## Attributes\n\nOf every span, where they are known: \(list(common)).\n"
        text += "\n| protocol | further attributes |\n|---|---|\n"
        for (identity, keys) in zip(protocols, keys) {
            text += "| \(ProtocolDescription(identity).name) | \(list(keys.subtracting(common))) |\n"
        }
        return text
    }

    private static func list(_ keys: Set<String>) -> String {
        keys.sorted().map { "`\($0)`" }.joined(separator: ", ")
    }

    private static let introduction = """
        # Protocols

        This file is made by `interspan protocols`; a test compares the two.

        A connection's protocol is recognised by its bytes, not by its port, from its beginning or in the middle, and
        revised when it proves to be another. Both ends are followed, each for itself. What is recognised as none of
        these is left alone, and counted as `lost_unrecognised`.

        Values never leave: parameters, bodies, keys' contents, passwords. A failure is told by its code, not its text.

        """
}
