/// A line of NATS's: a verb and what follows it, separated by spaces or tabs.
struct NATSLine {
    /// Longest line, bytes: servers take 4096, and tell clients about themselves in longer ones.
    static let longest = 16 << 10
    /// Most bytes of a message that are believed; servers take 64 MiB at the most.
    private static let largest: UInt64 = 1 << 30

    /// The verb.
    var verb: NATSVerb
    /// What stands between verb and line end.
    var arguments = UnsafeRawBufferPointer(start: nil, count: 0)
    /// The subject of a message or a subscription.
    var subject = UnsafeRawBufferPointer(start: nil, count: 0)
    /// Where answers are to go.
    var reply = UnsafeRawBufferPointer(start: nil, count: 0)
    /// The group of a subscription.
    var group = UnsafeRawBufferPointer(start: nil, count: 0)
    /// The number of a subscription, if it is one: clients may choose other texts.
    var subscription: UInt64?
    /// Bytes of the line with its end.
    var length: Int
    /// Bytes of the headers that follow it.
    var headers: UInt64 = 0
    /// Bytes of headers and payload that follow it, without the line end behind them.
    var size: UInt64 = 0

    /// Bytes of all.
    var total: UInt64 { UInt64(length) &+ (verb.hasPayload ? size &+ 2 : 0) }

    /// A line that ends with the byte before `end`; nil when it is none.
    init?(_ bytes: UnsafeRawBufferPointer, end: Int) {
        guard case .verb(let verb) = NATSVerb.read(bytes) else { return nil }
        self.verb = verb
        length = end
        var last = end - 1
        if last > 0, bytes[last - 1] == 0x0D { last -= 1 }
        var words = Words(UnsafeRawBufferPointer(rebasing: bytes[min(verb.text.utf8CodeUnitCount, last)..<last]))
        arguments = words.rest
        switch verb {
        case .pub: guard read(&words, hasSubscription: false, hasHeaders: false) else { return nil }
        case .hpub: guard read(&words, hasSubscription: false, hasHeaders: true) else { return nil }
        case .msg: guard read(&words, hasSubscription: true, hasHeaders: false) else { return nil }
        case .hmsg: guard read(&words, hasSubscription: true, hasHeaders: true) else { return nil }
        case .sub:
            guard let subject = words.next(), let second = words.next() else { return nil }
            self.subject = subject
            if let third = words.next() {
                group = second; subscription = NATSLine.number(third)
            } else {
                subscription = NATSLine.number(second)
            }
            guard words.next() == nil else { return nil }
        case .unsub:
            guard let first = words.next() else { return nil }
            subscription = NATSLine.number(first)
            // With a number behind it, it goes on until so many messages have come.
            group = words.next() ?? group
        case .info, .connect: guard arguments.contains(0x7B) else { return nil }
        case .ping, .pong, .ok, .error: break
        }
    }

    /// How long the message is that begins with these bytes.
    ///
    /// - Parameter scanned: how many of them are known to have no line end.
    static func measure(_ bytes: UnsafeRawBufferPointer, scanned: inout Int) -> MessageLength {
        if scanned > bytes.count { scanned = 0 }
        if scanned == 0 || scanned < 8 {
            guard NATSVerb.read(bytes) != .none else { return .invalid }
        }
        guard let end = bytes[scanned...].firstIndex(of: 0x0A) else {
            scanned = bytes.count
            return bytes.count < longest ? .needs(bytes.count + 1) : .invalid
        }
        return NATSLine(bytes, end: end + 1).map { .total($0.total) } ?? .invalid
    }

    /// Whether a byte may follow a word.
    static func endsWord(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x09 || byte == 0x0D || byte == 0x0A }

    /// The number that decimal digits say; nil when they are none or too many.
    static func number(_ digits: UnsafeRawBufferPointer) -> UInt64? {
        guard !digits.isEmpty, digits.count <= 18 else { return nil }
        var number: UInt64 = 0
        for digit in digits {
            guard digit &- 0x30 < 10 else { return nil }
            number = number * 10 + UInt64(digit - 0x30)
        }
        return number
    }

    /// `subject [subscription] [reply] [bytes of headers] bytes`.
    private mutating func read(_ words: inout Words, hasSubscription: Bool, hasHeaders: Bool) -> Bool {
        guard let subject = words.next() else { return false }
        self.subject = subject
        if hasSubscription {
            guard let word = words.next() else { return false }
            subscription = NATSLine.number(word)
        }
        var last = words.next()
        guard var word = last else { return false }
        // With a reply there is one word more.
        let numbers = hasHeaders ? 2 : 1
        var rest = words
        var count = 1
        while rest.next() != nil { count += 1 }
        if count == numbers + 1 {
            reply = word
            last = words.next()
            guard let next = last else { return false }
            word = next
        } else if count != numbers {
            return false
        }
        if hasHeaders {
            guard let number = NATSLine.number(word), let next = words.next() else { return false }
            headers = number
            word = next
        }
        guard let number = NATSLine.number(word), number <= NATSLine.largest, headers <= number else { return false }
        size = number
        return true
    }

    private struct Words {
        private(set) var rest: UnsafeRawBufferPointer

        init(_ rest: UnsafeRawBufferPointer) { self.rest = rest }

        mutating func next() -> UnsafeRawBufferPointer? {
            guard let first = rest.firstIndex(where: { $0 != 0x20 && $0 != 0x09 }) else { return nil }
            let end = rest[first...].firstIndex { $0 == 0x20 || $0 == 0x09 } ?? rest.endIndex
            defer { rest = UnsafeRawBufferPointer(rebasing: rest[end...]) }
            return UnsafeRawBufferPointer(rebasing: rest[first..<end])
        }
    }
}
