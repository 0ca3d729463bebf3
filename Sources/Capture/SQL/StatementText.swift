/// What the first bytes of a statement look like.
enum StatementText {
    /// Whether a statement may begin so: white space, then a comment, a parenthesis, or one of the words that statements
    /// begin with. Of the last word the bytes at hand may have only a part.
    static func begins(_ bytes: UnsafeRawBufferPointer) -> Bool {
        var index = 0
        while index < bytes.count, bytes[index] == 0x20 || (0x09...0x0D).contains(bytes[index]) { index += 1 }
        guard index < bytes.count else { return index > 0 }
        switch bytes[index] {
        case UInt8(ascii: "("), UInt8(ascii: "{"): return true
        case UInt8(ascii: "/"): return index + 1 >= bytes.count || bytes[index + 1] == UInt8(ascii: "*")
        case UInt8(ascii: "-"): return index + 1 >= bytes.count || bytes[index + 1] == UInt8(ascii: "-")
        case UInt8(ascii: "#"): return true
        default: break
        }
        var word: UInt64 = 0
        var count = 0
        while index + count < bytes.count, count < 9, (0x61...0x7A).contains(bytes[index + count] | 0x20) {
            if count < 8 { word = word << 8 | UInt64(bytes[index + count] | 0x20) }
            count += 1
        }
        guard count > 0 else { return false }
        let isCut = index + count == bytes.count
        return words.contains { known in
            if isCut, count < known.count {
                return known.value >> UInt64(8 * (min(known.count, 8) - min(count, 8))) == word
            }
            return count == min(known.count, 9) && known.value == word
        }
    }

    /// Whether all bytes may stand in a name: nothing below the space.
    static func isName(_ bytes: UnsafeRawBufferPointer) -> Bool { bytes.allSatisfy { $0 >= 0x20 && $0 != 0x7F } }

    /// First words of statements, by their first eight letters.
    private static let words: [(value: UInt64, count: Int)] = [
        "select", "insert", "update", "delete", "replace", "with", "begin", "start", "commit", "rollback", "set",
        "show",
        "create", "drop", "alter", "truncate", "use", "call", "explain", "describe", "desc", "analyze", "optimize",
        "lock", "unlock", "grant", "revoke", "load", "savepoint", "release", "prepare", "execute", "deallocate", "do",
        "values", "table", "copy", "declare", "fetch", "close", "move", "listen", "notify", "unlisten", "vacuum",
        "reset", "discard", "merge", "comment", "cluster", "reindex", "refresh", "checkpoint", "import", "end", "abort",
        "kill", "flush", "xa", "check", "repair", "handler", "rename", "change", "stop", "purge", "install", "help",
        "reassign", "security", "binlog", "cache", "signal", "get", "shutdown",
    ].map { word in
        (word.utf8.prefix(8).reduce(0) { $0 << 8 | UInt64($1) }, min(word.utf8.count, 9))
    }
}
