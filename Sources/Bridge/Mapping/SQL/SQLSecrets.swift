internal import Propagation

/// Whether a statement deals with secrets, so that its values are masked whatever the configuration says.
enum SQLSecrets {
    /// Whether any name or word in it is one that secrets have: `IDENTIFIED BY`, `PASSWORD`, a column `api_token`.
    static func mayBe(in text: UnsafeRawBufferPointer, _ dialect: SQLDialect) -> Bool {
        var lexer = SQLLexer(text, dialect)
        while let token = lexer.next() {
            switch token.kind {
            case .word, .quotedName:
                let word = lexer.bytes(token)
                if SecretNames.contains(word, isWord: true) || isIdentified(word) { return true }
            default: continue
            }
        }
        return false
    }

    private static func isIdentified(_ word: UnsafeRawBufferPointer) -> Bool {
        let identified: StaticString = "identified"
        guard word.count == identified.utf8CodeUnitCount else { return false }
        return word.indices.allSatisfy { word[$0] | 0x20 == identified.utf8Start[$0] }
    }
}
