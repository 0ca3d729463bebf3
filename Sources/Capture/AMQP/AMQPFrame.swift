/// The beginning of a frame: its type, its channel and how long its payload is (AMQP 0-9-1, 2.3). An octet 0xCE ends it.
struct AMQPFrame {
    /// What a frame carries.
    enum Kind: UInt8 {
        case method = 1
        case header = 2
        case body = 3
        case heartbeat = 8
    }

    /// Bytes before the payload.
    static let headerLength = 7
    /// Bytes around the payload.
    static let overhead: UInt64 = 8
    /// The last byte of each.
    static let end: UInt8 = 0xCE
    /// Longest payload that is believed, bytes: peers agree on 128 KiB as a rule.
    static let longest: UInt32 = 1 << 30
    /// The first bytes of a connection: the protocol's name and its version 0-9-1.
    static let protocolHeader: StaticString = "AMQP\0\0\u{9}\u{1}"
    /// Bytes of it.
    static let protocolHeaderLength = 8

    /// What it carries.
    var kind: Kind
    /// The channel; 0 is the connection itself.
    var channel: UInt16
    /// Bytes of the payload.
    var size: UInt32

    /// A frame by its first bytes; nil when there are too few, or none begins so.
    init?(_ bytes: UnsafeRawBufferPointer) {
        var reader = NetworkOrderReader(bytes)
        guard let kind = reader.byte().flatMap(Kind.init), let channel = reader.short(), let size = reader.long(),
            size <= AMQPFrame.longest
        else { return nil }
        switch kind {
        case .method: guard size >= 4 else { return nil }
        // Class, weight, body size and flags.
        case .header: guard size >= 14, channel > 0 else { return nil }
        case .body: guard channel > 0 else { return nil }
        case .heartbeat: guard size == 0, channel == 0 else { return nil }
        }
        self.kind = kind
        self.channel = channel
        self.size = size
    }

    /// Bytes of all of it.
    var length: UInt64 { UInt64(size) &+ AMQPFrame.overhead }

    /// How long what begins with these bytes is: a frame, or the protocol's header.
    static func measure(_ bytes: UnsafeRawBufferPointer) -> MessageLength {
        guard let first = bytes.first else { return .needs(1) }
        if first == 0x41 {
            let known = min(bytes.count, protocolHeaderLength)
            for index in 1..<max(known, 1) where bytes[index] != protocolHeader.utf8Start[index] {
                // Another version; a server names its own so, and closes.
                return index < 4 ? .invalid : .total(UInt64(protocolHeaderLength))
            }
            return .total(UInt64(protocolHeaderLength))
        }
        guard Kind(rawValue: first) != nil else { return .invalid }
        guard bytes.count >= headerLength else { return .needs(headerLength) }
        return AMQPFrame(bytes).map { .total($0.length) } ?? .invalid
    }
}
