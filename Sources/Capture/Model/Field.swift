/// A run of bytes in the arena of the batch that carries it.
public struct ByteRange: Hashable, Sendable {
    /// Offset of the first byte.
    public var offset: UInt32
    /// Bytes.
    public var count: UInt32

    /// A run of bytes.
    public init(offset: UInt32, count: UInt32) {
        self.offset = offset
        self.count = count
    }

    /// No bytes.
    public static let empty = ByteRange(offset: 0, count: 0)
}

/// What a field of an exchange is. Which of them a protocol gives stands in its parser's documentation.
public enum FieldKey: UInt8, Sendable {
    /// The operation: an HTTP method, a database command.
    case method = 1
    /// The request target, with its query.
    case target = 2
    /// Host or authority the request was addressed to.
    case authority = 3
    /// `1.0` or `1.1` for HTTP; what a server of MySQL's protocol calls itself, if that is not MySQL.
    case version = 4
    /// The client's own name for itself.
    case userAgent = 5
    /// The media type of the request's body.
    case contentType = 6
    /// A header, property or comment that may carry a trace context; ``Field/name`` is the name on the wire. A value that
    /// is not known whole, or is longer than ``FieldBuffer/maximumValue``, is a single zero byte: no dialect's grammar has
    /// it, so that what was cut is never taken for a context, and what stands twice is still seen to.
    case context = 7
    /// A request id that proxies echo; ``Field/name`` is the name on the wire.
    case requestID = 8
    /// A header asked for by configuration.
    case header = 9
    /// What the protocol says of a failure, in words. May have values of the request in it: never exported as it is.
    case errorDetail = 10
    /// What the protocol calls a failure: `42P01`, `WRONGTYPE`, a number; also a status that is none, as gRPC's `0`.
    case errorCode = 11
    /// The text of a database's statement as it was sent, with its literals: from its beginning.
    case statement = 12
    /// The end of a statement of which the middle is not known; empty where the end is not known either.
    case statementEnd = 13
    /// Table, collection, index: what a database's operation is about.
    case collection = 14
    /// Database, schema or number of one.
    case namespace = 15
    /// A number: rows that came back.
    case rows = 16
    /// A number: operations or messages in the request, where it has more than one.
    case batchSize = 17
    /// Topic, queue, subject or exchange that messages go to or come from.
    case destination = 18
    /// A number: the partition of the destination.
    case partition = 19
    /// By what a broker chooses where a message goes.
    case routingKey = 20
    /// The message's own id.
    case messageID = 21
    /// What ties a message to others, a correlation id.
    case conversationID = 22
    /// The name that a messaging client gives itself.
    case clientID = 23
    /// Those who share the messages of a subscription: a consumer group, a queue group.
    case consumerGroup = 24
    /// A number: the offset of the first message.
    case messageOffset = 25
    /// A number: by what a broker's client acknowledges a message.
    case deliveryTag = 26
    /// The service of a remote call, with its package.
    case service = 27
    /// The name that was asked for (DNS).
    case questionName = 28
    /// The type of record that was asked for, as `AAAA` (DNS).
    case questionType = 29
    /// Who the client wants to speak to (TLS, SNI).
    case serverName = 30
    /// What will be spoken above (TLS, ALPN).
    case nextProtocol = 31
    /// How the contents are compressed, where that keeps us from reading them.
    case compression = 32
    /// The scheme of a request's target (HTTP), where it is not `http`.
    case scheme = 33
    /// A number: messages of a batch whose contexts differ from those handed on, and are not.
    case contextsLeft = 34
    /// A number: messages of a batch of which it is not known which contexts they carry; at least so many.
    case contextsUnknown = 35
    /// Salted hashes (``ValueHash``) of the values in the request by which calls made on its behalf may be known, 8 bytes
    /// each in memory order, at most ``FieldBuffer/maximumHashes``: evidence, never exported. Of an exchange that is closed,
    /// all of them, and only if more became known since it was opened, as with a body that came after its head.
    case values = 36
    /// What is done, in one name of few variants, where the source has it (a span's name); else it is made from the other
    /// fields.
    case operation = 37
    /// The addresses that a name has (DNS), as ``DNSAnswers`` writes them: evidence of what addresses are called, never exported.
    case answers = 38

    /// Whether fields of this kind are wanted by their names, as headers are: how many there are is for the sender to say.
    var isNamed: Bool { self == .context || self == .requestID || self == .header }
}

/// Where on a message a field stood.
public enum Carrier: UInt8, Sendable {
    /// A header of a request.
    case requestHeader = 1
    /// A header of a response. A trace context here is ignored.
    case responseHeader = 2
    /// A comment in a statement.
    case sqlComment = 3
    /// Metadata of a message: record headers, properties.
    case messageMetadata = 4
}

