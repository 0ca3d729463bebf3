/// Messages of PostgreSQL's protocol.
enum PostgreSQLBytes {
    static func text(_ text: String) -> [UInt8] { Array(text.utf8) + [0] }
    static func number(_ number: Int) -> [UInt8] { (0..<4).reversed().map { UInt8(number >> (8 * $0) & 0xFF) } }

    static func message(_ type: Character, _ contents: [UInt8] = []) -> [UInt8] {
        [type.asciiValue ?? 0] + number(contents.count + 4) + contents
    }

    static func startup(_ user: String, _ database: String) -> [UInt8] {
        let contents = number(196_608) + text("user") + text(user) + text("database") + text(database) + [0]
        return number(contents.count + 4) + contents
    }
    static let tlsRequest = number(8) + number(80_877_103)
    static let cancelRequest = number(16) + number(80_877_102) + number(77) + number(99)

    static func query(_ sql: String) -> [UInt8] { message("Q", text(sql)) }
    static func parse(_ name: String, _ sql: String) -> [UInt8] { message("P", text(name) + text(sql) + [0, 0]) }
    static func bind(_ portal: String, _ name: String) -> [UInt8] {
        message("B", text(portal) + text(name) + [0, 0, 0, 0, 0, 0])
    }
    static func describe(_ kind: Character, _ name: String) -> [UInt8] {
        message("D", [kind.asciiValue ?? 0] + text(name))
    }
    static func execute(_ portal: String) -> [UInt8] { message("E", text(portal) + number(0)) }
    static let sync = message("S")

    static let authenticated =
        message("R", number(0)) + message("S", text("a") + text("b")) + message("K", number(77) + number(99)) + ready
    static let ready = message("Z", [0x49])
    static let parsed = message("1")
    static let bound = message("2")
    static let noData = message("n")
    static let columns = message("T", [0, 1] + text("a") + [UInt8](repeating: 0, count: 18))
    static let row = message("D", [0, 1] + number(1) + [0x37])
    static func complete(_ tag: String) -> [UInt8] { message("C", text(tag)) }
    static func error(_ code: String, severity: String = "ERROR") -> [UInt8] {
        message("E", text("S" + severity) + text("V" + severity) + text("C" + code) + text("Mno") + [0])
    }
    static func rows(_ count: Int) -> [UInt8] { (0..<count).flatMap { _ in row } + complete("SELECT \(count)") }
}

/// Sample conversations of PostgreSQL's protocol.
enum PostgreSQLConversations {
    private typealias Bytes = PostgreSQLBytes

    static let all: [Conversation] = [
        Conversation("postgresql: log-in, simple queries, a failure")
            .more(Bytes.startup("ann", "shop"))
            .response(Bytes.authenticated)
            .loopFromHere()
            .request(Bytes.query("SELECT a FROM t"), "SELECT a FROM t", answer: "2")
            .response(Bytes.columns + Bytes.rows(2) + Bytes.ready)
            .request(Bytes.query("SELECT a FROM nix"), "SELECT a FROM nix", answer: "42P01")
            .response(Bytes.error("42P01") + Bytes.ready)
            .request(Bytes.query("BEGIN; SELECT 1"), "BEGIN; SELECT 1", answer: "1")
            .response(Bytes.complete("BEGIN") + Bytes.columns + Bytes.rows(1) + Bytes.ready),
        Conversation("postgresql: extended, statements with names and without")
            .request(
                Bytes.parse("", "SELECT b FROM t WHERE c = $1") + Bytes.bind("", "") + Bytes.describe("P", "")
                    + Bytes.execute("") + Bytes.sync, "SELECT b FROM t WHERE c = $1", answer: "3"
            )
            .response(Bytes.parsed + Bytes.bound + Bytes.columns + Bytes.rows(3) + Bytes.ready)
            .more(Bytes.parse("s1", "UPDATE t SET d = $1") + Bytes.describe("S", "s1") + Bytes.sync)
            .response(Bytes.parsed + Bytes.message("t", [0, 0]) + Bytes.noData + Bytes.ready)
            .request(
                Bytes.bind("p1", "s1") + Bytes.execute("p1") + Bytes.sync, "UPDATE t SET d = $1", answer: "23505",
                whenJoined: "EXECUTE"
            )
            .response(Bytes.bound + Bytes.error("23505") + Bytes.ready)
            .request(Bytes.query("ROLLBACK"), "ROLLBACK")
            .response(Bytes.complete("ROLLBACK") + Bytes.ready),
        Conversation("postgresql: pipelined")
            .expecting("DELETE FROM t")
            .request(
                Bytes.parse("", "INSERT INTO t VALUES (1)") + Bytes.bind("", "") + Bytes.execute("")
                    + Bytes.parse("", "DELETE FROM t") + Bytes.bind("", "") + Bytes.execute("") + Bytes.sync,
                "INSERT INTO t VALUES (1)"
            )
            .request(
                Bytes.parse("", "SELECT e FROM t") + Bytes.bind("", "") + Bytes.execute("") + Bytes.sync,
                "SELECT e FROM t", answer: "4"
            )
            .response(
                Bytes.parsed + Bytes.bound + Bytes.complete("INSERT 0 1") + Bytes.parsed + Bytes.bound
                    + Bytes.complete("DELETE 5") + Bytes.ready
            )
            .response(Bytes.parsed + Bytes.bound + Bytes.rows(4) + Bytes.ready),
        Conversation("postgresql: copied in and out")
            .request(Bytes.query("COPY t FROM STDIN"), "COPY t FROM STDIN")
            .response(Bytes.message("G", [0, 0, 1, 0, 0]))
            .more(Bytes.message("d", [0x37, 0x0A]) + Bytes.message("c"))
            .response(Bytes.complete("COPY 1") + Bytes.ready)
            .request(Bytes.query("COPY u TO STDOUT"), "COPY u TO STDOUT", answer: "2")
            .response(
                Bytes.message("H", [0, 0, 1, 0, 0]) + Bytes.message("d", [0x37, 0x0A])
                    + Bytes.message("d", [0x38, 0x0A])
                    + Bytes.message("c") + Bytes.complete("COPY 2") + Bytes.ready),
        Conversation("postgresql: no encryption, log-in refused")
            .more(Bytes.tlsRequest)
            .response([UInt8(ascii: "N")])
            .request(Bytes.startup("eve", "shop"), "CONNECT", answer: "28P01")
            .response(Bytes.error("28P01", severity: "FATAL")),
        Conversation("postgresql: cancelled")
            .expecting("CANCEL", isOneWay: true)
            .more(Bytes.cancelRequest),
    ]
}

extension PostgreSQLConversations {
    /// How requests were pipelined is not to be told by who joined.
    static let pipelined = "postgresql: pipelined"
}
