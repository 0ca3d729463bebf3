/// Sample conversations of FastCGI.
enum FastCGIConversations {
    /// A record.
    static func record(_ type: UInt8, _ id: UInt16 = 1, _ content: [UInt8] = [], padding: UInt8 = 0) -> [UInt8] {
        let length = UInt16(content.count)
        return [1, type, UInt8(id >> 8), UInt8(id & 255), UInt8(length >> 8), UInt8(length & 255), padding, 0] + content
            + [UInt8](repeating: 0, count: Int(padding))
    }

    /// A record with text in it.
    static func record(_ type: UInt8, _ id: UInt16 = 1, _ text: String, padding: UInt8 = 0) -> [UInt8] {
        record(type, id, Array(text.utf8), padding: padding)
    }

    /// BEGIN_REQUEST that keeps the connection.
    static func begin(_ id: UInt16 = 1, role: UInt8 = 1) -> [UInt8] { record(1, id, [0, role, 1, 0, 0, 0, 0, 0]) }

    /// END_REQUEST.
    static func end(_ id: UInt16 = 1, exit: UInt8 = 0, status: UInt8 = 0) -> [UInt8] {
        record(3, id, [0, 0, 0, exit, status, 0, 0, 0])
    }

    /// Names and values, with lengths of four bytes where asked.
    static func pairs(_ pairs: [(String, String)], long: Bool = false) -> [UInt8] {
        var bytes: [UInt8] = []
        for (name, value) in pairs {
            for count in [name.utf8.count, value.utf8.count] {
                if long || count > 127 {
                    withUnsafeBytes(of: (UInt32(count) | 1 << 31).bigEndian) { bytes += Array($0) }
                } else {
                    bytes.append(UInt8(count))
                }
            }
            bytes += Array(name.utf8) + Array(value.utf8)
        }
        return bytes
    }

    private static func ask(_ method: String, _ target: String, id: UInt16 = 1) -> [UInt8] {
        begin(id) + record(4, id, pairs([("REQUEST_METHOD", method), ("REQUEST_URI", target)]), padding: 3)
            + record(4, id)
    }

    static let all: [Conversation] = [
        Conversation("fastcgi")
            .loopFromHere()
            .request(ask("GET", "/a?q=1") + record(5), "GET /a?q=1", status: 200, responseBody: 5)
            .response(record(6, 1, "Content-Type: text/plain\r\n\r\nhello", padding: 2) + record(6) + end())
            .request(
                ask("POST", "/b") + record(5, 1, "x=yz", padding: 4) + record(5), "POST /b", status: 404, requestBody: 4
            )
            .response(
                record(7, 1, "no such thing") + record(6, 1, "Status: 404 Not Found\r\n\r\n") + record(6) + end()),
        Conversation("fastcgi in small pieces")
            .request(
                begin()
                    + record(
                        4, 1, Array(pairs([("QUERY_STRING", "k=v"), ("SCRIPT_NAME", "/s.php")], long: true)[..<21])),
                "PUT /s.php?k=v", status: 302
            )
            .more(
                record(4, 1, Array(pairs([("QUERY_STRING", "k=v"), ("SCRIPT_NAME", "/s.php")], long: true)[21...]))
                    + record(4, 1, pairs([("REQUEST_METHOD", "PUT")])) + record(4) + record(5)
            )
            .response(record(6, 1, "Locat") + record(6, 1, "ion: /t\n"))
            .response(record(6, 1, "\n") + end()),
        Conversation("fastcgi, several at once")
            .request(ask("GET", "/1", id: 1) + record(5, 1), "GET /1", status: 201)
            .request(ask("GET", "/2", id: 515) + record(5, 515), "GET /2", status: 500, responseBody: 2)
            .response(record(6, 515, "Status: 500\r\n\r\nno"))
            .response(record(6, 1, "Status: 201\r\n\r\n") + end(1) + end(515, exit: 1)),
        Conversation("fastcgi refused")
            .request(ask("GET", "/busy") + record(5), "GET /busy")
            .response(end(status: 2)),
    ]
}
