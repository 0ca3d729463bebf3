/// A W3C trace id: 16 bytes, as two big-endian halves. All zero is invalid.
public struct TraceID: Hashable, Sendable {
    /// The first 8 bytes.
    public var high: UInt64
    /// The last 8 bytes.
    public var low: UInt64

    /// A trace id from its halves.
    public init(high: UInt64, low: UInt64) {
        self.high = high
        self.low = low
    }
}

/// A run of bytes in the arena of the ``SpanBatch`` it belongs to.
public struct ArenaRange: Hashable, Sendable {
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
    public static let empty = ArenaRange(offset: 0, count: 0)
}

/// A run of elements in one of the arrays of the ``SpanBatch`` it belongs to.
public struct IndexRange: Sendable {
    /// Index of the first.
    public var start: UInt32
    /// How many.
    public var count: UInt32

    /// A run of elements.
    public init(start: UInt32, count: UInt32) {
        self.start = start
        self.count = count
    }

    /// No elements.
    public static let empty = IndexRange(start: 0, count: 0)
}

/// `Span.SpanKind` of opentelemetry-proto, with its numbers.
public enum SpanKind: UInt8, Sendable, BitwiseCopyable {
    case unspecified = 0
    case `internal` = 1
    case server = 2
    case client = 3
    case producer = 4
    case consumer = 5
}

/// `Status.StatusCode` of opentelemetry-proto, with its numbers.
public enum StatusCode: UInt8, Sendable {
    case unset = 0
    case ok = 1
    case error = 2
}

/// The key of an attribute.
public enum AttributeKey: Sendable {
    /// One that is written in the source.
    case known(StaticString)
    /// One that is known only at run time.
    case named(ArenaRange)
}

/// The value of an attribute.
public enum AttributeValue: Sendable {
    /// Text. What is not UTF-8 is replaced when it is encoded.
    case string(ArenaRange)
    /// Text that is written in the source.
    case text(StaticString)
    case int(Int64)
    case double(Double)
    case bool(Bool)
    /// A list of texts: their places among the batch's ``SpanBatch/texts``.
    case list(IndexRange)
}

/// An attribute of a span or a link.
public struct Attribute: Sendable {
    /// Its key.
    public var key: AttributeKey
    /// Its value.
    public var value: AttributeValue

    /// An attribute.
    public init(key: AttributeKey, value: AttributeValue) {
        self.key = key
        self.value = value
    }
}

/// A link to a span of this or another trace.
public struct SpanLink: Sendable {
    /// The other span's trace.
    public var traceID: TraceID
    /// The other span.
    public var spanID: UInt64
    /// Its attributes in the batch.
    public var attributes: IndexRange

    /// A link.
    public init(traceID: TraceID, spanID: UInt64, attributes: IndexRange = .empty) {
        self.traceID = traceID
        self.spanID = spanID
        self.attributes = attributes
    }
}

/// A finished span of our own, as plain data: what varies in length lies in the ``SpanBatch`` it belongs to.
public struct SpanData: Sendable {
    /// The trace.
    public var traceID: TraceID
    /// The span; never 0.
    public var spanID: UInt64
    /// Its parent; 0 for a root.
    public var parentSpanID: UInt64
    /// W3C trace flags in the lower 8 bits, and above them the two that OTLP adds (is-remote and its validity).
    public var flags: UInt32
    /// What kind of span.
    public var kind: SpanKind
    /// Unset unless it is an error.
    public var status: StatusCode
    /// Index of its resource among the batch's.
    public var resource: UInt32
    /// Start, ns since 1970.
    public var start: UInt64
    /// End, ns since 1970; never before ``start``.
    public var end: UInt64
    /// Its name.
    public var name: ArenaRange
    /// W3C tracestate, as it came.
    public var traceState: ArenaRange
    /// What went wrong, when ``status`` is an error.
    public var statusMessage: ArenaRange
    /// Its attributes in the batch.
    public var attributes: IndexRange
    /// Its links in the batch.
    public var links: IndexRange

    /// A span without name, attributes and links.
    public init(
        traceID: TraceID, spanID: UInt64, parentSpanID: UInt64, kind: SpanKind, start: UInt64, end: UInt64,
        resource: UInt32
    ) {
        self.traceID = traceID
        self.spanID = spanID
        self.parentSpanID = parentSpanID
        self.kind = kind
        self.start = start
        self.end = max(start, end)
        self.resource = resource
        flags = 0
        status = .unset
        name = .empty
        traceState = .empty
        statusMessage = .empty
        attributes = .empty
        links = .empty
    }
}
