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

/// Finished spans on their way to the exporters: the one type across the boundary from Bridge to OTLP.
///
/// A value: spans, attributes and links are flat arrays, text lies in one arena, and nothing is allocated per span once
/// the arrays have grown. Whoever holds it owns it; exporters share it by copy-on-write and only read.
public struct SpanBatch: Sendable {
    /// The spans, in the order in which they were finished.
    public private(set) var spans: [SpanData] = []
    /// The attributes of spans and links.
    public private(set) var attributes: [Attribute] = []
    /// The links of spans.
    public private(set) var links: [SpanLink] = []
    /// The resources that spans name by index.
    public private(set) var resources: [ResourceData] = []
    /// The arena.
    public private(set) var bytes: [UInt8] = []

    /// An empty batch.
    public init() {}

    /// Whether no span is in it.
    public var isEmpty: Bool { spans.isEmpty }
    /// How many spans are in it.
    public var count: Int { spans.count }

    /// Forgets everything and keeps the memory.
    public mutating func removeAll() {
        spans.removeAll(keepingCapacity: true)
        attributes.removeAll(keepingCapacity: true)
        links.removeAll(keepingCapacity: true)
        resources.removeAll(keepingCapacity: true)
        bytes.removeAll(keepingCapacity: true)
    }

    /// Adds a span, which is complete by now.
    public mutating func append(_ span: SpanData) { spans.append(span) }

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

    /// Adds a link to the span whose links are being written.
    public mutating func append(_ link: SpanLink) { links.append(link) }

    /// The bytes of a range, for the time of the call.
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
