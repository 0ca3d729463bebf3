/// Reads a request of OTLP/JSON in one pass: what is asked of its spans, and where that stands. Names are taken in
/// lowerCamelCase and as in the original, as protobuf's JSON mapping does; of a member that is there twice the last
/// counts; what is not known is passed over.
struct LinePass {
    /// How deep a request may nest.
    private static let deepest = 2 * Wire.deepest + 2

    var spans: [LineSpan] = []
    var owners: [UInt64] = []
    var places: [SpanPlaces] = []

    private let text: UnsafeRawBufferPointer
    private var reader: JSONReader
    /// What a string with escapes says; overwritten by the next one that is a value.
    private let plain: ByteBuffer

    init(_ text: UnsafeRawBufferPointer, _ plain: ByteBuffer) {
        self.text = text
        self.plain = plain
        reader = JSONReader(text, deepest: LinePass.deepest)
    }

    /// Reads the request.
    mutating func request() throws(MalformedLine) {
        guard reader.next() == UInt8(ascii: "{") else { throw MalformedLine("an object is expected") }
        try object { pass, key throws(MalformedLine) in
            if pass.names(key, "resourceSpans", "resource_spans") {
                try pass.list { pass throws(MalformedLine) in try pass.resourceSpans() }
            } else {
                try pass.skip()
            }
        }
        guard reader.isAtEnd() else { throw MalformedLine("something follows the request") }
    }

    private mutating func resourceSpans() throws(MalformedLine) {
        var owner = LineOwner()
        let first = spans.count
        try object { pass, key throws(MalformedLine) in
            if pass.names(key, "resource", "resource") {
                try pass.object { pass, key throws(MalformedLine) in
                    guard pass.names(key, "attributes", "attributes") else { return try pass.skip() }
                    try pass.list { pass throws(MalformedLine) in
                        try pass.pair { owner.take($0, $1) }
                    }
                }
            } else if pass.names(key, "scopeSpans", "scope_spans") {
                try pass.list { pass throws(MalformedLine) in
                    try pass.object { pass, key throws(MalformedLine) in
                        guard pass.names(key, "spans", "spans") else { return try pass.skip() }
                        try pass.list { pass throws(MalformedLine) in try pass.span() }
                    }
                }
            } else {
                try pass.skip()
            }
        }
        // For spans alone: there may be millions of resources without.
        if spans.count > first { owners.append(owner.value) }
    }

    private mutating func span() throws(MalformedLine) {
        var span = LineSpan()
        span.owner = UInt32(truncatingIfNeeded: owners.count)
        var attributes = LineAttributes()
        var places = SpanPlaces()
        var isFollowed = false
        var (hasTraceID, hasParent, hasAttributes) = (false, false, false)
        guard reader.next() == UInt8(ascii: "{") else { throw MalformedLine("a span is expected to be an object") }
        let start = reader.position + 1
        try object { pass, key throws(MalformedLine) in
            isFollowed = true
            if pass.names(key, "traceId", "trace_id") {
                hasTraceID = true
                places.add(.traceID, at: try pass.value())
            } else if pass.names(key, "parentSpanId", "parent_span_id") {
                hasParent = true
                places.add(.parentSpanID, at: try pass.value())
            } else if pass.names(key, "spanId", "span_id") {
                span.spanID = try pass.spanID()
            } else if pass.names(key, "kind", "kind") {
                span.kind = try pass.kind()
            } else if pass.names(key, "startTimeUnixNano", "start_time_unix_nano") {
                span.start = try pass.integer() ?? 0
            } else if pass.names(key, "endTimeUnixNano", "end_time_unix_nano") {
                span.end = try pass.integer() ?? 0
            } else if pass.names(key, "name", "name") {
                if case .text(let name) = try pass.scalar() { span.operation = TextHash.of(name) }
            } else if pass.names(key, "attributes", "attributes"), pass.reader.next() == UInt8(ascii: "[") {
                try pass.attributes(into: &attributes, &places, isFirst: !hasAttributes)
                hasAttributes = true
            } else if pass.names(key, "attributes", "attributes") {
                guard pass.reader.next() == UInt8(ascii: "n") else {
                    throw MalformedLine("attributes are expected to be an array")
                }
                hasAttributes = true
                places.add(.list, at: try pass.value())
            } else {
                try pass.skip()
            }
        }
        places.add(
            .members(
                needsTraceID: !hasTraceID, needsParent: !hasParent, needsAttributes: !hasAttributes,
                isFollowed: isFollowed), at: start..<start)
        attributes.finish(&span)
        spans.append(span)
        self.places.append(places)
    }

