/// Sample conversations of Memcached.
enum MemcachedConversations {
    /// A message of the binary protocol.
    static func binary(
        _ opcode: UInt8, isResponse: Bool = false, key: String = "", extras: [UInt8] = [], value: String = "",
        status: UInt16 = 0, opaque: UInt8 = 0
    ) -> [UInt8] {
        let body = extras + Array(key.utf8) + Array(value.utf8)
        return [isResponse ? 0x81 : 0x80, opcode, 0, UInt8(key.utf8.count), UInt8(extras.count), 0]
            + [UInt8(status >> 8), UInt8(status & 0xFF), 0, 0, 0, UInt8(body.count), 0, 0, 0, opaque]
            + [0, 0, 0, 0, 0, 0, 0, 0] + body
    }

    private static let (setA, stored) = (
        binary(1, key: "a", extras: [0, 0, 0, 0, 0, 0, 0, 9], value: "s3cret"), binary(1, isResponse: true)
    )
    private static let (getB, miss) = (
        binary(0, key: "b", opaque: 7), binary(0, isResponse: true, value: "Not found", status: 1, opaque: 7)
    )
    private static let (getC, hit) = (
        binary(0, key: "c", opaque: 8),
        binary(0, isResponse: true, extras: [0, 0, 0, 1], value: "third value", opaque: 8)
    )
    private static let (incr, wrong) = (
        binary(5, key: "d", extras: Array(repeating: 0, count: 20)),
        binary(5, isResponse: true, value: "Non-numeric server-side value", status: 6)
    )
    private static let (quiet, loud, noop) = (binary(0x0D, key: "q1"), binary(0x0C, key: "q2"), binary(0x0A))
    private static let (found, done) = (
        binary(0x0C, isResponse: true, key: "q2", extras: [0, 0, 0, 0], value: "x"), binary(0x0A, isResponse: true)
    )

    static let all: [Conversation] = [
        Conversation("Memcached: text").loopFromHere()
            .request("set user:1 0 60 6\r\ns3cret\r\n", "set set user:1 ?", "STORED\r\n")
            .request("get user:1 b\r\n", "get get user:1 b", "VALUE user:1 0 6\r\ns3cret\r\nEND\r\n")
            .request("gets none\r\n", "gets gets none", "END\r\n")
            .request("incr user:1 1\r\n", "incr incr user:1 ?", "CLIENT_ERROR cannot increment non-numeric value\r\n")
            .request("delete user:1\r\n", "delete delete user:1", "DELETED\r\n")
            .expecting("add add n ?", requestBody: 24, isOneWay: true).more("add n 0 0 1 noreply\r\n1\r\n")
            .request("stats\r\n", "stats stats", "STAT pid 1\r\nSTAT uptime 12\r\nEND\r\n"),
        Conversation("Memcached: meta")
            .request("ms k 2 T60\r\nhi\r\n", "ms ms k ?", "HD\r\n")
            .request("mg k v t O9\r\n", "mg mg k", "VA 2 t60 O9\r\nhi\r\n")
            .request("md none\r\n", "md md none", "NF\r\n"),
        Conversation("Memcached: binary").loopFromHere()
            .request(setA, "set set a ?", requestBody: setA.count, responseBody: stored.count).response(stored)
            .request(getB, "get get b", requestBody: getB.count, responseBody: miss.count).response(miss)
            .request(incr, "incr incr d ?", requestBody: incr.count, responseBody: wrong.count).response(wrong)
            .request(getC, "get get c", requestBody: getC.count, responseBody: hit.count).response(hit),
        Conversation("Memcached: quiet, pipelined")
            .expecting("get get q1", requestBody: quiet.count, isOneWay: true).more(quiet)
            .request(loud, "get get q2", requestBody: loud.count, responseBody: found.count)
            .more(noop).response(found).response(done),
    ]
}

extension Conversation {
    fileprivate func request(_ text: String, _ operation: String, _ response: String) -> Conversation {
        request(
            Array(text.utf8), operation, requestBody: text.utf8.count, responseBody: response.utf8.count
        ).response(response)
    }
}
