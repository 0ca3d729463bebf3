import Glibc

/// One side of a connection cut into the values of RESP2 and RESP3.
///
/// Aggregates are followed by counting what is still to come on each level, up to ``RESPLevels/deepest`` levels, so neither depth nor
/// breadth costs more than the bytes they take. Long contents are passed over by their length, known or not.
struct RESPReader {
    /// What became of the bytes.
    enum Event {
        /// All were taken.
        case more
        /// A leaf has passed or an aggregate begins.
        case value(RESPValue)
        /// A message that is a line without a type: an inline command. Borrowed until the next call.
        case line(UnsafeRawBufferPointer)
        /// The place is lost: no value begins here, or bytes are missing where one may have begun. Until ``restart(in:)``
        /// nothing is taken.
        case lost
    }

    private enum State {
        /// A line is being read.
        case line
        /// Contents are passing: so many bytes are left, their CR LF included.
        case contents(left: UInt64)
        /// The place is not known.
        case lost
    }

    /// Most bytes of a value's contents that are told of.
    static let limit = 256
    /// Longest line that tells a length, bytes.
    private static let longestHeader = 32
    /// Longest line, bytes (Redis's own limit of an inline command).
    private static let longestLine = 64 << 10
    /// Longest contents, bytes.
    private static let longestContents: UInt64 = 1 << 40
    /// Most elements.
    private static let mostElements: UInt64 = 1 << 32

    /// Whether lines without a type are messages.
    var allowsLines: Bool
    private var state: State
    private let kept = KeptBytes()
    private var reserved = 0
    private var levels = RESPLevels()
    private var isInMessage = false
    private var isStreamingString = false
    private var isCut = false
    private var isClearing = false
    private var type: UInt8 = 0
    private var length: UInt64 = 0
    private var lineLength = 0
    private var missing: UInt64 = 0

    /// A reader.
    ///
    /// - Parameter atStart: whether the next byte begins a message; else it waits for ``restart(in:)``.
    init(atStart: Bool, allowsLines: Bool = false) {
        state = atStart ? .line : .lost
        self.allowsLines = allowsLines
    }

    /// Whether it waits for ``restart(in:)``.
    var isLost: Bool { if case .lost = state { true } else { false } }

    /// Whether the next byte begins a message.
    var isAtStart: Bool { !isInMessage && !isLost && missing == 0 }

    /// The next byte begins a message.
    mutating func restart(in exchanges: inout ExchangeTable) {
        lose(in: &exchanges)
        state = .line
    }

    /// The place is lost, for the parser says so, or the reader is not needed any more.
    mutating func lose(in exchanges: inout ExchangeTable) {
        clear(in: &exchanges)
        levels.clear(in: &exchanges)
        (isInMessage, isStreamingString) = (false, false)
        missing = 0
        state = .lost
    }

    /// Bytes of which only the number is known come next. Call ``next(_:in:)`` until it wants more, before any others.
    mutating func skip(_ count: UInt64) { missing &+= count }

    /// Takes bytes off the front of `bytes`.
    mutating func next(_ bytes: inout UnsafeRawBufferPointer, in exchanges: inout ExchangeTable) -> Event {
        if isClearing { clear(in: &exchanges) }
        while true {
            switch state {
            case .lost:
                missing = 0
                bytes = UnsafeRawBufferPointer(rebasing: bytes[bytes.count...])
                return .more
            case .line:
                guard missing == 0 else { return failed(in: &exchanges) }
                guard !bytes.isEmpty else { return .more }
                if let event = line(&bytes, in: &exchanges) { return event }
            case .contents(let left):
                if let event = contents(&bytes, left, in: &exchanges) { return event }
            }
        }
    }

    // MARK: Lines

