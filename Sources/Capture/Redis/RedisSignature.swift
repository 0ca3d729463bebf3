/// Tells Redis by a message's first bytes.
///
/// A request is an array of bulk strings that begins with a command's name; a response is one of the other values, an array
/// of other things, or one that begins with no command. Short answers (`+OK`, `:1`) and inline commands are believed at
/// Redis's port alone.
enum RedisSignature {
    /// The port that Redis listens on, unless it is told otherwise.
    static let port: UInt16 = 6379

    /// What a message's first bytes say.
    static func recognise(_ bytes: UnsafeRawBufferPointer, _ hint: RecognitionHint) -> Recognition {
        guard let type = bytes.first else { return .no }
        switch type {
        case RESPType.array: return array(bytes, hint)
        case RESPType.bulk: return bulk(bytes, hint)
        case RESPType.string, RESPType.error, RESPType.integer, RESPType.null, RESPType.boolean, RESPType.double,
            RESPType.bigNumber:
            return line(bytes, hint)
        case RESPType.map, RESPType.set, RESPType.push, RESPType.attribute, RESPType.verbatim, RESPType.bulkError:
            guard let end = header(bytes) else { return mayGoOn(bytes) ? .maybe : .no }
            guard end < bytes.count else { return .yes(.responder) }
            let isText = type == RESPType.verbatim || type == RESPType.bulkError
            return isText || RESPType.isType(bytes[end]) ? .yes(.responder) : .no
        default: return inline(bytes, hint)
        }
    }

    /// Whether bytes could begin what a side says.
    static func begins(_ side: Side, _ bytes: UnsafeRawBufferPointer) -> Bool {
        guard let type = bytes.first, RESPType.isType(type) else { return false }
        if side == .requester, type != RESPType.array { return false }
        switch type {
        case RESPType.string, RESPType.error, RESPType.integer, RESPType.null, RESPType.boolean, RESPType.double,
            RESPType.bigNumber:
            let line = bytes.prefix(64).prefix { $0 != 0x0A }
            return isText(UnsafeRawBufferPointer(rebasing: line))
                && (line.count == min(bytes.count, 64) || line.last == 0x0D)
        default:
            guard let end = header(bytes) else { return mayGoOn(bytes) }
            return side == .responder || end == bytes.count || bytes[end] == RESPType.bulk
        }
    }

    /// An array: of which side?
    private static func array(_ bytes: UnsafeRawBufferPointer, _ hint: RecognitionHint) -> Recognition {
        guard let end = header(bytes) else { return mayGoOn(bytes) ? .maybe : .no }
        guard end < bytes.count else { return UInt64(end) == hint.recordLength ? waits(bytes, hint) : .no }
        guard bytes[end] == RESPType.bulk else { return RESPType.isType(bytes[end]) ? .yes(.responder) : .no }
        let rest = UnsafeRawBufferPointer(rebasing: bytes[end...])
        guard let length = header(rest) else { return mayGoOn(rest) ? .maybe : .no }
        if hint.isFromOpener == false || hint.senderPort == port { return .yes(.responder) }
        let name = UnsafeRawBufferPointer(rebasing: rest[length...])
        guard let number = RESPReader.number(digits(rest, length)) else { return .yes(.responder) }
        guard number <= UInt64(RedisCommandTable.longestName) else { return .yes(.responder) }
        if UInt64(name.count) < number + 2 {
            return bytes.count < ParserTable.signatureLength ? .maybe : .no
        }
        let word = UnsafeRawBufferPointer(rebasing: name[..<Int(number)])
        guard name[Int(number)] == 0x0D, name[Int(number) + 1] == 0x0A else { return .no }
        let isCommand = RedisCommandTable.shared[word] != nil
        let isLikely = hint.isFromOpener == true || hint.receiverPort == port
        return .yes(isCommand || (isLikely && RedisCommandTable.isName(word)) ? .requester : .responder)
    }

    /// An empty or absent array says little by itself.
    private static func waits(_ bytes: UnsafeRawBufferPointer, _ hint: RecognitionHint) -> Recognition {
        let isEmpty = bytes[1] == UInt8(ascii: "0") || bytes[1] == UInt8(ascii: "-")
        return isEmpty ? .yes(.responder) : .maybe
    }

    private static func bulk(_ bytes: UnsafeRawBufferPointer, _ hint: RecognitionHint) -> Recognition {
        guard let end = header(bytes) else { return mayGoOn(bytes) ? .maybe : .no }
        guard let length = RESPReader.number(digits(bytes, end)) else { return .yes(.responder) }
        let (total, visible) = (UInt64(end) + length + 2, UInt64(bytes.count))
        guard visible >= total else { return hint.recordLength > visible || total > visible ? .yes(.responder) : .no }
        return bytes[Int(total) - 2] == 0x0D && bytes[Int(total) - 1] == 0x0A ? .yes(.responder) : .no
    }

