/// One value of Redis's serialization protocol, RESP2 or RESP3 (https://redis.io/docs/latest/develop/reference/protocol-spec/),
/// as ``RESPReader`` comes upon it: a leaf when all of it has passed, an aggregate when it begins.
struct RESPValue {
    /// The byte that says what it is.
    var type: UInt8
    /// How many aggregates it lies in; 0 for a message's own value.
    var depth: Int
    /// A leaf's contents from their beginning, at most ``RESPReader/limit`` bytes of them and only up to where some are
    /// missing; none of a streamed string. Borrowed until the reader's next call.
    var text: UnsafeRawBufferPointer
    /// Bytes of a leaf's contents, or elements of an aggregate (two for each pair of a map), 0 where that is not said.
    var length: UInt64
    /// Whether it is a null in RESP2's way, by a length of -1.
    var isNull = false
    /// Whether it belongs to an attribute: data beside the message, which is no part of it.
    var isAside = false
    /// Whether the message ends with it.
    var endsMessage = false

    /// Whether all of a leaf's contents are in ``text``.
    var isWhole: Bool { UInt64(text.count) == length }
    /// Whether it is an error, simple or in bulk.
    var isError: Bool { type == RESPType.error || type == RESPType.bulkError }
}

/// The bytes that begin values.
enum RESPType {
    static let string = UInt8(ascii: "+")
    static let error = UInt8(ascii: "-")
    static let integer = UInt8(ascii: ":")
    static let bulk = UInt8(ascii: "$")
    static let array = UInt8(ascii: "*")
    static let null = UInt8(ascii: "_")
    static let boolean = UInt8(ascii: "#")
    static let double = UInt8(ascii: ",")
    static let bigNumber = UInt8(ascii: "(")
    static let bulkError = UInt8(ascii: "!")
    static let verbatim = UInt8(ascii: "=")
    static let map = UInt8(ascii: "%")
    static let set = UInt8(ascii: "~")
    static let attribute = UInt8(ascii: "|")
    static let push = UInt8(ascii: ">")
    /// A part of a streamed string.
    static let part = UInt8(ascii: ";")
    /// The end of a streamed aggregate.
    static let end = UInt8(ascii: ".")

    /// Whether values begin with a byte.
    static func isType(_ byte: UInt8) -> Bool {
        switch byte {
        case string, error, integer, bulk, array, null, boolean, double, bigNumber, bulkError, verbatim, map, set,
            attribute, push:
            true
        default: false
        }
    }
}