    /// Reads the attributes of a span. What says how its parent was found is written anew where it stands.
    private mutating func attributes(
        into attributes: inout LineAttributes, _ places: inout SpanPlaces, isFirst: Bool
    ) throws(MalformedLine) {
        let start = reader.position + 1
        var (needsMethod, needsConfidence, isFollowed) = (isFirst, isFirst, false)
        try list { pass throws(MalformedLine) in
            isFollowed = true
            _ = pass.reader.next()
            let first = pass.reader.position
            var own: SpanPlaces.What?
            try pass.pair { key, value in
                if LineAttributes.isKey(key, "interspan.link.method") { own = .method }
                if LineAttributes.isKey(key, "interspan.link.confidence") { own = .confidence }
                attributes.take(key, value)
            }
            guard let own else { return }
            if case .method = own { needsMethod = false } else { needsConfidence = false }
            places.add(own, at: first..<pass.reader.position)
        }
        places.add(
            .attributes(needsMethod: needsMethod, needsConfidence: needsConfidence, isFollowed: isFollowed),
            at: start..<start)
    }

    // MARK: - Attributes

    /// Reads a KeyValue.
    private mutating func pair(
        _ body: (UnsafeRawBufferPointer, LineAttributes.Value) -> Void
    ) throws(MalformedLine) {
        var key: JSONText?
        var value: Range<Int>?
        try object { pass, name throws(MalformedLine) in
            if pass.names(name, "key", "key"), pass.reader.next() == UInt8(ascii: "\"") {
                key = pass.reader.text()
                guard key != nil else { throw MalformedLine("not JSON") }
            } else if pass.names(name, "value", "value") {
                value = try pass.value()
            } else {
                try pass.skip()
            }
        }
        guard let key, let value else { return }
        // Keys with escapes are none of those that are asked for.
        guard !key.hasEscapes else { return }
        var inner = LinePass(UnsafeRawBufferPointer(rebasing: text[value]), plain)
        body(key.bytes, try inner.anyValue())
    }

    /// Reads an AnyValue: a text or a number, or the first text of an array, as headers are.
    private mutating func anyValue() throws(MalformedLine) -> LineAttributes.Value {
        guard reader.next() == UInt8(ascii: "{") else { return .other }
        var value = LineAttributes.Value.other
        try object { pass, key throws(MalformedLine) in
            if pass.names(key, "stringValue", "string_value") {
                value = try pass.scalar()
            } else if pass.names(key, "intValue", "int_value") {
                value = try pass.integer().map { .number($0) } ?? .other
            } else if pass.names(key, "arrayValue", "array_value"), pass.reader.next() == UInt8(ascii: "{") {
                value = try pass.firstOfArray()
            } else {
                try pass.skip()
            }
        }
        return value
    }

    private mutating func firstOfArray() throws(MalformedLine) -> LineAttributes.Value {
        var first: LineAttributes.Value?
        try object { pass, key throws(MalformedLine) in
            guard pass.names(key, "values", "values") else { return try pass.skip() }
            try pass.list { pass throws(MalformedLine) in
                guard first == nil, pass.reader.next() == UInt8(ascii: "{") else { return try pass.skip() }
                try pass.object { pass, key throws(MalformedLine) in
                    if pass.names(key, "stringValue", "string_value") {
                        first = try pass.scalar()
                    } else {
                        try pass.skip()
                    }
                }
            }
        }
        return first ?? .other
    }

    // MARK: - Values

