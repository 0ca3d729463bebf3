/// A line of Memcached's text protocol, without its end. Parts are borrowed from it.
struct MemcachedLine {
    /// What an answer's first word says.
    enum Answer {
        /// A value follows, and behind it more lines.
        case value
        /// A value follows, and the answer ends with it.
        case metaValue
        /// One of several lines.
        case item
        /// The end of values or items.
        case end
        /// It was done.
        case stored
        /// There was nothing to do it to, or something else in its way. Not an error.
        case missed
        /// The meta protocol's words.
        case meta
        /// An error.
        case failure
        /// Another line that is an answer of its own.
        case other
    }

    private let bytes: UnsafeRawBufferPointer

    /// A line; its CR is left out.
    init(_ line: UnsafeRawBufferPointer) {
        bytes = line.last == 0x0D ? UnsafeRawBufferPointer(rebasing: line.dropLast()) : line
    }

    /// The first word.
    var first: UnsafeRawBufferPointer { UnsafeRawBufferPointer(rebasing: bytes.prefix { $0 != 0x20 }) }

    /// The command that it is, if it is one.
    var command: MemcachedCommand? { MemcachedCommand(first) }

    /// How many words there are.
    var words: Int {
        var count = 0
        forEachWord { _, _ in count += 1 }
        return count
    }

    /// Calls `body` with each word and its number, from 0.
    func forEachWord(_ body: (Int, UnsafeRawBufferPointer) -> Void) {
        var (index, start) = (0, 0)
        while start < bytes.count {
            let end = bytes[start...].firstIndex(of: 0x20) ?? bytes.count
            if end > start {
                body(index, UnsafeRawBufferPointer(rebasing: bytes[start..<end]))
                index += 1
            }
            start = end + 1
        }
    }

    /// The word with a number, from 0; empty when there is none.
    func word(_ number: Int) -> UnsafeRawBufferPointer {
        var found = UnsafeRawBufferPointer(start: nil, count: 0)
        forEachWord { if $0 == number { found = $1 } }
        return found
    }

    /// Whether a command has the words that it must have.
    func isWellFormed(_ command: MemcachedCommand) -> Bool {
        guard words >= command.leastWords else { return false }
        if let keys = command.keys {
            let key = word(keys.lowerBound)
            guard key.count <= 250, key.allSatisfy({ $0 > 0x20 && $0 != 0x7F }) else { return false }
        }
        switch command {
        case .set, .add, .replace, .append, .prepend, .cas:
            return MemcachedLine.number(word(2)) != nil && MemcachedLine.number(word(4)) != nil
        case .metaSet, .incr, .decr: return MemcachedLine.number(word(2)) != nil
        default: return true
        }
    }

    /// What answer it is; nil for none that is known.
    var answer: Answer? {
        let word = first
        func says(_ words: StaticString) -> Bool { MemcachedLine.isEqual(word, words) }
        switch word.count {
        case 2:
            if says("VA") { return .metaValue }
            if says("HD") || says("EN") || says("NS") || says("EX") || says("NF") || says("MN") || says("ME") {
                return .meta
            }
            if says("OK") { return .other }
        case 3: if says("END") { return .end }
        case 4: if says("STAT") || says("ITEM") { return .item }
        case 5:
            if says("VALUE") { return .value }
            if says("ERROR") { return .failure }
            if says("RESET") { return .other }
        default:
            if says("STORED") || says("DELETED") || says("TOUCHED") { return .stored }
            if says("NOT_STORED") || says("NOT_FOUND") || says("EXISTS") { return .missed }
            if says("CLIENT_ERROR") || says("SERVER_ERROR") { return .failure }
            if says("VERSION") { return .other }
        }
        if word.count > 4, MemcachedLine.isEqual(UnsafeRawBufferPointer(rebasing: word.prefix(4)), "key=") {
            return .item
        }
        return MemcachedLine.number(word) != nil ? .other : nil
    }

    /// Whether it is one.
    var isAnswer: Bool { answer != nil }

    /// Whether an answer's first word could begin so.
    static func isAnswerPrefix(_ word: UnsafeRawBufferPointer) -> Bool {
        !word.isEmpty && word.allSatisfy { $0 &- 0x41 < 26 || $0 == UInt8(ascii: "_") }
            || number(word) != nil
    }

    /// How long the value is that follows an answer.
    var dataLength: UInt64? {
        switch answer {
        case .value: MemcachedLine.number(word(3))
        case .metaValue: MemcachedLine.number(word(1))
        default: nil
        }
    }

    /// A hash of what the client tells its requests by (the flag `O`); 0 without it.
    func opaque(from place: Int) -> UInt64 {
        var hash: UInt64 = 0
        forEachWord { index, word in
            guard index >= place, word.first == UInt8(ascii: "O"), hash == 0 else { return }
            hash = word.reduce(14_695_981_039_346_656_037) { ($0 ^ UInt64($1)) &* 1_099_511_628_211 } | 1
        }
        return hash
    }

    /// Whether a flag of one letter is there.
    func hasFlag(_ flag: UInt8, from place: Int) -> Bool {
        var found = false
        forEachWord { if $0 >= place, $1.count == 1, $1[0] == flag { found = true } }
        return found
    }

    static func isEqual(_ bytes: UnsafeRawBufferPointer, _ word: StaticString) -> Bool {
        bytes.count == word.utf8CodeUnitCount && word.withUTF8Buffer { bytes.elementsEqual($0) }
    }

    /// A number in decimal digits, at most 19 of them.
    static func number(_ text: UnsafeRawBufferPointer) -> UInt64? {
        guard (1...19).contains(text.count), text.allSatisfy({ $0 &- 0x30 < 10 }) else { return nil }
        return text.reduce(0) { $0 * 10 + UInt64($1 - 0x30) }
    }
}
