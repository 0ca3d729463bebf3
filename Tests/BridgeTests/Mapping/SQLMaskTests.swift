import Testing

@testable import Bridge
@testable import OTLP
@testable import Propagation

@Suite struct SQLMaskTests {
    private func masked(_ text: String, _ dialect: SQLDialect = .postgresql, isWhole: Bool = true) -> String {
        var batch = SpanBatch()
        return Array(text.utf8).withUnsafeBytes {
            let range = SQLMask.append($0, dialect, isWhole: isWhole, to: &batch)
            return batch.string(range)
        }
    }

    @Test(arguments: [
        ("SELECT * FROM t WHERE a = 7 AND b = 'x'", "SELECT * FROM t WHERE a = ? AND b = ?"),
        ("select 1.5e-3, .5, 0x1F, 1_000, t1.c2 from db1.t2", "select ?, ?, ?, ?, t1.c2 from db1.t2"),
        ("SELECT 'it''s', 'a' 'b'", "SELECT ?, ? ?"),
        ("UPDATE t SET a = -5, b = b - 5, c = 3 -2", "UPDATE t SET a = ?, b = b - ?, c = ? -?"),
        ("SELECT a FROM t WHERE b IN (1, 2,3 , 4) OR c IN ('a','b')", "SELECT a FROM t WHERE b IN (?) OR c IN (?)"),
        ("SELECT a FROM t WHERE b IN (1, 2, c, 4)", "SELECT a FROM t WHERE b IN (?, c, ?)"),
        ("SELECT a FROM t WHERE b IN ($1, $2)", "SELECT a FROM t WHERE b IN ($1, $2)"),
        ("INSERT INTO t VALUES (1, 'a'), (2, 'b')", "INSERT INTO t VALUES (?, ?), (?, ?)"),
        ("SELECT a FROM t WHERE b = true OR c IS NULL", "SELECT a FROM t WHERE b = ? OR c IS NULL"),
        ("SELECT 1 /*traceparent='00-ab-cd-01'*/", "SELECT ?"),
        ("/* a */ SELECT/**/1 -- secret\n, 2", "SELECT ? , ?"),
        ("SELECT ?, :name, @v", "SELECT ?, :name, @v"), ("", ""), ("  ", ""),
    ])
    func literalsAreReplacedAndNamesKept(_ text: String, _ expected: String) { #expect(masked(text) == expected) }

    @Test(arguments: [
        ("SELECT E'a\\'b', 'c'", "SELECT ?, ?"), ("SELECT 'a\\', b", "SELECT ?, b"),
        ("SELECT $1, $12::int", "SELECT $1, $12::int"), ("SELECT $$a'b$$, 1", "SELECT ?, ?"),
        ("SELECT $x$ $$ $y$ $x$ , a", "SELECT ? , a"), ("SELECT a$1 FROM t", "SELECT a$1 FROM t"),
        ("SELECT \"a \"\"1\"\" b\" FROM \"T\"", "SELECT \"a \"\"1\"\" b\" FROM \"T\""),
        ("SELECT B'01', X'1f', N'n', U&'\\0061', U&\"d\\0061\"", "SELECT ?, ?, ?, ?, U&\"d\\0061\""),
        ("SELECT /* a /* b */ 'c' */ 1", "SELECT ?"), ("SELECT 1--2", "SELECT ?"),
        ("SELECT a # 3 FROM t", "SELECT a # ? FROM t"), ("SELECT 1 -- a\r, 'secret\n'", "SELECT ? , ?"),
        ("SELECT E'a'\n 'b\\'secret', c", "SELECT ?, c"),
    ])
    func postgresqlHasItsOwnNotations(_ text: String, _ expected: String) { #expect(masked(text) == expected) }

    @Test(arguments: [
        ("SELECT \"a\", 'b\\'c', `d 1` FROM t", "SELECT ?, ?, `d 1` FROM t"),
        ("SELECT 1 # secret", "SELECT ?"), ("SELECT 5--2, 1 -- secret", "SELECT ?-?, ?"),
        ("SELECT /*!50000 'a', */ b /*M!100 7 */", "SELECT /*!50000 ?, */ b /*M!100 ? */"),
        ("SELECT _utf8mb4'a', x'1F', b'1', n'q'", "SELECT _utf8mb4?, ?, ?, ?"),
        ("SELECT /* a /* b */ 'c'", "SELECT ?"), ("SELECT $$ FROM t", "SELECT $$ FROM t"),
    ])
    func mysqlHasItsOwnNotations(_ text: String, _ expected: String) { #expect(masked(text, .mysql) == expected) }

    @Test(arguments: ["'sec", "E'sec", "$$sec", "$t$sec$", "$sec", "\"sec", "12sec", "/*sec", "-- sec", "x'se"])
    func whatIsLeftOpenByACutIsMasked(_ end: String) {
        for dialect in [SQLDialect.mysql, .postgresql] where !(dialect == .mysql && end.hasPrefix("$")) {
            guard dialect == .mysql || end != "\"sec" else { continue }
            let text = masked("SELECT a, " + end, dialect, isWhole: false)
            #expect(text.hasSuffix("..."))
            #expect(!text.contains("sec") && !text.contains("se'"))
        }
    }

    @Test func longStatementsAreCutBetweenTokens() {
        let text = masked("SELECT " + Array(repeating: "column_name", count: 600).joined(separator: ", ") + " FROM t")
        #expect(text.utf8.count <= SQLMask.limit + 3)
        #expect(text.hasSuffix("column_name,...") || text.hasSuffix("column_name...") || text.hasSuffix(" ..."))
    }

    @Test(arguments: ["(", "'", "$", "$a", "/*", "*/", "-", "--\n", "\\'", "\"", "`", "IN (1,", "1.", "e'", "u&'", "."])
    func hostileRepetitionsTakeLinearTime(_ piece: String) {
        for dialect in [SQLDialect.mysql, .postgresql] {
            let text = String(repeating: piece, count: 200_000 / piece.utf8.count)
            let clock = ContinuousClock()
            let time = clock.measure { _ = masked(text, dialect) }
            #expect(time < .seconds(20))
        }
    }
}
