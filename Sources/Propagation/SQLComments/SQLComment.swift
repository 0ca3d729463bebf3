/// What one comment says.
struct SQLComment {
    private let text: UnsafeRawBufferPointer
    /// Whether it may be sqlcommenter's, and is read at all.
    private let isBlock: Bool
    private let isRead: Bool

    /// A comment between `/*` and `*/`, both included.
    init(block: UnsafeRawBufferPointer) {
        text = block.part(2, block.count - 4)
        isBlock = true
        isRead = !SQLComment.isInstruction(text)
    }

    /// A comment up to the end of its line, with what begins it.
    init(line: UnsafeRawBufferPointer) {
        let start = line[0] == UInt8(ascii: "#") ? 1 : 2
        text = line.part(start, line.count - start)
        isBlock = false
        isRead = true
    }

    /// Calls `body` with its pairs: all of sqlcommenter's, else those that `names` has.
    func pairs(_ names: ContextNames, _ body: (UnsafeRawBufferPointer, UnsafeRawBufferPointer) -> Void) {
        guard isRead else { return }
        let isCommenter = isBlock && SQLCommenterPairs.fill(text)
        guard !isCommenter else {
            var pairs = SQLCommenterPairs(text)
            while let pair = pairs.next() {
                SQLCommentText.decode(pair.key) { key in
                    guard let key, !key.isEmpty else { return }
                    let isContext = names.contains(key)
                    SQLCommentText.decode(pair.value) { value in
                        if let value = value ?? (isContext ? pair.value : nil) { body(key, value) }
                    }
                }
            }
            return
        }
        var pairs = SQLPlainPairs(text, names)
        while let pair = pairs.next() {
            SQLCommentText.decode(pair.value) { body(pair.key, $0 ?? pair.value) }
        }
    }

    /// Whether a server takes what is in it for more than a comment: `/*!`, `/*+`, and MariaDB's `/*M!`.
    private static func isInstruction(_ text: UnsafeRawBufferPointer) -> Bool {
        switch text.first {
        case UInt8(ascii: "!"), UInt8(ascii: "+"): true
        case UInt8(ascii: "M"): text.count > 1 && text[1] == UInt8(ascii: "!")
        default: false
        }
    }
}
