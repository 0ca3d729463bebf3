/// A piece of a statement.
package struct SQLToken {
    /// What it is.
    package enum Kind: Equatable {
        /// White space.
        case space
        /// A comment that the server does not execute.
        case comment
        /// A keyword or a name.
        case word
        /// A name in quotes.
        case quotedName
        /// A string, in whatever notation.
        case string
        /// A number, in whatever notation.
        case number
        /// A parameter that the protocol numbers: `$1`.
        case parameter
        /// Anything else: one byte.
        case symbol(UInt8)
        /// What makes a server execute what looks like a comment: `/*!50000`, and the `*/` at its end.
        case executableMark
    }

    /// What it is.
    package var kind: Kind
    /// Where it stands in the statement.
    package var range: Range<Int>

    /// A piece.
    package init(kind: Kind, range: Range<Int>) {
        self.kind = kind
        self.range = range
    }
}
