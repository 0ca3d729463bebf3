extension SpanBatch {
    /// The spans of a batch that was received, for people: what a ``SpanData`` can say of them, and of their attributes
    /// arrays, maps and bytes as JSON text. Scopes, events, dropped counts, links' trace states and what is not known
    /// are left out. A batch of another signal has none.
    public init(decoding batch: ReceivedBatch) {
        self.init()
        guard batch.signal == .traces else { return }
        batch.bytes.withUnsafeBytes { bytes in
            var decoder = SpanDecoder(bytes)
            decoder.request()
            self = decoder.batch
        }
    }
}

/// Makes spans of an ExportTraceServiceRequest that was checked.
private struct SpanDecoder {
    private let bytes: UnsafeRawBufferPointer
    private let scratch = ByteBuffer(capacity: 256)
    private(set) var batch = SpanBatch()

    init(_ bytes: UnsafeRawBufferPointer) { self.bytes = bytes }

    mutating func request() {
        forEach(0..<bytes.count) { decoder, field in
            guard field.number == 1 else { return }
            // Made for the first of its spans: one without any costs nothing.
            var resource: UInt32?
            decoder.forEach(field.value) { decoder, scope in
                guard scope.number == 2 else { return }
                decoder.forEach(scope.value) { decoder, span in
                    guard span.number == 2 else { return }
                    let index = resource ?? decoder.batch.append(decoder.resource(field.value))
                    resource = index
                    decoder.span(span.value, resource: index)
                }
            }
        }
    }

    private mutating func forEach(_ range: Range<Int>, _ body: (inout SpanDecoder, WireField) -> Void) {
        var position = range.lowerBound
        while let field = WireField(bytes, &position, end: range.upperBound) { body(&self, field) }
    }

    // MARK: Resources

    private mutating func resource(_ resourceSpans: Range<Int>) -> ResourceData {
        var attributes: [(key: String, value: ResourceValue)] = []
        forEach(resourceSpans) { decoder, field in
            guard field.number == 1 else { return }
            decoder.forEach(field.value) { decoder, field in
                guard field.number == 1 else { return }
                let pair = WirePair(decoder.bytes, of: field.value)
                attributes.append((decoder.string(pair.key), decoder.resourceValue(pair.value)))
            }
        }
        return ResourceData(attributes: attributes)
    }

    private func resourceValue(_ range: Range<Int>) -> ResourceValue {
        let member = WireField.last(bytes, of: range)
        switch member?.number {
        case 1: return .string(string(member?.value ?? 0..<0))
        case 3: return .int(Int64(bitPattern: number(.int64, member?.value ?? 0..<0)))
        case 5: return strings(member?.value ?? 0..<0).map { .strings($0) } ?? .string(json(range))
        default: return .string(json(range))
        }
    }

    /// The elements of an array of nothing but strings.
    private func strings(_ array: Range<Int>) -> [String]? {
        var strings: [String] = []
        var position = array.lowerBound
        while let field = WireField(bytes, &position, end: array.upperBound) {
            guard field.number == 1 else { continue }
            guard let member = WireField.last(bytes, of: field.value), member.number == 1 else { return nil }
            strings.append(string(member.value))
        }
        return strings
    }

    // MARK: Spans

    private mutating func span(_ range: Range<Int>, resource: UInt32) {
        var span = SpanData(
            traceID: TraceID(high: 0, low: 0), spanID: 0, parentSpanID: 0, kind: .unspecified, start: 0, end: 0,
            resource: resource)
        span.attributes.start = UInt32(batch.attributes.count)
        forEach(range) { decoder, field in
            switch field.number {
            case 1: span.traceID = decoder.traceID(field.value)
            case 2: span.spanID = decoder.word(field.value, 0)
            case 3: span.traceState = decoder.text(field.value)
            case 4: span.parentSpanID = decoder.word(field.value, 0)
            case 5: span.name = decoder.text(field.value)
            case 6:
                let number = decoder.number(.enumeration, field.value)
                span.kind = UInt8(exactly: number).flatMap { SpanKind(rawValue: $0) } ?? .unspecified
            case 7: span.start = decoder.number(.fixed64, field.value)
            case 8: span.end = decoder.number(.fixed64, field.value)
            case 9: decoder.attribute(field.value)
            case 15: decoder.status(field.value, of: &span)
            case 16: span.flags = UInt32(truncatingIfNeeded: decoder.number(.fixed32, field.value))
            default: break
            }
        }
        span.end = max(span.start, span.end)
        span.attributes.count = UInt32(batch.attributes.count) - span.attributes.start
        // Their attributes must not come between those of the span.
        span.links.start = UInt32(batch.links.count)
        forEach(range) { decoder, field in if field.number == 13 { decoder.link(field.value) } }
        span.links.count = UInt32(batch.links.count) - span.links.start
        batch.append(span)
    }

