/// Translates export requests from protobuf to OTLP/JSON, on one line without its end. Fields that are not known are left
/// out, since JSON cannot say them, and so are numbers and strings that have their type's default without belonging to
/// a oneof.
///
/// Protobuf's fields come in any order, and what can be there once may be there several times: the last number or text
/// counts, and messages are merged, without copying, by reading them as one that lies in several places.
struct TelemetryToJSON {
    /// Where the values of a field are in the message that is being written.
    private struct Values {
        var count = 0
        /// The first: the part of the message, and the place in it.
        var part = 0
        var position = 0
        /// The last.
        var last = 0..<0
    }

    private let bytes: UnsafeRawBufferPointer
    private let out: JSONWriter
    /// The parts of the messages that are being written, the innermost last.
    private var parts: [Range<Int>]
    /// A row for each of those messages.
    private var values: [Values] = []

    /// Appends a request that was checked.
    static func append(_ request: UnsafeRawBufferPointer, signal: Signal, to buffer: ByteBuffer) {
        var translation = TelemetryToJSON(
            bytes: request, out: JSONWriter(buffer: buffer), parts: [0..<request.count])
        translation.message(MessageType(requestOf: signal), firstPart: 0, depth: 0)
    }

    private init(bytes: UnsafeRawBufferPointer, out: JSONWriter, parts: [Range<Int>]) {
        self.bytes = bytes
        self.out = out
        self.parts = parts
    }

    /// Writes the message that lies in the parts from there on. Recursive as deep as messages may lie.
    private mutating func message(_ type: MessageType, firstPart: Int, depth: Int) {
        let row = depth * Schema.width
        let present = find(type, firstPart: firstPart, row: row)
        out.raw("{")
        var isFirst = true
        for field in Schema.fields[Int(type.rawValue)] {
            guard present & 1 << UInt32(field.number) != 0 else { continue }
            let found = values[row + Int(field.number)]
            guard field.isRepeated || field.oneof != 0 || !isDefault(field, found.last) else { continue }
            out.raw(isFirst ? "\"" : ",\"")
            isFirst = false
            out.raw(field.name)
            out.raw("\":")
            if field.isRepeated {
                list(field, found, lastPart: parts.count, depth: depth)
            } else if let message = field.message {
                let own = parts.count
                if found.count == 1 {
                    parts.append(found.last)
                } else {
                    forEach(field, found, lastPart: own) { translation, value in translation.parts.append(value) }
                }
                self.message(message, firstPart: own, depth: depth + 1)
                parts.removeSubrange(own...)
            } else {
                scalar(field, found.last)
            }
        }
        out.raw("}")
    }

    /// Finds where the values of all fields are. Of a oneof only the member that came last has any.
    /// - Returns: a bit for each field that has values; of the others the row says nothing.
    private mutating func find(_ type: MessageType, firstPart: Int, row: Int) -> UInt32 {
        if values.count < row + Schema.width {
            values.append(contentsOf: repeatElement(Values(), count: row + Schema.width - values.count))
        }
        var present: UInt32 = 0
        var members = SIMD4<UInt32>()
        for part in firstPart..<parts.count {
            var position = parts[part].lowerBound
            let end = parts[part].upperBound
            while true {
                let start = position
                guard let field = WireField(bytes, &position, end: end) else { break }
                guard field.number < Schema.width else { continue }
                let number = Int(field.number)
                let entry = Schema.entries[Schema.row(of: type) + number]
                guard let kind = entry.kind, kind.wireType == field.type || entry.isPackable && field.type == .bytes
                else { continue }
                let bit: UInt32 = 1 << field.number
                if entry.oneof != 0, members[Int(entry.oneof)] != bit {
                    present &= ~members[Int(entry.oneof)]
                    members[Int(entry.oneof)] = bit
                }
                if present & bit == 0 {
                    present |= bit
                    values[row + number] = Values(part: part, position: start)
                }
                values[row + number].count += 1
                values[row + number].last = field.value
            }
        }
        return present
    }

    /// Goes through the values of a field from its first.
    private mutating func forEach(
        _ field: FieldSchema, _ found: Values, lastPart: Int, _ body: (inout TelemetryToJSON, Range<Int>) -> Void
    ) {
        var left = found.count
        for part in found.part..<lastPart where left > 0 {
            var position = part == found.part ? found.position : parts[part].lowerBound
            let end = parts[part].upperBound
            while left > 0, let value = WireField(bytes, &position, end: end) {
                guard value.number == UInt32(field.number) else { continue }
                left -= 1
                body(&self, value.value)
            }
        }
    }

    private mutating func list(_ field: FieldSchema, _ found: Values, lastPart: Int, depth: Int) {
        out.raw("[")
        var isFirst = true
        forEach(field, found, lastPart: lastPart) { translation, value in
            if let message = field.message {
                if !isFirst { translation.out.raw(",") }
                isFirst = false
                let own = translation.parts.count
                translation.parts.append(value)
                translation.message(message, firstPart: own, depth: depth + 1)
                translation.parts.removeSubrange(own...)
            } else if field.kind.wireType == .bytes {
                if !isFirst { translation.out.raw(",") }
                isFirst = false
                translation.scalar(field, value)
            } else {
                // One, or several packed: either way nothing but numbers.
                var position = value.lowerBound
                while let bits = WireNumber.read(
                    field.kind, translation.bytes, &position, end: value.upperBound)
                {
                    if !isFirst { translation.out.raw(",") }
                    isFirst = false
                    translation.number(field.kind, bits)
                }
            }
        }
        out.raw("]")
    }

    private func isDefault(_ field: FieldSchema, _ value: Range<Int>) -> Bool {
        switch field.kind {
        case .message: return false
        case .string, .bytes, .traceID, .spanID: return value.isEmpty
        default:
            var position = value.lowerBound
            return WireNumber.read(field.kind, bytes, &position, end: value.upperBound) == 0
        }
    }

    private func scalar(_ field: FieldSchema, _ value: Range<Int>) {
        let text = UnsafeRawBufferPointer(rebasing: bytes[value])
        switch field.kind {
        case .string: out.string(text)
        case .bytes: out.base64(text)
        case .traceID, .spanID: out.hex(text)
        default:
            var position = value.lowerBound
            number(field.kind, WireNumber.read(field.kind, bytes, &position, end: value.upperBound) ?? 0)
        }
    }

    private func number(_ kind: FieldKind, _ bits: UInt64) {
        switch kind {
        case .bool: out.raw(bits == 0 ? "false" : "true")
        case .double: out.double(Double(bitPattern: bits))
        case .uint64, .fixed64:
            out.raw("\"")
            out.decimal(bits)
            out.raw("\"")
        case .int64, .sfixed64:
            out.raw("\"")
            out.decimal(Int64(bitPattern: bits))
            out.raw("\"")
        default: out.decimal(Int64(bitPattern: bits))
        }
    }
}
