/// Packets of MySQL's protocol.
enum MySQLBytes {
    /// A packet.
    static func packet(_ sequence: UInt8, _ payload: [UInt8]) -> [UInt8] {
        [UInt8(payload.count & 0xFF), UInt8(payload.count >> 8 & 0xFF), UInt8(payload.count >> 16), sequence] + payload
    }

    /// A command.
    static func command(_ code: UInt8, _ rest: [UInt8] = []) -> [UInt8] { packet(0, [code] + rest) }
    static func query(_ text: String) -> [UInt8] { command(0x03, Array(text.utf8)) }
    static func prepare(_ text: String) -> [UInt8] { command(0x16, Array(text.utf8)) }
    static func execute(_ id: UInt8) -> [UInt8] { command(0x17, [id, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 3, 0, 7, 0, 0, 0]) }
    static func close(_ id: UInt8) -> [UInt8] { command(0x19, [id, 0, 0, 0]) }

    static func ok(_ sequence: UInt8 = 1, more: Bool = false) -> [UInt8] {
        packet(sequence, [0, 1, 0, more ? 0x0A : 0x02, 0, 0, 0])
    }
    static func eof(_ sequence: UInt8, more: Bool = false) -> [UInt8] {
        packet(sequence, [0xFE, 0, 0, more ? 0x0A : 0x02, 0])
    }
    /// An OK packet in an EOF packet's place.
    static func end(_ sequence: UInt8) -> [UInt8] { packet(sequence, [0xFE, 0, 0, 2, 0, 0, 0]) }
    static func error(_ code: UInt16, _ sequence: UInt8 = 1) -> [UInt8] {
        packet(sequence, [0xFF, UInt8(code & 0xFF), UInt8(code >> 8)] + Array("#42S02no such thing".utf8))
    }
    static func column(_ sequence: UInt8) -> [UInt8] {
        packet(sequence, [3] + Array("def".utf8) + [0, 0, 0, 1, 0x61, 0, 12, 0x3F, 0, 1, 0, 0, 0, 8, 0x81, 0, 0, 0, 0])
    }

    /// A set of rows of one column.
    static func rows(
        _ rows: Int, from first: UInt8 = 1, deprecated: Bool, binary: Bool = false, more: Bool = false
    ) -> [UInt8] {
        var sequence = first
        var bytes: [UInt8] = []
        func add(_ make: (UInt8) -> [UInt8]) {
            bytes += make(sequence)
            sequence &+= 1
        }
        add { packet($0, [1]) }
        add(column)
        if !deprecated { add { eof($0) } }
        for row in 0..<rows { add { packet($0, binary ? [0, 0, UInt8(row), 0] : [2, 0x30, 0x31]) } }
        add { deprecated ? end($0) : eof($0, more: more) }
        return bytes
    }

    /// The greeting of a server.
    static func greeting(_ version: String, _ capabilities: UInt32 = 0xFFFF_FFFF) -> [UInt8] {
        let low = [UInt8(capabilities & 0xFF), UInt8(capabilities >> 8 & 0xFF)]
        let high = [UInt8(capabilities >> 16 & 0xFF), UInt8(capabilities >> 24)]
        return packet(
            0,
            [10] + Array(version.utf8) + [0, 7, 0, 0, 0] + Array("saltsalt".utf8) + [0] + low + [0x21, 2, 0] + high
                + [21] + [UInt8](repeating: 0, count: 10) + Array("saltsaltsalt".utf8) + [0])
    }

    /// A client's answer to it, with the database `shop`.
    static func login(_ capabilities: UInt32) -> [UInt8] {
        let bits = (0..<4).map { UInt8(capabilities >> (8 * UInt32($0)) & 0xFF) }
        let fixed = bits + [0, 0, 0, 1, 0x21] + [UInt8](repeating: 0, count: 23)
        return packet(1, fixed + Array("ann".utf8) + [0, 2, 0xAA, 0xBB] + Array("shop".utf8) + [0])
    }

    /// Protocol 4.1, a database and a password, none of what came later.
    static let plain: UInt32 = 0x0000_8208
    /// Likewise, with OK packets in place of EOF packets.
    static let deprecating: UInt32 = plain | 1 << 24

    /// The answer to a statement that was prepared, with one parameter and one column.
    static func prepared(_ id: UInt8, deprecated: Bool) -> [UInt8] {
        let start = packet(1, [0, id, 0, 0, 0, 1, 0, 1, 0, 0, 0, 0]) + column(2)
        return deprecated ? start + column(3) : start + eof(3) + column(4) + eof(5)
    }
}

/// Sample conversations of MySQL's protocol.
enum MySQLConversations {
    private typealias Bytes = MySQLBytes

    static let all: [Conversation] = [
        Conversation("mysql: log-in, queries, a failure")
            .response(Bytes.greeting("8.0.36"))
            .more(Bytes.login(Bytes.plain))
            .response(Bytes.ok(2))
            .loopFromHere()
            .request(Bytes.query("SELECT a FROM t"), "SELECT a FROM t", answer: "3")
            .response(Bytes.rows(3, deprecated: false))
            .request(Bytes.query("SELECT b FROM nix"), "SELECT b FROM nix", status: 1146, answer: "1146")
            .response(Bytes.error(1146))
            .request(Bytes.query("INSERT INTO t VALUES (1)"), "INSERT INTO t VALUES (1)")
            .response(Bytes.ok()),
        Conversation("mysql: without the handshake, EOF deprecated, prepared")
            .more(Bytes.prepare("SELECT a FROM t WHERE b = ?"))
            .response(Bytes.prepared(5, deprecated: true))
            .request(Bytes.execute(5), "SELECT a FROM t WHERE b = ?", answer: "2", whenJoined: "EXECUTE")
            .response(Bytes.rows(2, deprecated: true, binary: true))
            .more(Bytes.close(5))
            .more(Bytes.command(0x0E))
            .response(Bytes.ok())
            .request(Bytes.query("COMMIT"), "COMMIT")
            .response(Bytes.ok()),
        Conversation("mysql: without the handshake, EOF, prepared, several results")
            .more(Bytes.prepare("SELECT c FROM t WHERE d = ?"))
            .response(Bytes.prepared(6, deprecated: false))
            .request(Bytes.query("CALL p(1)"), "CALL p(1)", answer: "3")
            .response(
                Bytes.rows(1, deprecated: false, more: true) + Bytes.rows(2, from: 6, deprecated: false, more: true)
                    + Bytes.ok(12)
            )
            .request(Bytes.command(0x02, Array("shop".utf8)), "USE")
            .response(Bytes.ok())
            .request(
                Bytes.execute(6), "SELECT c FROM t WHERE d = ?", status: 1205, answer: "1205", whenJoined: "EXECUTE"
            )
            .response(Bytes.error(1205)),
        Conversation("mysql: a file is loaded")
            .request(Bytes.query("LOAD DATA LOCAL INFILE 'x' INTO TABLE t"), "LOAD DATA LOCAL INFILE 'x' INTO TABLE t")
            .response(Bytes.packet(1, [0xFB, 0x78]))
            .more(Bytes.packet(2, Array("1,2\n".utf8)) + Bytes.packet(3, []))
            .response(Bytes.ok(4))
            .request(Bytes.query("SELECT 1"), "SELECT 1", answer: "1")
            .response(Bytes.rows(1, deprecated: true)),
        Conversation("mysql: log-in refused")
            .response(Bytes.greeting("5.5.5-10.11.4-MariaDB"))
            .request(Bytes.login(Bytes.deprecating), "CONNECT", status: 1045, answer: "1045")
            .response(Bytes.error(1045, 2)),
    ]
}