    private mutating func status(_ range: Range<Int>, of span: inout SpanData) {
        forEach(range) { decoder, field in
            switch field.number {
            case 2: span.statusMessage = decoder.text(field.value)
            case 3:
                let number = decoder.number(.enumeration, field.value)
                span.status = UInt8(exactly: number).flatMap { StatusCode(rawValue: $0) } ?? .unset
            default: break
            }
        }
    }

    private mutating func link(_ range: Range<Int>) {
        var link = SpanLink(traceID: TraceID(high: 0, low: 0), spanID: 0)
        link.attributes.start = UInt32(batch.attributes.count)
        forEach(range) { decoder, field in
            switch field.number {
            case 1: link.traceID = decoder.traceID(field.value)
            case 2: link.spanID = decoder.word(field.value, 0)
            case 4: decoder.attribute(field.value)
            default: break
            }
        }
        link.attributes.count = UInt32(batch.attributes.count) - link.attributes.start
        batch.append(link)
    }

    private mutating func attribute(_ range: Range<Int>) {
        let pair = WirePair(bytes, of: range)
        let key = text(pair.key)
        let member = WireField.last(bytes, of: pair.value)
        let place = member?.value ?? 0..<0
        let value: AttributeValue
        switch member?.number {
        case 1: value = .string(text(place))
        case 2: value = .bool(number(.bool, place) != 0)
        case 3: value = .int(Int64(bitPattern: number(.int64, place)))
        case 4: value = .double(Double(bitPattern: number(.double, place)))
        case nil: value = .text("")
        default:
            scratch.removeAll()
            PlainJSON(bytes, to: scratch).value(pair.value)
            value = .string(arena(scratch.bytes))
        }
        batch.append(Attribute(key: .named(key), value: value))
    }

    // MARK: Pieces

    private func number(_ kind: FieldKind, _ range: Range<Int>) -> UInt64 {
        var position = range.lowerBound
        return WireNumber.read(kind, bytes, &position, end: range.upperBound) ?? 0
    }

    /// Eight bytes of an id, the first the highest; 0 if it is shorter.
    private func word(_ range: Range<Int>, _ offset: Int) -> UInt64 {
        guard range.count >= offset + 8 else { return 0 }
        return UInt64(bigEndian: bytes.loadUnaligned(fromByteOffset: range.lowerBound + offset, as: UInt64.self))
    }

    private func traceID(_ range: Range<Int>) -> TraceID { TraceID(high: word(range, 0), low: word(range, 8)) }

    private mutating func text(_ range: Range<Int>) -> ArenaRange {
        arena(UnsafeRawBufferPointer(rebasing: bytes[range]))
    }

    /// Copies text; what an arena has no room for is left out.
    private mutating func arena(_ text: UnsafeRawBufferPointer) -> ArenaRange {
        guard batch.bytes.count + text.count <= Int(Int32.max) else { return .empty }
        return batch.append(bytes: text)
    }

    private func string(_ range: Range<Int>) -> String {
        String(decoding: UnsafeRawBufferPointer(rebasing: bytes[range]), as: UTF8.self)
    }

    private func json(_ range: Range<Int>) -> String {
        scratch.removeAll()
        PlainJSON(bytes, to: scratch).value(range)
        return String(decoding: scratch.bytes, as: UTF8.self)
    }
}
