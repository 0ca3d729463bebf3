extension ValueScanner {
    /// What a statement's double quotes are.
    enum DoubleQuotes {
        /// Around strings, as MySQL has it by default.
        case strings
        /// Around names, as the standard has it.
        case names
    }

    /// Literals of a statement: strings and numbers. Words, names, placeholders and comments are left out.
    ///
    /// To leave out what is compared with or assigned to an ignored column, the last name before a literal is remembered,
    /// the words of `IN`, `LIKE` and their kind passed over.
    func statement(
        _ bytes: UnsafeRawBufferPointer, _ doubleQuotes: DoubleQuotes, isCut: Bool = false, into set: inout ValueSet
    ) {
        var place = 0
        var column = 0..<0
        while place < bytes.count {
            let byte = bytes[place]
            switch byte {
            case UInt8(ascii: "'"), UInt8(ascii: "\""), UInt8(ascii: "`"):
                let end = ValueScanner.endOfLiteral(bytes, from: place + 1, quote: byte)
                let contents = (place + 1)..<min(end, bytes.count)
                place = end + 1
                if byte == UInt8(ascii: "'") || (byte == UInt8(ascii: "\"") && doubleQuotes == .strings) {
                    guard end < bytes.count || !isCut, !isIgnored(bytes, column) else { continue }
                    words(UnsafeRawBufferPointer(rebasing: bytes[contents]), .backslash, into: &set)
                } else {
                    column = contents
                }
            case UInt8(ascii: "-") where place + 1 < bytes.count && bytes[place + 1] == byte, UInt8(ascii: "#"):
                // In PostgreSQL, `#` is an operator; what follows it in a line is a small loss.
                place = bytes[place...].firstIndex(of: 0x0A) ?? bytes.count
            case UInt8(ascii: "/") where place + 1 < bytes.count && bytes[place + 1] == UInt8(ascii: "*"):
                place = ValueScanner.endOfComment(bytes, from: place + 2)
            case UInt8(ascii: "$"), UInt8(ascii: ":"), UInt8(ascii: "@"):
                place += 1
                while place < bytes.count, ByteKind.of(bytes[place]) != 0 { place += 1 }
            case 0x30...0x39:
                let start = place
                while place < bytes.count, ByteKind.of(bytes[place]) != 0, bytes[place] != UInt8(ascii: "-") {
                    place += 1
                }
                if !isIgnored(bytes, column) {
                    let number = UnsafeRawBufferPointer(rebasing: bytes[start..<place])
                    words(number, .none, isCut: isCut && place == bytes.count, into: &set)
                }
            default:
                guard ByteKind.of(byte) & ~ByteKind.joint != 0 || byte == UInt8(ascii: "_") else {
                    place += 1
                    continue
                }
                var start = place
                while place < bytes.count, ByteKind.of(bytes[place]) != 0, bytes[place] != UInt8(ascii: "-") {
                    // Of a name with its table's, the last part.
                    if bytes[place] == UInt8(ascii: ".") { start = place + 1 }
                    place += 1
                }
                if !ignored.isEmpty, !ValueScanner.isOperator(bytes[start..<place]) { column = start..<place }
            }
        }
    }

    private func isIgnored(_ bytes: UnsafeRawBufferPointer, _ column: Range<Int>) -> Bool {
        !ignored.isEmpty && !column.isEmpty && ignored.has(UnsafeRawBufferPointer(rebasing: bytes[column]))
    }

    /// Words between a column and what it is compared with.
    private static func isOperator(_ word: Slice<UnsafeRawBufferPointer>) -> Bool {
        for known: StaticString in [
            "in", "like", "ilike", "not", "is", "between", "any", "all", "e", "n", "x", "binary",
        ]
        where known.utf8CodeUnitCount == word.count {
            if word.elementsEqual(
                UnsafeBufferPointer(start: known.utf8Start, count: known.utf8CodeUnitCount),
                by: { lowerCase($0) == $1 })
            {
                return true
            }
        }
        return false
    }

    /// Where the quotation mark is that ends a literal; at the end of the bytes when it is missing. One that is doubled ends
    /// one literal and begins another: words are the same.
    private static func endOfLiteral(_ bytes: UnsafeRawBufferPointer, from start: Int, quote: UInt8) -> Int {
        var place = start
        while place < bytes.count, bytes[place] != quote { place += bytes[place] == UInt8(ascii: "\\") ? 2 : 1 }
        return min(place, bytes.count)
    }

    /// Where what follows a comment begins. Comments within comments (PostgreSQL) end with the first.
    private static func endOfComment(_ bytes: UnsafeRawBufferPointer, from start: Int) -> Int {
        var place = start
        while place + 1 < bytes.count {
            if bytes[place] == UInt8(ascii: "*"), bytes[place + 1] == UInt8(ascii: "/") { return place + 2 }
            place += 1
        }
        return bytes.count
    }
}