/// One named value of an exchange, as bytes in the batch's arena. Bounded: parsers cut values at
/// ``FieldBuffer/maximumValue`` and leave out what exceeds ``FieldBuffer/maximumFields`` or ``FieldBuffer/maximumBytes``.
public struct Field: Sendable {
    /// What it is.
    public var key: FieldKey
    /// Where it stood.
    public var carrier: Carrier
    /// Which message of a batch it is from, counted from 0; 0 where there is no more than one.
    public var part: UInt16
    /// Its name on the wire, in the wire's spelling; empty where ``key`` says it all.
    public var name: ByteRange
    /// Its value, trimmed of white space, undecoded.
    public var value: ByteRange

    /// A field.
    public init(key: FieldKey, carrier: Carrier, part: UInt16 = 0, name: ByteRange, value: ByteRange) {
        self.key = key
        self.carrier = carrier
        self.part = part
        self.name = name
        self.value = value
    }
}

/// Fields and the bytes they speak of. A batch has one; exchanges address theirs by index, so that no field costs an
/// allocation. Emptied and used again.
public struct FieldBuffer: Sendable {
    /// Most bytes of one value; longer ones are cut.
    public static let maximumValue = 8192
    /// Most fields of one exchange: 64 of what it is about, and as many headers as 128 messages have of which each has a
    /// context and its vendor state.
    public static let maximumFields = 320
    /// Most hashes in a field of ``FieldKey/values``.
    public static let maximumHashes = 64
    /// Most bytes of all names and values of one exchange.
    public static let maximumBytes = 96 << 10

    /// Every field, those of one exchange side by side.
    public private(set) var fields: [Field] = []
    /// The arena.
    public private(set) var bytes: [UInt8] = []

    /// An empty buffer.
    public init() {}

    /// Whether nothing is in it.
    public var isEmpty: Bool { fields.isEmpty && bytes.isEmpty }

    /// Forgets everything and keeps the memory.
    public mutating func removeAll() {
        fields.removeAll(keepingCapacity: true)
        bytes.removeAll(keepingCapacity: true)
    }

    /// Copies bytes into the arena, at most ``maximumValue`` of them.
    public mutating func append(bytes source: UnsafeRawBufferPointer) -> ByteRange {
        let count = min(source.count, FieldBuffer.maximumValue)
        let offset = bytes.count
        bytes.append(contentsOf: UnsafeRawBufferPointer(rebasing: source[0..<count]))
        return ByteRange(offset: UInt32(offset), count: UInt32(count))
    }

    /// Adds a field, copying name and value.
    public mutating func append(
        _ key: FieldKey, _ carrier: Carrier, part: UInt16 = 0,
        name: UnsafeRawBufferPointer = .init(start: nil, count: 0), value: UnsafeRawBufferPointer
    ) {
        let name = append(bytes: name)
        fields.append(Field(key: key, carrier: carrier, part: part, name: name, value: append(bytes: value)))
    }

    /// Copies one exchange's fields from another buffer and returns where they lie here. Their bytes lie side by side,
    /// since they were added one after the other, and are copied in one go.
    public mutating func append(_ range: FieldRange, of other: borrowing FieldBuffer) -> FieldRange {
        guard range.count > 0 else { return .empty }
        let start = fields.count
        let places = Int(range.start)..<Int(range.start + range.count)
        let low = Int(other.fields[places.lowerBound].name.offset)
        let last = other.fields[places.upperBound - 1].value
        let shift = bytes.count - low
        other.bytes.withUnsafeBytes {
            bytes.append(contentsOf: UnsafeRawBufferPointer(rebasing: $0[low..<Int(last.offset + last.count)]))
        }
        fields.append(contentsOf: other.fields[places])
        for place in start..<fields.count {
            fields[place].name.offset = UInt32(Int(fields[place].name.offset) + shift)
            fields[place].value.offset = UInt32(Int(fields[place].value.offset) + shift)
        }
        return FieldRange(start: UInt32(start), count: range.count)
    }

    /// The bytes of a range, for the time of the call.
    @inlinable
    public func withBytes<R>(of range: ByteRange, _ body: (UnsafeRawBufferPointer) throws -> R) rethrows -> R {
        try bytes.withUnsafeBytes {
            try body(UnsafeRawBufferPointer(rebasing: $0[Int(range.offset)..<Int(range.offset + range.count)]))
        }
    }

    /// The first field of a kind, if the exchange has one.
    @inlinable
    public func first(_ key: FieldKey, in range: FieldRange) -> Field? {
        for index in Int(range.start)..<Int(range.start + range.count) where fields[index].key == key {
            return fields[index]
        }
        return nil
    }
}

/// One exchange's fields in its batch's ``FieldBuffer``.
public struct FieldRange: Sendable {
    /// Index of the first.
    public var start: UInt32
    /// How many.
    public var count: UInt32

    /// A run of fields.
    public init(start: UInt32, count: UInt32) {
        self.start = start
        self.count = count
    }

    /// No fields.
    public static let empty = FieldRange(start: 0, count: 0)
}