    private mutating func spanID() throws(MalformedLine) -> UInt64 {
        guard case .text(let digits) = try scalar() else { return 0 }
        var id: UInt64 = 0
        _ = Hexadecimal.decode(digits, count: 8) { id = $0.idWord(0..<8) }
        return id
    }

    private mutating func kind() throws(MalformedLine) -> SpanKind {
        guard reader.next() == UInt8(ascii: "\"") else {
            return try integer().flatMap { UInt8(exactly: $0) }.flatMap { SpanKind(rawValue: $0) } ?? .unspecified
        }
        guard case .text(let name) = try scalar() else { return .unspecified }
        let number = EnumNames.spanKind.number(of: name) ?? JSONNumber.integer(name, as: Int32.self) ?? 0
        return UInt8(exactly: number).flatMap { SpanKind(rawValue: $0) } ?? .unspecified
    }

    /// A number from 0, which may be written as a string; nil of anything else.
    private mutating func integer() throws(MalformedLine) -> UInt64? {
        switch reader.next() {
        case UInt8(ascii: "\""):
            guard case .text(let digits) = try scalar() else { return nil }
            return JSONNumber.integer(digits, as: UInt64.self)
        case .some(UInt8(ascii: "-")), .some(UInt8(ascii: "0")...UInt8(ascii: "9")):
            guard let digits = reader.number() else { throw MalformedLine("not JSON") }
            return JSONNumber.integer(digits, as: UInt64.self)
        default:
            try skip()
            return nil
        }
    }

    /// A text, unescaped; it lasts until the next one is asked for. Anything else is passed over.
    private mutating func scalar() throws(MalformedLine) -> LineAttributes.Value {
        guard reader.next() == UInt8(ascii: "\"") else {
            try skip()
            return .other
        }
        guard let text = reader.text() else { throw MalformedLine("not JSON") }
        guard text.hasEscapes else { return .text(text.bytes) }
        plain.removeAll()
        text.unescape { plain.append($0) }
        return .text(plain.bytes)
    }

    /// Where the next value stands, which is passed over.
    private mutating func value() throws(MalformedLine) -> Range<Int> {
        _ = reader.next()
        let start = reader.position
        try skip()
        return start..<reader.position
    }

    private mutating func skip() throws(MalformedLine) {
        guard reader.skip() else { throw MalformedLine("not JSON, or nested too deep") }
    }

    // MARK: - Structure

    /// Goes through the members of an object; `null` has none.
    private mutating func object(
        _ member: (inout LinePass, JSONText) throws(MalformedLine) -> Void
    ) throws(MalformedLine) {
        if reader.take(word: "null") { return }
        guard reader.open(UInt8(ascii: "{")) else { throw MalformedLine("not JSON, or an object is missing") }
        if reader.close(UInt8(ascii: "}")) { return }
        repeat {
            guard let key = reader.text(), reader.take(UInt8(ascii: ":")) else { throw MalformedLine("not JSON") }
            try member(&self, key)
        } while reader.take(UInt8(ascii: ","))
        guard reader.close(UInt8(ascii: "}")) else { throw MalformedLine("not JSON") }
    }

    /// Goes through the elements of an array; `null` has none.
    private mutating func list(
        _ element: (inout LinePass) throws(MalformedLine) -> Void
    ) throws(MalformedLine) {
        if reader.take(word: "null") { return }
        guard reader.open(UInt8(ascii: "[")) else { throw MalformedLine("not JSON, or an array is missing") }
        if reader.close(UInt8(ascii: "]")) { return }
        repeat { try element(&self) } while reader.take(UInt8(ascii: ","))
        guard reader.close(UInt8(ascii: "]")) else { throw MalformedLine("not JSON") }
    }

    /// Whether a member has one of two names. What was read last stays where it is.
    private func names(_ key: JSONText, _ name: StaticString, _ former: StaticString) -> Bool {
        guard key.hasEscapes else {
            return LineAttributes.isKey(key.bytes, name) || LineAttributes.isKey(key.bytes, former)
        }
        return key.says(name) || key.says(former)
    }
}
