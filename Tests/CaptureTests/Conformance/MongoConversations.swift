/// Sample conversations of MongoDB.
enum MongoConversations {
    /// A value of a BSON document, for tests.
    indirect enum Value {
        case int(Int32)
        case double(Double)
        case text(String)
        case document([(String, Value)])
        case array([Value])

        var type: UInt8 {
            switch self {
            case .double: 1
            case .text: 2
            case .document: 3
            case .array: 4
            case .int: 16
            }
        }

        var bytes: [UInt8] {
            switch self {
            case .int(let number): little(UInt32(bitPattern: number))
            case .double(let number): withUnsafeBytes(of: number.bitPattern.littleEndian) { Array($0) }
            case .text(let text): little(UInt32(text.utf8.count + 1)) + Array(text.utf8) + [0]
            case .document(let elements): bson(elements)
            case .array(let values): bson(values.enumerated().map { (String($0.offset), $0.element) })
            }
        }
    }

    static func little(_ number: UInt32) -> [UInt8] { withUnsafeBytes(of: number.littleEndian) { Array($0) } }

    static func bson(_ elements: [(String, Value)]) -> [UInt8] {
        var body: [UInt8] = []
        for (name, value) in elements { body += [value.type] + Array(name.utf8) + [0] + value.bytes }
        return little(UInt32(body.count + 5)) + body + [0]
    }

    static func message(_ id: UInt32, to: UInt32 = 0, kind: UInt32 = 2013, _ body: [UInt8]) -> [UInt8] {
        little(UInt32(body.count + 16)) + little(id) + little(to) + little(kind) + body
    }

    /// A message of one section, and more behind it.
    static func op(
        _ id: UInt32, to: UInt32 = 0, flags: UInt32 = 0, _ elements: [(String, Value)], more: [UInt8] = []
    ) -> [UInt8] {
        message(id, to: to, little(flags) + [0] + bson(elements) + more)
    }

    /// A section that is a list of documents.
    static func list(_ name: String, _ documents: [[(String, Value)]]) -> [UInt8] {
        let body = Array(name.utf8) + [0] + documents.flatMap { bson($0) }
        return [1] + little(UInt32(body.count + 4)) + body
    }

    private static let find = op(
        7, [("find", .text("users")), ("filter", .document([("name", .text("s3cret"))])), ("$db", .text("shop"))])
    private static let found = op(
        101, to: 7,
        [
            (
                "cursor",
                .document([("firstBatch", .array([.document([("a", .int(1))])])), ("ns", .text("shop.users"))])
            ),
            ("ok", .double(1)),
        ])
    private static let insert = op(
        8, [("insert", .text("carts")), ("ordered", .int(1)), ("$db", .text("shop"))],
        more: list("documents", [[("_id", .int(1))], [("_id", .int(2))]]))
    private static let duplicate = op(
        102, to: 8,
        [
            ("n", .int(1)), ("writeErrors", .array([.document([("index", .int(1)), ("code", .int(11000))])])),
            ("ok", .double(1)),
        ])
    private static let quiet = op(9, flags: 2, [("delete", .text("logs")), ("$db", .text("shop"))])
    private static let broken = op(10, [("nope", .int(1)), ("$db", .text("admin"))])
    private static let unknown = op(
        103, to: 10, [("ok", .double(0)), ("errmsg", .text("no such command")), ("code", .int(59))])
    private static let ping = op(11, [("ping", .int(1)), ("$db", .text("admin"))])
    private static let pong = op(104, to: 11, [("ok", .double(1))])
    private static let more = op(
        12, flags: 1 << 16, [("getMore", .int(5)), ("collection", .text("users")), ("$db", .text("shop"))])
    private static let stream = [
        op(105, to: 12, flags: 2, [("ok", .double(1))]), op(106, to: 105, flags: 2, [("ok", .int(1)), ("x", .int(1))]),
        op(107, to: 106, [("ok", .int(1))]),
    ]
    private static let query = message(
        13, kind: 2004,
        little(0) + Array("admin.$cmd".utf8) + [0] + little(0) + little(UInt32.max) + bson([("buildInfo", .int(1))]))
    private static let old = message(
        108, to: 13, kind: 1, little(8) + little(0) + little(0) + little(0) + little(1) + bson([("ok", .double(1))]))
    private static let packed = message(
        14, kind: 2012, little(2013) + little(90) + [2] + Array(repeating: 0x78, count: 20))
    private static let unpacked = message(109, to: 14, kind: 2012, little(2013) + little(40) + [2, 0x78, 0x9C, 1])

    static let all: [Conversation] = [
        Conversation("MongoDB: messages").loopFromHere()
            .request(find, "find users", requestBody: find.count, responseBody: found.count).response(found)
            .request(insert, "insert carts", requestBody: insert.count, responseBody: duplicate.count)
            .response(duplicate)
            .more(ping).response(pong)
            .request(broken, "nope", requestBody: broken.count, responseBody: unknown.count).response(unknown),
        Conversation("MongoDB: one way and exhaust")
            .expecting("delete logs", requestBody: quiet.count, isOneWay: true).more(quiet)
            .request(
                more, "getMore users", requestBody: more.count, responseBody: stream.map(\.count).reduce(0, +)
            )
            .response(stream[0]).response(stream[1] + stream[2]),
        Conversation("MongoDB: before messages, and compressed")
            .request(query, "buildInfo", requestBody: query.count, responseBody: old.count).response(old)
            .request(packed, "?", requestBody: packed.count, responseBody: unpacked.count).response(unpacked),
    ]
}
