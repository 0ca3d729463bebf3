/// Gives the values that chosen keys have in the baggage of one message after the other: of the header `baggage` (W3C
/// Baggage), and of Jaeger's `uberctx-<key>` headers. What was not chosen is passed over, since baggage may be anything.
///
/// Values are decoded. A member that is not as it should be, whose percent-encoding is broken, or which is no UTF-8 when
/// decoded is ignored and counted, and so is all of a message beyond ``maximumLength`` or ``maximumMembers``. Of a key that
/// is there several times the first counts. Nothing is allocated per message once it has grown.
public struct BaggageReader: Sendable {
    /// Most bytes of baggage on a message that are read. The specification asks for as many to be passed on.
    public static let maximumLength = 8192
    /// Most members of `baggage` on a message that are read: as many as its grammar allows.
    public static let maximumMembers = 180

    /// What was given and what was ignored so far; grows only.
    public struct Counters: Sendable {
        /// Values that were given.
        public internal(set) var read: UInt64 = 0
        /// Values of chosen keys, and members in which no key can be told, that are not valid.
        public internal(set) var invalid: UInt64 = 0
        /// Values of keys that had one already.
        public internal(set) var repeated: UInt64 = 0
        /// Headers of which a part was beyond what is read.
        public internal(set) var cut: UInt64 = 0
    }

    /// The keys that were chosen, in order, each once.
    public let keys: [String]
    /// The names, in lower case, of the headers that are read.
    public let names: [String]
    /// What became of the baggage so far.
    public private(set) var counters = Counters()

    private let exact: [[UInt8]]
    private let lowerCase: [[UInt8]]
    private var found: [Bool]
    private var length = 0
    private var members = 0
    private var decoded: [UInt8] = []

    /// A reader of these keys. Those of `baggage` match as they are, those of Jaeger's headers, being parts of names, in
    /// any case.
    public init(keys: [String]) {
        var distinct: [String] = []
        for key in keys where !key.isEmpty && !distinct.contains(key) { distinct.append(key) }
        self.keys = distinct
        names = distinct.isEmpty ? [] : ["baggage"] + distinct.map { BaggageReader.prefix + $0.lowercased() }
        exact = distinct.map { Array($0.utf8) }
        lowerCase = distinct.map { Array($0.lowercased().utf8) }
        found = Array(repeating: false, count: distinct.count)
        decoded.reserveCapacity(BaggageReader.maximumLength)
    }

    /// A new message.
    public mutating func begin() {
        for index in found.indices { found[index] = false }
        length = 0
        members = 0
    }

    /// The next field of the message: gives the values in it, each with its key's place in ``keys``, to the closure, for
    /// the time of its call. Fields that carry no baggage are ignored.
    public mutating func add(
        name: UnsafeRawBufferPointer, value: UnsafeRawBufferPointer, _ body: (Int, UnsafeRawBufferPointer) -> Void
    ) {
        if keys.isEmpty { return }
        if name.equalsIgnoringCase("baggage") {
            add(list: value, body)
        } else if let key = BaggageReader.jaegerKey(name),
            let index = lowerCase.firstIndex(where: { known in
                known.count == key.count && zip(known, key).allSatisfy { $0 == $1.lowerCased }
            })
        {
            guard length + value.count <= BaggageReader.maximumLength else {
                counters.cut &+= 1
                return
            }
            length += value.count
            give(value, of: index, isAllowed: { _ in true }, body)
        }
    }

    // MARK: - W3C

    private mutating func add(list: UnsafeRawBufferPointer, _ body: (Int, UnsafeRawBufferPointer) -> Void) {
        var isCut = list.count > BaggageReader.maximumLength - length
        // Members that end within the bound are whole.
        var rest = list.part(0, min(list.count, BaggageReader.maximumLength - length))
        if isCut { rest = rest.part(0, rest.lastIndex(of: UInt8(ascii: ",")) ?? 0) }
        length += rest.count
        var list = SplitBytes(rest, at: UInt8(ascii: ","))
        while let member = list.next()?.trimmed {
            if member.isEmpty { continue }
            if members == BaggageReader.maximumMembers {
                isCut = true
                break
            }
            members += 1
            add(member: member, body)
        }
        if isCut { counters.cut &+= 1 }
    }

    private mutating func add(member: UnsafeRawBufferPointer, _ body: (Int, UnsafeRawBufferPointer) -> Void) {
        var parts = SplitBytes(member, at: UInt8(ascii: ";"))
        guard let pair = parts.next(), let equals = pair.firstIndex(of: UInt8(ascii: "=")) else {
            counters.invalid &+= 1
            return
        }
        let key = pair.part(0, equals).trimmed
        guard let index = exact.firstIndex(where: { $0.elementsEqual(key) }) else { return }
        let value = pair.part(equals + 1, pair.count - equals - 1).trimmed
        give(value, of: index, isAllowed: BaggageReader.isBaggageOctet, body)
    }

    // MARK: - Both

    private mutating func give(
        _ value: UnsafeRawBufferPointer, of index: Int, isAllowed: (UInt8) -> Bool,
        _ body: (Int, UnsafeRawBufferPointer) -> Void
    ) {
        if found[index] {
            counters.repeated &+= 1
            return
        }
        decoded.removeAll(keepingCapacity: true)
        var bytes = PercentDecoder(value)
        while let byte = bytes.next() { decoded.append(byte) }
        guard !bytes.isBroken, value.allSatisfy(isAllowed), (try? UTF8Span(validating: decoded.span)) != nil else {
            counters.invalid &+= 1
            return
        }
        found[index] = true
        counters.read &+= 1
        decoded.withUnsafeBytes { body(index, $0) }
    }

    private static let prefix = "uberctx-"

    /// Whether a name is one that baggage stands under, whichever its key.
    public static func isBaggage(_ name: UnsafeRawBufferPointer) -> Bool {
        name.equalsIgnoringCase("baggage") || jaegerKey(name) != nil
    }

    /// What follows the prefix of Jaeger's headers.
    private static func jaegerKey(_ name: UnsafeRawBufferPointer) -> UnsafeRawBufferPointer? {
        guard name.count > 8, name.part(0, 8).equalsIgnoringCase("uberctx-") else { return nil }
        return name.part(8, name.count - 8)
    }

    /// A byte that a value is written with (W3C Baggage, section 3.3.1.3, `baggage-octet`): printable ASCII without space,
    /// quote, comma, semicolon and backslash.
    private static func isBaggageOctet(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: ","), UInt8(ascii: ";"), UInt8(ascii: "\\"): false
        default: 0x21...0x7E ~= byte
        }
    }
}