    /// A value of one line.
    private static func line(_ bytes: UnsafeRawBufferPointer, _ hint: RecognitionHint) -> Recognition {
        guard let feed = bytes.firstIndex(of: 0x0A) else {
            return isText(bytes) && UInt64(bytes.count) == hint.recordLength ? .maybe : .no
        }
        guard feed >= 2, bytes[feed - 1] == 0x0D else { return .no }
        let isWhole = UInt64(feed + 1) == hint.recordLength
        let isFollowed = feed + 1 < bytes.count && RESPType.isType(bytes[feed + 1])
        // By itself, a short answer is one that others give as well; the next request will tell.
        let isEnough = isWhole && (hint.isAt(port) || bytes[0] == RESPType.error)
        guard isEnough || isFollowed else { return .no }
        let text = UnsafeRawBufferPointer(rebasing: bytes[1..<(feed - 1)])
        let isRight: Bool
        switch bytes[0] {
        case RESPType.string:
            isRight = ["OK", "PONG", "QUEUED"].contains { (word: StaticString) in isEqual(text, word) }
        case RESPType.error:
            let word = text.prefix { $0 != 0x20 }
            // NATS quotes what it says behind the same word.
            isRight =
                word.count >= 3 && word.count + 1 < text.count && word.allSatisfy { $0 &- 0x41 < 26 }
                && text[word.count + 1] != UInt8(ascii: "'")
        case RESPType.integer, RESPType.bigNumber: isRight = isNumber(text)
        case RESPType.null: isRight = text.isEmpty
        case RESPType.boolean:
            isRight = text.count == 1 && (text[0] == UInt8(ascii: "t") || text[0] == UInt8(ascii: "f"))
        default: isRight = isNumber(text, isDouble: true)
        }
        return isRight ? .yes(.responder) : .no
    }

    private static func inline(_ bytes: UnsafeRawBufferPointer, _ hint: RecognitionHint) -> Recognition {
        guard hint.receiverPort == port, hint.isFromOpener != false, bytes[0] | 0x20 >= 0x61 else { return .no }
        guard let feed = bytes.firstIndex(of: 0x0A) else { return isText(bytes) ? .maybe : .no }
        let word = bytes[..<feed].prefix { $0 != 0x20 && $0 != 0x0D }
        return RedisCommandTable.shared[UnsafeRawBufferPointer(rebasing: word)] == nil ? .no : .yes(.requester)
    }

    // MARK: Pieces

    /// Where a line of a type and a number (or `?`, or -1) ends: behind its CR LF.
    private static func header(_ bytes: UnsafeRawBufferPointer) -> Int? {
        guard let feed = bytes.prefix(16).firstIndex(of: 0x0A), feed >= 3, bytes[feed - 1] == 0x0D else { return nil }
        let text = UnsafeRawBufferPointer(rebasing: bytes[1..<(feed - 1)])
        let isStreamed = text.count == 1 && text[0] == UInt8(ascii: "?")
        let isNull = text.count == 2 && text[0] == UInt8(ascii: "-") && text[1] == UInt8(ascii: "1")
        return isStreamed || isNull || RESPReader.number(text) != nil ? feed + 1 : nil
    }

    private static func digits(_ bytes: UnsafeRawBufferPointer, _ end: Int) -> UnsafeRawBufferPointer {
        UnsafeRawBufferPointer(rebasing: bytes[1..<(end - 2)])
    }

    /// Whether more bytes could make them a type and a number.
    private static func mayGoOn(_ bytes: UnsafeRawBufferPointer) -> Bool {
        bytes.count < 16
            && bytes.dropFirst().allSatisfy {
                $0 &- 0x30 < 10 || $0 == 0x0D || $0 == UInt8(ascii: "-") || $0 == UInt8(ascii: "?")
            }
    }

    private static func isText(_ bytes: UnsafeRawBufferPointer) -> Bool {
        bytes.allSatisfy { $0 >= 0x20 && $0 < 0x7F || $0 == 0x0D }
    }

    private static func isNumber(_ bytes: UnsafeRawBufferPointer, isDouble: Bool = false) -> Bool {
        guard !bytes.isEmpty else { return false }
        return bytes.allSatisfy {
            $0 &- 0x30 < 10 || $0 == UInt8(ascii: "-")
                || (isDouble && ($0 == UInt8(ascii: ".") || $0 | 0x20 >= 0x61 && $0 | 0x20 <= 0x7A))
        }
    }

    private static func isEqual(_ bytes: UnsafeRawBufferPointer, _ word: StaticString) -> Bool {
        word.withUTF8Buffer { bytes.elementsEqual($0) }
    }
}