    /// Reads a line; nil when something else is to be read behind it.
    private mutating func line(_ bytes: inout UnsafeRawBufferPointer, in exchanges: inout ExchangeTable) -> Event? {
        if lineLength == 0 {
            type = bytes[0]
            let isPart = type == RESPType.part || type == RESPType.end
            guard RESPType.isType(type) || (isPart && isInMessage) || (allowsLines && !isInMessage) else {
                return failed(in: &exchanges)
            }
            isInMessage = true
        }
        guard let base = bytes.baseAddress else { return .more }
        guard let found = memchr(base, 0x0A, bytes.count) else {
            lineLength += bytes.count
            guard keep(bytes, in: &exchanges), lineLength <= longestNow else { return failed(in: &exchanges) }
            bytes = UnsafeRawBufferPointer(rebasing: bytes[bytes.count...])
            return .more
        }
        let end = UnsafeRawPointer(found) - base
        var text = UnsafeRawBufferPointer(rebasing: bytes[..<end])
        lineLength += end
        if kept.count > 0 || lineLength > end {
            guard keep(text, in: &exchanges) else { return failed(in: &exchanges) }
            text = kept.bytes
        }
        let whole = lineLength
        bytes = UnsafeRawBufferPointer(rebasing: bytes[(end + 1)...])
        lineLength = 0
        isClearing = true
        guard whole <= longestNow else { return failed(in: &exchanges) }
        // Of a line that was cut the CR is not there.
        let isAll = text.count == whole
        if isAll, text.last == 0x0D { text = UnsafeRawBufferPointer(rebasing: text.dropLast()) }
        let count = UInt64(isAll ? text.count : whole - 1)
        return RESPType.isType(type) || type == RESPType.part || type == RESPType.end
            ? value(text, count, in: &exchanges) : inline(text)
    }

    private var longestNow: Int {
        switch type {
        case RESPType.string, RESPType.error, RESPType.bigNumber: RESPReader.longestLine
        default: RESPType.isType(type) || isPart ? RESPReader.longestHeader : RESPReader.longestLine
        }
    }

    private var isPart: Bool { type == RESPType.part || type == RESPType.end }

    private mutating func inline(_ text: UnsafeRawBufferPointer) -> Event {
        isInMessage = false
        return .line(text)
    }

    /// What a line of so many bytes begins or is.
    private mutating func value(
        _ line: UnsafeRawBufferPointer, _ count: UInt64, in exchanges: inout ExchangeTable
    ) -> Event? {
        let text = UnsafeRawBufferPointer(rebasing: line[1...])
        guard isStreamingString == (type == RESPType.part) else { return failed(in: &exchanges) }
        switch type {
        case RESPType.bulk, RESPType.bulkError, RESPType.verbatim: return bulk(text, in: &exchanges)
        case RESPType.part:
            guard let number = RESPReader.number(text), number <= RESPReader.longestContents else {
                return failed(in: &exchanges)
            }
            clearLine(in: &exchanges)
            if number > 0 {
                length &+= number
                state = .contents(left: number + 2)
                return nil
            }
            isStreamingString = false
            type = RESPType.bulk
            return leaf(UnsafeRawBufferPointer(start: nil, count: 0), length)
        case RESPType.array, RESPType.set, RESPType.push: return aggregate(text, 1, in: &exchanges)
        case RESPType.map, RESPType.attribute: return aggregate(text, 2, in: &exchanges)
        case RESPType.end:
            guard text.isEmpty, levels.isStreaming else { return failed(in: &exchanges) }
            var value = RESPValue(type: type, depth: levels.count, text: text, length: 0)
            value.isAside = levels.isAside
            value.endsMessage = levels.endStream()
            if value.endsMessage { isInMessage = false }
            return .value(value)
        default: return leaf(text, count &- 1)
        }
    }

    private mutating func bulk(_ text: UnsafeRawBufferPointer, in exchanges: inout ExchangeTable) -> Event? {
        if text.count == 1, text[0] == UInt8(ascii: "?"), type == RESPType.bulk {
            isStreamingString = true
            length = 0
            clearLine(in: &exchanges)
            return nil
        }
        if RESPReader.isNull(text) { return leaf(UnsafeRawBufferPointer(rebasing: text[..<0]), 0, isNull: true) }
        guard let number = RESPReader.number(text), number <= RESPReader.longestContents else {
            return failed(in: &exchanges)
        }
        length = number
        clearLine(in: &exchanges)
        state = .contents(left: number + 2)
        return nil
    }

