/// What is asked of the spans of a batch, read in one pass over the bytes they came as. Of a field that is there twice
/// the last counts, as in protobuf; of attributes under one key likewise.
public struct ReceivedSpans: Sendable {
    /// The spans, in the order in which they stand in the request: a span's place here is its ``SpanRewrite/span``.
    public private(set) var spans: [ReceivedSpan] = []
    /// Who sent them: one for each message of the request that has spans in it.
    public private(set) var resources: [ReceivedResource] = []

    /// None.
    public init() {}

    /// Those of a batch. A batch of another signal has none.
    public init(_ batch: ReceivedBatch) { read(batch) }

    /// Takes the spans of another batch in place of those that are here, and reuses their memory.
    public mutating func read(_ batch: ReceivedBatch) {
        spans.removeAll(keepingCapacity: true)
        resources.removeAll(keepingCapacity: true)
        guard batch.signal == .traces else { return }
        spans.reserveCapacity(batch.items)
        batch.bytes.withUnsafeBytes { bytes in
            var position = 0
            while let field = WireField(bytes, &position, end: bytes.count) {
                if field.number == 1 { resourceSpans(bytes, field.value) }
            }
        }
    }

    private mutating func resourceSpans(_ bytes: UnsafeRawBufferPointer, _ range: Range<Int>) {
        var resource = ResourceReader()
        let firstSpan = spans.count
        var position = range.lowerBound
        while let field = WireField(bytes, &position, end: range.upperBound) {
            switch field.number {
            // There twice they are one, with the attributes of both.
            case 1: resource.read(bytes, field.value)
            case 2: scopeSpans(bytes, field.value)
            default: break
            }
        }
        // For spans alone: an empty message has two bytes, and there may be millions of them.
        if spans.count > firstSpan { resources.append(resource.resource(bytes)) }
    }

    private mutating func scopeSpans(_ bytes: UnsafeRawBufferPointer, _ range: Range<Int>) {
        let resource = UInt32(truncatingIfNeeded: resources.count)
        var position = range.lowerBound
        while let field = WireField(bytes, &position, end: range.upperBound) {
            guard field.number == 2 else { continue }
            var reader = SpanReader()
            spans.append(reader.read(bytes, field.value, resource: resource))
        }
    }
}

extension UnsafeRawBufferPointer {
    /// Eight bytes of an id, the first the highest; 0 if it is shorter.
    @inline(__always)
    func idWord(_ range: Range<Int>, _ offset: Int = 0) -> UInt64 {
        guard range.count >= offset + 8 else { return 0 }
        return UInt64(bigEndian: loadUnaligned(fromByteOffset: range.lowerBound + offset, as: UInt64.self))
    }

    /// A trace id; zero if it is shorter.
    @inline(__always)
    func traceID(_ range: Range<Int>) -> TraceID { TraceID(high: idWord(range), low: idWord(range, 8)) }
}
