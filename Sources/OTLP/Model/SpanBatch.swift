/// Whose spans they are: an OpenTelemetry resource. Made once per process and shared by all of its spans.
public final class ResourceData: Sendable {
    /// Its attributes, in the order in which they are exported; `service.name` is always among them.
    public let attributes: [(key: String, value: ResourceValue)]

    /// A resource.
    public init(attributes: [(key: String, value: ResourceValue)]) { self.attributes = attributes }

    /// `service.name`, for those who print.
    public var serviceName: String {
        for case (key: "service.name", value: .string(let name)) in attributes { return name }
        return "unknown_service"
    }
}

/// The value of a resource's attribute.
public enum ResourceValue: Hashable, Sendable {
    case string(String)
    case int(Int64)
    case strings([String])
}

/// By its references it is known whether there are copies of a batch.
private final class BatchMark: Sendable {}

/// Finished spans on their way to the exporters: the one type across the boundary from Bridge to OTLP.
///
/// A value: spans, attributes and links are flat arrays, text lies in one arena, and nothing is allocated per span once
/// the arrays have grown. Whoever holds it owns it; exporters share it by copy-on-write and only read.
public struct SpanBatch: Sendable {
    /// The spans, in the order in which they were finished.
    public private(set) var spans: [SpanData] = []
    /// The attributes of spans and links.
    public private(set) var attributes: [Attribute] = []
    /// The texts of attributes that are lists.
    public private(set) var texts: [ArenaRange] = []
    /// The links of spans.
    public private(set) var links: [SpanLink] = []
    /// The resources that spans name by index.
    public private(set) var resources: [ResourceData] = []
    /// The arena.
    public private(set) var bytes: [UInt8] = []
    /// What all copies of a batch have in common that is to be filled again; nil of others. Last, since it is let go of last.
    private var mark: BatchMark?

    /// An empty batch.
    public init() {}

    /// An empty batch that can tell when it is nobody else's any more, with room for about as much as another one has.
    init(like other: borrowing SpanBatch) {
        spans.reserveCapacity(SpanBatch.room(for: other.spans.count))
        attributes.reserveCapacity(SpanBatch.room(for: other.attributes.count))
        texts.reserveCapacity(SpanBatch.room(for: other.texts.count))
        links.reserveCapacity(SpanBatch.room(for: other.links.count))
        resources.reserveCapacity(SpanBatch.room(for: other.resources.count))
        bytes.reserveCapacity(SpanBatch.room(for: other.bytes.count))
        mark = BatchMark()
    }

    /// A little more than was needed: batches that follow each other are rarely of one size.
    private static func room(for count: Int) -> Int { count + count / 8 }

    /// Whether it can tell at all.
    var isMarked: Bool { mark != nil }

    /// Whether it can tell, and there is no copy of it.
    mutating func isNobodyElses() -> Bool { isKnownUniquelyReferenced(&mark) }

    /// Whether no span is in it.
    public var isEmpty: Bool { spans.isEmpty }
    /// How many spans are in it.
    public var count: Int { spans.count }

    /// Forgets everything and keeps the memory.
    public mutating func removeAll() {
        spans.removeAll(keepingCapacity: true)
        attributes.removeAll(keepingCapacity: true)
        texts.removeAll(keepingCapacity: true)
        links.removeAll(keepingCapacity: true)
        resources.removeAll(keepingCapacity: true)
        bytes.removeAll(keepingCapacity: true)
    }

    /// Adds a span, which is complete by now.
    public mutating func append(_ span: SpanData) { spans.append(span) }

    /// Adds a span of another batch, with all that belongs to it.
    ///
    /// - Parameter index: which of the other's spans.
    public mutating func append(_ index: Int, of other: borrowing SpanBatch) {
        var span = other.spans[index]
        span.resource = self.index(of: other.resources[Int(span.resource)])
        span.name = copy(span.name, of: other)
        span.traceState = copy(span.traceState, of: other)
        span.statusMessage = copy(span.statusMessage, of: other)
        let first = links.count
        for place in Int(span.links.start)..<Int(span.links.start + span.links.count) {
            var link = other.links[place]
            link.attributes = copy(link.attributes, of: other)
            links.append(link)
        }
        span.links.start = UInt32(first)
        span.attributes = copy(span.attributes, of: other)
        spans.append(span)
    }

    private mutating func copy(_ range: ArenaRange, of other: borrowing SpanBatch) -> ArenaRange {
        guard range.count > 0 else { return .empty }
        let offset = bytes.count
        other.withBytes(of: range) { bytes.append(contentsOf: $0) }
        return ArenaRange(offset: UInt32(offset), count: range.count)
    }

    private mutating func copy(_ range: IndexRange, of other: borrowing SpanBatch) -> IndexRange {
        let first = attributes.count
        for place in Int(range.start)..<Int(range.start + range.count) {
            var attribute = other.attributes[place]
            if case .named(let name) = attribute.key { attribute.key = .named(copy(name, of: other)) }
            if case .string(let text) = attribute.value { attribute.value = .string(copy(text, of: other)) }
            attributes.append(attribute)
        }
        return IndexRange(start: UInt32(first), count: range.count)
    }

    /// The index of a resource, which is added if it is not there yet.
    public mutating func index(of resource: ResourceData) -> UInt32 {
        // A batch comes from few processes, and the same ones follow each other: the last is the likeliest.
        if let found = resources.lastIndex(where: { $0 === resource }) { return UInt32(found) }
        return append(resource)
    }

    /// Adds a resource that is not there yet, and gives its index.
    mutating func append(_ resource: ResourceData) -> UInt32 {
        resources.append(resource)
        return UInt32(resources.count - 1)
    }

    /// Copies bytes into the arena.
    public mutating func append(bytes source: UnsafeRawBufferPointer) -> ArenaRange {
        let offset = bytes.count
        bytes.append(contentsOf: source)
        return ArenaRange(offset: UInt32(offset), count: UInt32(source.count))
    }

    /// Copies text that is written in the source into the arena.
    public mutating func append(text: StaticString) -> ArenaRange {
        append(bytes: UnsafeRawBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount))
    }

    /// Copies a string into the arena.
    public mutating func append(string: String) -> ArenaRange {
        var string = string
        return string.withUTF8 { append(bytes: UnsafeRawBufferPointer($0)) }
    }

    /// Adds an attribute to the span or link whose attributes are being written.
    public mutating func append(_ attribute: Attribute) { attributes.append(attribute) }

    /// Adds a text to the attribute whose list is being written.
    public mutating func append(text range: ArenaRange) { texts.append(range) }

    /// Puts another value in the place of an attribute's.
    public mutating func replaceValue(ofAttribute index: Int, by value: AttributeValue) {
        attributes[index].value = value
    }

    /// Puts another text in the place of one of a list.
    public mutating func replaceText(_ index: Int, by range: ArenaRange) { texts[index] = range }

    /// Adds a link to the span whose links are being written.
    public mutating func append(_ link: SpanLink) { links.append(link) }

    /// The bytes of a range, for the time of the call.
    @inlinable
    public func withBytes<R>(of range: ArenaRange, _ body: (UnsafeRawBufferPointer) throws -> R) rethrows -> R {
        try bytes.withUnsafeBytes {
            try body(UnsafeRawBufferPointer(rebasing: $0[Int(range.offset)..<Int(range.offset + range.count)]))
        }
    }

    /// Text of a range, what is not UTF-8 replaced: for those who print.
    public func string(_ range: ArenaRange) -> String {
        withBytes(of: range) { String(decoding: $0, as: UTF8.self) }
    }
}