    private mutating func aggregate(
        _ text: UnsafeRawBufferPointer, _ each: UInt64, in exchanges: inout ExchangeTable
    ) -> Event? {
        let isAside = type == RESPType.attribute
        let isStreamed = text.count == 1 && text[0] == UInt8(ascii: "?")
        let isNull = RESPReader.isNull(text)
        var value = RESPValue(
            type: type, depth: levels.count, text: UnsafeRawBufferPointer(rebasing: text[..<0]), length: 0)
        value.isNull = isNull
        value.isAside = isAside || levels.isAside
        guard let number = isStreamed || isNull ? 0 : RESPReader.number(text), number <= RESPReader.mostElements else {
            return failed(in: &exchanges)
        }
        value.length = number * each
        if isStreamed || number > 0 {
            guard levels.push(isStreamed ? nil : number * each, isAside: isAside, in: &exchanges) else {
                return failed(in: &exchanges)
            }
        } else if !isAside {
            value.endsMessage = levels.element()
        }
        if value.endsMessage { isInMessage = false }
        return .value(value)
    }

    private mutating func leaf(
        _ text: UnsafeRawBufferPointer, _ length: UInt64, isNull: Bool = false
    ) -> Event {
        let text = UnsafeRawBufferPointer(rebasing: text.prefix(RESPReader.limit))
        var value = RESPValue(type: type, depth: levels.count, text: text, length: length)
        value.isNull = isNull
        value.isAside = levels.isAside
        value.endsMessage = levels.element()
        if value.endsMessage { isInMessage = false }
        isClearing = true
        return .value(value)
    }

    // MARK: Contents

    private mutating func contents(
        _ bytes: inout UnsafeRawBufferPointer, _ left: UInt64, in exchanges: inout ExchangeTable
    ) -> Event? {
        var left = left
        if missing > 0 {
            let skipped = min(missing, left)
            left -= skipped
            missing -= skipped
            isCut = true
        }
        // The most frequent: all of it is here.
        if left == length &+ 2, UInt64(bytes.count) >= left, !isStreamingString, !isCut {
            let count = Int(length)
            guard bytes[count] == 0x0D, bytes[count + 1] == 0x0A else { return failed(in: &exchanges) }
            let text = UnsafeRawBufferPointer(rebasing: bytes[..<min(count, RESPReader.limit)])
            bytes = UnsafeRawBufferPointer(rebasing: bytes[(count + 2)...])
            state = .line
            return leaf(text, length)
        }
        if left > 2, !bytes.isEmpty {
            let count = Int(min(left - 2, UInt64(bytes.count)))
            if !isCut, !isStreamingString, !keep(UnsafeRawBufferPointer(rebasing: bytes[..<count]), in: &exchanges) {
                isCut = true
            }
            bytes = UnsafeRawBufferPointer(rebasing: bytes[count...])
            left -= UInt64(count)
        }
        while left > 0, left <= 2, let byte = bytes.first {
            guard byte == (left == 2 ? 0x0D : 0x0A) else { return failed(in: &exchanges) }
            bytes = UnsafeRawBufferPointer(rebasing: bytes[1...])
            left -= 1
        }
        guard left == 0 else {
            state = .contents(left: left)
            return .more
        }
        state = .line
        return isStreamingString ? nil : leaf(kept.bytes, length)
    }

    // MARK: Inside

    /// Keeps the first bytes of what is cut over several calls.
    private mutating func keep(_ bytes: UnsafeRawBufferPointer, in exchanges: inout ExchangeTable) -> Bool {
        let count = min(bytes.count, RESPReader.limit - kept.count)
        guard count > 0 else { return true }
        guard exchanges.reserve(count) else { return false }
        reserved += count
        kept.append(UnsafeRawBufferPointer(rebasing: bytes[..<count]))
        return true
    }

    private mutating func failed(in exchanges: inout ExchangeTable) -> Event {
        lose(in: &exchanges)
        return .lost
    }

    private mutating func clear(in exchanges: inout ExchangeTable) {
        clearLine(in: &exchanges)
        isCut = false
    }

    private mutating func clearLine(in exchanges: inout ExchangeTable) {
        isClearing = false
        lineLength = 0
        kept.clear(retaining: RESPReader.limit)
        exchanges.unreserve(reserved)
        reserved = 0
    }

    private static func isNull(_ text: UnsafeRawBufferPointer) -> Bool {
        text.count == 2 && text[0] == UInt8(ascii: "-") && text[1] == UInt8(ascii: "1")
    }

    /// A number in decimal digits, at most 13 of them.
    static func number(_ text: UnsafeRawBufferPointer) -> UInt64? {
        guard (1...13).contains(text.count) else { return nil }
        var number: UInt64 = 0
        for digit in text {
            guard digit &- 0x30 < 10 else { return nil }
            number = number * 10 + UInt64(digit - 0x30)
        }
        return number
    }
}
