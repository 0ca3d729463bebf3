/// Translates an export request from OTLP/JSON to protobuf, straight from the one to the other: protobuf's JSON mapping
/// (https://protobuf.dev/programming-guides/json/) with ids in hexadecimal
/// (https://opentelemetry.io/docs/specs/otlp/#json-protobuf-encoding). Keys that are not known are passed over, `null`
/// is a field that is not there, and of a key that is there twice the last counts.
struct TelemetryFromJSON {
    private var reader: JSONReader
    private var out = NestedBytes()
    private var plain = ByteBuffer(capacity: 256)
    private var depth = 0

    /// The request in protobuf. Ids of spans may be ill-formed in it.
    static func translate(_ json: UnsafeRawBufferPointer, signal: Signal) throws(MalformedTelemetry) -> [UInt8] {
        guard json.count <= Int(Int32.max) else { throw MalformedTelemetry("larger than 2 GiB") }
        guard Text.isUTF8(json) else { throw MalformedTelemetry("not UTF-8") }
        // Each message is an object and may be in an array.
        var translation = TelemetryFromJSON(reader: JSONReader(json, deepest: 2 * Wire.deepest + 2))
        try translation.message(MessageType(requestOf: signal))
        guard translation.reader.isAtEnd() else { throw MalformedTelemetry("something follows the request") }
        return translation.out.joined()
    }

    private init(reader: JSONReader) { self.reader = reader }

    /// Translates an object. Recursive as deep as messages may lie.
    private mutating func message(_ type: MessageType) throws(MalformedTelemetry) {
        guard depth <= Wire.deepest else { throw MalformedTelemetry("nested deeper than 100") }
        depth += 1
        defer { depth -= 1 }
        guard reader.open(UInt8(ascii: "{")) else { throw MalformedTelemetry("not JSON, or an object is missing") }
        if reader.close(UInt8(ascii: "}")) { return }
        // Fields that were written already: what is there twice is written even if it has the default then.
        var seen: UInt32 = 0
        repeat {
            guard let key = reader.text(), reader.take(UInt8(ascii: ":")) else { throw MalformedTelemetry("not JSON") }
            guard let field = field(key, of: type) else {
                guard reader.skip() else { throw MalformedTelemetry("not JSON, or nested too deep") }
                continue
            }
            if reader.take(word: "null") { continue }
            if field.isRepeated {
                try list(field)
            } else if let message = field.message {
                out.begin(field.number)
                try self.message(message)
                out.end()
            } else {
                let bit = UInt32(1) << UInt32(field.number)
                if try value(field, in: type, needsDefault: field.oneof != 0 || seen & bit != 0) { seen |= bit }
            }
        } while reader.take(UInt8(ascii: ","))
        guard reader.close(UInt8(ascii: "}")) else { throw MalformedTelemetry("not JSON") }
    }

    private mutating func field(_ key: JSONText, of type: MessageType) -> FieldSchema? {
        Schema.field(unescaped(key), of: type)
    }

    /// Translates an array. Numbers are packed.
    private mutating func list(_ field: FieldSchema) throws(MalformedTelemetry) {
        guard reader.open(UInt8(ascii: "[")) else { throw MalformedTelemetry(field, "an array is expected") }
        if reader.close(UInt8(ascii: "]")) { return }
        let isPacked = field.kind.wireType != .bytes
        if isPacked { out.begin(field.number) }
        repeat {
            if let message = field.message {
                out.begin(field.number)
                if !reader.take(word: "null") { try self.message(message) }
                out.end()
            } else if isPacked {
                try number(field, tagged: false, needsDefault: true)
            } else {
                try text(field, needsDefault: true)
            }
        } while reader.take(UInt8(ascii: ","))
        if isPacked { out.end() }
        guard reader.close(UInt8(ascii: "]")) else { throw MalformedTelemetry(field, "an array does not end") }
    }

    /// Translates a value that is no message; whether something was written.
    @discardableResult
    private mutating func value(
        _ field: FieldSchema, in type: MessageType, needsDefault: Bool
    ) throws(MalformedTelemetry) -> Bool {
        switch field.kind {
        case .string: return try text(field, needsDefault: needsDefault)
        case .bytes: return try bytes(field, needsDefault: needsDefault)
        case .traceID: return try id(field, count: 16, in: type, needsDefault: needsDefault)
        case .spanID: return try id(field, count: 8, in: type, needsDefault: needsDefault)
        default: return try number(field, tagged: true, needsDefault: needsDefault)
        }
    }

    // MARK: Text and bytes

    @discardableResult
    private mutating func text(_ field: FieldSchema, needsDefault: Bool) throws(MalformedTelemetry) -> Bool {
        guard let text = reader.text() else { throw MalformedTelemetry(field, "a string is expected") }
        if text.bytes.isEmpty, !needsDefault { return false }
        write(field.number, unescaped(text))
        return true
    }

