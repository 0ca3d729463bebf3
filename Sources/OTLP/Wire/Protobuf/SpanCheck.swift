/// Whether a span's ids are well-formed: those of the span itself, which OTLP requires, and those of its links, which
/// may be absent. Of an id that is there twice the last counts, as in protobuf.
struct SpanCheck {
    /// The schema's rows of spans and links.
    static let span = Schema.row(of: .span)
    static let link = Schema.row(of: .spanLink)

    private var hasTraceID = false
    private var hasSpanID = false
    private var hasGoodParent = true
    private var hasGoodLinks = true

    /// Takes an id, which is a field of the message of a row.
    @inline(__always)
    mutating func see(_ number: UInt32, row: Int, _ id: UnsafeRawBufferPointer) {
        if row == Self.span {
            switch number {
            case 1: hasTraceID = id.count == 16 && Self.word(id, 0) | Self.word(id, 8) != 0
            case 2: hasSpanID = id.count == 8 && Self.word(id, 0) != 0
            default: hasGoodParent = id.count == 8 || id.count == 0
            }
        } else if row == Self.link, id.count != 0, id.count != (number == 1 ? 16 : 8) {
            hasGoodLinks = false
        }
    }

    @inline(__always)
    private static func word(_ id: UnsafeRawBufferPointer, _ offset: Int) -> UInt64 {
        id.loadUnaligned(fromByteOffset: offset, as: UInt64.self)
    }

    /// What is wrong with the span; nil if nothing is.
    @inline(__always)
    var problem: StaticString? {
        if hasTraceID && hasSpanID && hasGoodParent && hasGoodLinks { return nil }
        if !hasTraceID { return "a trace_id that is not 16 bytes or all zero" }
        if !hasSpanID { return "a span_id that is not 8 bytes or all zero" }
        return hasGoodParent ? "a link's id of a wrong length" : "a parent_span_id that is not 8 bytes"
    }
}
