/// The properties of a packet of MQTT 5 (2.2.2): their length, then each by its number.
struct MQTTProperties {
    /// What the bytes say that should be properties.
    enum Reading {
        /// They are. What follows them begins so many bytes further on.
        case properties(MQTTProperties)
        /// They are cut off before their end: what is known of them, if anything is.
        case cut(MQTTProperties?)
        /// They are not.
        case invalid
    }

    private static let responseTopic: UInt32 = 0x08
    private static let correlationData: UInt32 = 0x09
    private static let topicAlias: UInt32 = 0x23
    private static let userProperty: UInt32 = 0x26

    /// The properties without their length, as far as they are known.
    private let bytes: UnsafeRawBufferPointer
    /// Bytes with their length.
    let length: Int
    /// The number that stands for the topic; 0 when there is none.
    private(set) var alias: UInt16 = 0

    /// Whether there are none.
    var isEmpty: Bool { bytes.isEmpty }

    /// Reads what a packet has from where its properties should be.
    ///
    /// - Parameters:
    ///   - bytes: what is known of it from there.
    ///   - left: how much of it there is from there.
    ///   - isPublish: whether it is a publish, which may have some alone.
    static func read(_ bytes: UnsafeRawBufferPointer, left: UInt64, isPublish: Bool) -> Reading {
        guard left > 0 else { return .invalid }
        guard case .value(let size, let count) = MQTTVarint.read(bytes) else {
            return MQTTVarint.read(bytes) == .cut && left > UInt64(bytes.count) ? .cut(nil) : .invalid
        }
        let length = Int(size) + count
        guard UInt64(length) <= left else { return .invalid }
        let known = UnsafeRawBufferPointer(rebasing: bytes[count..<min(length, bytes.count)])
        var properties = MQTTProperties(bytes: known, length: length)
        var reader = NetworkOrderReader(known)
        while !reader.rest.isEmpty {
            guard let (number, value) = next(&reader) else {
                return length > bytes.count && isProperty(known) ? .cut(properties) : .invalid
            }
            if isPublish, !isOfPublish(number) { return .invalid }
            if number == topicAlias { properties.alias = UInt16(value[0]) << 8 | UInt16(value[1]) }
        }
        return length > bytes.count ? .cut(properties) : .properties(properties)
    }

    /// Adds what is wanted of a message's properties to its exchange.
    func add(to handle: ExchangeHandle, in exchanges: inout ExchangeTable) {
        var reader = NetworkOrderReader(bytes)
        while !reader.rest.isEmpty, let (number, value) = MQTTProperties.next(&reader) {
            switch number {
            case MQTTProperties.correlationData:
                // Any bytes at all: what is no text is left out.
                guard !value.isEmpty, value.count <= 256, value.allSatisfy({ $0 >= 0x20 && $0 < 0x7F }) else {
                    continue
                }
                exchanges.add(.conversationID, .messageMetadata, value: value, to: handle)
            case MQTTProperties.userProperty:
                var pair = NetworkOrderReader(value)
                guard let name = pair.mediumString(), let text = pair.mediumString() else { continue }
                exchanges.addHeader(name, text, .messageMetadata, to: handle)
            default: break
            }
        }
    }

    private init(bytes: UnsafeRawBufferPointer, length: Int) {
        self.bytes = bytes
        self.length = length
    }

    /// Whether the first property's number is one.
    private static func isProperty(_ bytes: UnsafeRawBufferPointer) -> Bool {
        bytes.first.map { kinds.utf8Start[min(Int($0), 0x2B)] != 0x2E } ?? true
    }

    private static func isOfPublish(_ number: UInt32) -> Bool {
        switch number {
        case 0x01, 0x02, 0x03, responseTopic, correlationData, 0x0B, topicAlias, userProperty: true
        default: false
        }
    }

    /// What the values of properties are, by number from 0 to 0x2B: a byte, two bytes, four bytes, a variable number, a
    /// text or binary data, a pair of texts; a dot for none (MQTT 5, table 2-4).
    private static let kinds: StaticString = ".b4s....ss.v.....4s2.ssb4bs.s..s.222bbp4bbb."

    /// The next property: its number and its value, without the length before a text.
    private static func next(_ reader: inout NetworkOrderReader) -> (UInt32, UnsafeRawBufferPointer)? {
        guard let number = reader.byte(), number < 0x2B else { return nil }
        let value: UnsafeRawBufferPointer?
        switch kinds.utf8Start[Int(number)] {
        case 0x62: value = reader.take(1)
        case 0x32: value = reader.take(2)
        case 0x34: value = reader.take(4)
        case 0x73: value = reader.mediumString()
        case 0x76:
            guard case .value(_, let count) = MQTTVarint.read(reader.rest) else { return nil }
            value = reader.take(count)
        case 0x70:
            let start = reader.rest
            guard reader.mediumString() != nil, reader.mediumString() != nil else { return nil }
            value = UnsafeRawBufferPointer(rebasing: start[..<(start.count - reader.rest.count)])
        default: return nil
        }
        return value.map { (UInt32(number), $0) }
    }
}