    private mutating func bytes(_ field: FieldSchema, needsDefault: Bool) throws(MalformedTelemetry) -> Bool {
        guard let text = reader.text() else { throw MalformedTelemetry(field, "a string is expected") }
        let letters = unescaped(text)
        if letters.isEmpty, !needsDefault { return false }
        out.begin(field.number)
        let isGood = Base64.decode(letters) { out.append($0) }
        out.end()
        guard isGood else { throw MalformedTelemetry(field, "not base64") }
        return true
    }

    private mutating func id(
        _ field: FieldSchema, count: Int, in type: MessageType, needsDefault: Bool
    ) throws(MalformedTelemetry) -> Bool {
        guard let text = reader.text() else { throw MalformedTelemetry(field, "a string is expected") }
        let digits = unescaped(text)
        if digits.isEmpty, !needsDefault { return false }
        let isGood = Hexadecimal.decode(digits, count: count) { write(field.number, $0) }
        if isGood { return true }
        // Costs this span only, see TelemetryCheck. Elsewhere it counts as if it were not there (logs.proto).
        switch type {
        case .span, .spanLink: withUnsafeBytes(of: UInt8(0)) { write(field.number, digits.isEmpty ? digits : $0) }
        default: write(field.number, UnsafeRawBufferPointer(start: nil, count: 0))
        }
        return true
    }

    private func write(_ number: UInt8, _ bytes: UnsafeRawBufferPointer) {
        out.tag(number, .bytes)
        out.varint(UInt64(bytes.count))
        out.append(bytes)
    }

    /// What a string says; valid until the next one is asked for.
    private func unescaped(_ text: JSONText) -> UnsafeRawBufferPointer {
        guard text.hasEscapes else { return text.bytes }
        plain.removeAll()
        text.unescape { plain.append($0) }
        return plain.bytes
    }

    // MARK: Numbers

    /// Translates a number, which may be written as a string, or a truth value; whether something was written.
    @discardableResult
    private mutating func number(
        _ field: FieldSchema, tagged: Bool, needsDefault: Bool
    ) throws(MalformedTelemetry) -> Bool {
        let bits = try bits(field)
        if bits == 0, !needsDefault { return false }
        let type = field.kind.wireType
        if tagged { out.tag(field.number, type) }
        switch type {
        case .fixed64: out.fixed(bits)
        case .fixed32: out.fixed(UInt32(truncatingIfNeeded: bits))
        default: out.varint(bits)
        }
        return true
    }

    /// The number as it goes onto the wire.
    private mutating func bits(_ field: FieldSchema) throws(MalformedTelemetry) -> UInt64 {
        if field.kind == .bool {
            if reader.take(word: "true") { return 1 }
            guard reader.take(word: "false") else { throw MalformedTelemetry(field, "true or false is expected") }
            return 0
        }
        var digits: UnsafeRawBufferPointer?
        if reader.next() == UInt8(ascii: "\"") {
            digits = reader.text().map { unescaped($0) }
            if let digits, let special = Self.special(digits, field) { return special }
        } else {
            digits = reader.number()
        }
        guard let digits, let bits = Self.bits(digits, field.kind) else {
            throw MalformedTelemetry(field, "a number that it can hold is expected")
        }
        return bits
    }

    /// A name in place of a number.
    private static func special(_ name: UnsafeRawBufferPointer, _ field: FieldSchema) -> UInt64? {
        if let names = field.names { return names.number(of: name).map { UInt64($0) } }
        guard field.kind == .double else { return nil }
        func isWord(_ word: StaticString) -> Bool { word.withUTF8Buffer { name.elementsEqual($0) } }
        if isWord("NaN") { return Double.nan.bitPattern }
        if isWord("Infinity") { return Double.infinity.bitPattern }
        return isWord("-Infinity") ? (-Double.infinity).bitPattern : nil
    }

    private static func bits(_ digits: UnsafeRawBufferPointer, _ kind: FieldKind) -> UInt64? {
        switch kind {
        case .double: JSONNumber.double(digits)?.bitPattern
        case .int64, .sfixed64: JSONNumber.integer(digits, as: Int64.self).map { UInt64(bitPattern: $0) }
        case .uint64, .fixed64: JSONNumber.integer(digits, as: UInt64.self)
        case .uint32, .fixed32: JSONNumber.integer(digits, as: UInt32.self).map { UInt64($0) }
        case .sint32:
            JSONNumber.integer(digits, as: Int32.self).map { UInt64(UInt32(bitPattern: $0 &<< 1 ^ $0 &>> 31)) }
        default: JSONNumber.integer(digits, as: Int32.self).map { UInt64(bitPattern: Int64($0)) }
        }
    }
}
