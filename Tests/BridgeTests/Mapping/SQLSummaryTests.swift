import Testing

@testable import Bridge
@testable import OTLP
@testable import Propagation

@Suite struct SQLSummaryTests {
    private func summary(_ text: String, _ dialect: SQLDialect = .postgresql, isWhole: Bool = true) -> String {
        var batch = SpanBatch()
        return Array(text.utf8).withUnsafeBytes {
            let range = SQLSummary.append($0, dialect, isWhole: isWhole, to: &batch)
            return batch.string(range)
        }
    }

    @Test(arguments: [
        // The conventions' own.
        ("SELECT *\nFROM   wuser_table\nWHERE  username = ?", "SELECT wuser_table"),
        (
            "INSERT INTO shipping_details (order_id, address) SELECT order_id, address FROM orders WHERE order_id = ?",
            "INSERT shipping_details SELECT orders"
        ),
        ("SELECT * FROM songs, artists WHERE songs.artist_id == artists.id", "SELECT songs artists"),
        (
            "SELECT order_date FROM (SELECT * FROM orders o JOIN customers c ON o.customer_id = c.customer_id)",
            "SELECT SELECT orders customers"
        ),
        ("SELECT * FROM \"song list\"", "SELECT \"song list\""),
        ("call some_stored_procedure(1)", "call some_stored_procedure"),
    ])
    func examplesOfTheConventions(_ text: String, _ expected: String) { #expect(summary(text) == expected) }

    @Test(arguments: [
        ("SELECT a FROM orders.items i WHERE i.b = 1", "SELECT orders.items"),
        ("select a from t1 as x left join s.t2 y using (id) join t3 on x.a = t3.a, t4", "select t1 s.t2 t3 t4"),
        ("SELECT extract(year FROM d), a IS DISTINCT FROM b FROM t", "SELECT t"),
        ("SELECT 1", "SELECT"), ("SELECT a FROM t FOR UPDATE", "SELECT t"),
        ("INSERT INTO t (a) VALUES (1) ON CONFLICT (a) DO UPDATE SET a = 2", "INSERT t"),
        ("INSERT INTO t VALUES (insert('a', 1, 2, 'b'))", "INSERT t"), ("UPDATE ONLY t SET a = 1 FROM u", "UPDATE t u"),
        ("DELETE FROM s.t WHERE a = 1", "DELETE s.t"), ("TRUNCATE TABLE a, b", "TRUNCATE a b"),
        (
            "WITH recent AS (SELECT * FROM orders), big AS (SELECT 1) SELECT * FROM recent JOIN items USING (id)",
            "SELECT orders SELECT SELECT items"
        ),
        ("CREATE TABLE IF NOT EXISTS t (a int)", "CREATE TABLE t"), ("DROP TABLE IF EXISTS a, b", "DROP TABLE a b"),
        ("CREATE UNIQUE INDEX i ON t (a)", "CREATE INDEX i"),
        ("CREATE OR REPLACE VIEW v AS SELECT a FROM t", "CREATE VIEW v SELECT t"),
        ("ALTER TABLE t ADD COLUMN c int", "ALTER TABLE t"), ("BEGIN", "BEGIN"),
        ("START TRANSACTION", "START TRANSACTION"),
        ("COMMIT;", "COMMIT"), ("BEGIN; INSERT INTO t VALUES (1); COMMIT", "BEGIN INSERT t COMMIT"),
        ("SAVEPOINT s17", "SAVEPOINT"), ("SHOW VARIABLES LIKE 'a%'", "SHOW VARIABLES"), ("SET a = 1", "SET"),
        ("EXPLAIN ANALYZE SELECT a FROM t", "EXPLAIN SELECT t"), ("COPY t (a) FROM STDIN", "COPY t"),
        ("COPY (SELECT a FROM t) TO STDOUT", "COPY SELECT t"), ("/* c */ SELECT a FROM t -- from u", "SELECT t"),
        ("SELECT a FROM t UNION ALL SELECT b FROM u", "SELECT t SELECT u"),
        ("MERGE INTO t USING s ON t.a = s.a WHEN MATCHED THEN UPDATE SET a = 1", "MERGE t s"),
        ("LOCK TABLES a WRITE", "LOCK a"), ("nonsense", ""), ("", ""),
    ])
    func operationsAndTheirTargets(_ text: String, _ expected: String) { #expect(summary(text) == expected) }

    @Test(arguments: [
        ("SELECT a FROM `my db`.`t`", "SELECT `my db`.`t`"), ("USE shop", "USE shop"),
        ("REPLACE INTO t SELECT replace(a, 'b', 'c') FROM u", "REPLACE t SELECT u"),
        ("INSERT INTO t (a) VALUES (1) ON DUPLICATE KEY UPDATE a = 2", "INSERT t"),
        ("INSERT IGNORE INTO t SET a = 1", "INSERT t"), ("SELECT a FROM t WHERE b = \"FROM u\"", "SELECT t"),
        ("LOAD DATA LOCAL INFILE 'f' INTO TABLE t", "LOAD t"),
    ])
    func ofMySQL(_ text: String, _ expected: String) { #expect(summary(text, .mysql) == expected) }

    @Test func noLiteralComesIntoIt() {
        for text in [
            "SELECT a FROM 'secret'", "SELECT a FROM \"secret\"", "CALL 'secret'", "USE 12", "UPDATE 'secret' SET a=1",
        ] {
            #expect(!summary(text, .mysql).contains("secret") && !summary(text, .mysql).contains("12"))
        }
    }

    @Test func itIsCutBetweenNamesAndHalfANameIsLeftOut() {
        let text = "SELECT a FROM " + (0..<60).map { "table\($0)" }.joined(separator: ", ")
        let summary = summary(text)
        #expect(summary.utf8.count <= SQLSummary.limit && summary.hasPrefix("SELECT table0 table1 "))
        #expect(text.replacingCommas.hasPrefix(summary.dropFirst("SELECT ".count)))
        #expect(self.summary("SELECT a FROM customers JOIN ord", isWhole: false) == "SELECT customers")
    }
}

extension String {
    fileprivate var replacingCommas: String {
        String(dropFirst("SELECT a FROM ".count).filter { $0 != "," })
    }
}
