/// What a field holds, and so how it is written in protobuf (https://protobuf.dev/programming-guides/encoding/) and in
/// JSON (https://protobuf.dev/programming-guides/json/, with OTLP's exceptions).
enum FieldKind: UInt8, Sendable {
    case message
    case string
    /// Base64 in JSON.
    case bytes
    /// 16 bytes; hexadecimal in JSON.
    case traceID
    /// 8 bytes; hexadecimal in JSON.
    case spanID
    case bool
    case enumeration
    case int32
    case uint32
    case sint32
    /// This and the others of 64 bits: a string in JSON.
    case int64
    case uint64
    case fixed32
    case fixed64
    case sfixed64
    case double

    /// How a value is written.
    var wireType: WireType {
        switch self {
        case .message, .string, .bytes, .traceID, .spanID: .bytes
        case .bool, .enumeration, .int32, .uint32, .sint32, .int64, .uint64: .varint
        case .fixed32: .fixed32
        case .fixed64, .sfixed64, .double: .fixed64
        }
    }
}

/// How a value is written in protobuf, with its number there.
enum WireType: UInt8, Sendable {
    case varint = 0
    case fixed64 = 1
    case bytes = 2
    case groupStart = 3
    case groupEnd = 4
    case fixed32 = 5
}
