/// Writes values of attributes as plain JSON, for people: arrays and maps as themselves, bytes in base64
/// (https://opentelemetry.io/docs/specs/otel/common/#anyvalue-representation-for-non-otlp-protocols).
struct PlainJSON {
    private let bytes: UnsafeRawBufferPointer
    private let out: JSONWriter

    /// Of a request that was checked.
    init(_ bytes: UnsafeRawBufferPointer, to buffer: ByteBuffer) {
        self.bytes = bytes
        out = JSONWriter(buffer: buffer)
    }

    /// Writes an AnyValue. Recursive as deep as messages may lie.
    func value(_ range: Range<Int>) {
        guard let member = WireField.last(bytes, of: range) else { return out.raw("null") }
        let text = UnsafeRawBufferPointer(rebasing: bytes[member.value])
        let kind = Schema.entries[Schema.row(of: .anyValue) + Int(member.number)].kind
        switch kind {
        case .string: out.string(text)
        case .bytes: out.base64(text)
        case .message where member.number == 5: array(member.value)
        case .message: map(member.value)
        default:
            var position = member.value.lowerBound
            let bits = kind.flatMap { WireNumber.read($0, bytes, &position, end: member.value.upperBound) } ?? 0
            switch kind {
            case .bool: out.raw(bits == 0 ? "false" : "true")
            case .double: out.double(Double(bitPattern: bits))
            default: out.decimal(Int64(bitPattern: bits))
            }
        }
    }

    private func array(_ range: Range<Int>) {
        out.raw("[")
        var isFirst = true
        var position = range.lowerBound
        while let field = WireField(bytes, &position, end: range.upperBound) {
            guard field.number == 1, field.type == .bytes else { continue }
            if !isFirst { out.raw(",") }
            isFirst = false
            value(field.value)
        }
        out.raw("]")
    }

    private func map(_ range: Range<Int>) {
        out.raw("{")
        var isFirst = true
        var position = range.lowerBound
        while let field = WireField(bytes, &position, end: range.upperBound) {
            guard field.number == 1, field.type == .bytes else { continue }
            if !isFirst { out.raw(",") }
            isFirst = false
            let pair = WirePair(bytes, of: field.value)
            out.string(UnsafeRawBufferPointer(rebasing: bytes[pair.key]))
            out.raw(":")
            value(pair.value)
        }
        out.raw("}")
    }
}
