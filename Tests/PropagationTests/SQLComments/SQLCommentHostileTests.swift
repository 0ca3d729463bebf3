import Propagation
import Testing

private let context = "traceparent=\(sampleParent)"

@Suite struct SQLCommentHostileTests {
    /// Pieces that statements, comments and pairs are made of.
    private static let pieces = [
        "/*", "*/", "'", "\"", "`", "$", "$a$", "--", "-- ", "#", "\n", "\r", "\\", "\\'", "=", ":", ",", "%", "%%",
        "%3",
        "%3A", "traceparent", "tracestate", "a", " ", ";", "!", "+", "M!", "E'", "traceparent='", "a='b',", "x", "é",
        context, "/*a='b'*/",
    ]

    @Test(arguments: 0..<8)
    func anythingIsReadWithoutATrap(_ seed: UInt64) {
        var generator = SeededGenerator(seed: seed)
        for _ in 0..<2_000 {
            let isText = Bool.random(using: &generator)
            let count = Int.random(in: 0..<40, using: &generator)
            var bytes: [UInt8] = []
            for _ in 0..<count {
                if isText {
                    bytes += Array(SQLCommentHostileTests.pieces.randomElement(using: &generator)!.utf8)
                } else {
                    bytes.append(.random(in: 0...255, using: &generator))
                }
            }
            let cut = Int.random(in: 0...bytes.count, using: &generator)
            for dialect in [SQLDialect.mysql, .postgresql] {
                for pair in pairs(bytes, dialect) + pairs(Array(bytes[..<cut]), end: Array(bytes[cut...]), dialect) {
                    #expect(pair.key.utf8.count + pair.value.utf8.count <= 3 * bytes.count)
                }
            }
        }
    }

    @Test func aStringHidesWhateverIsInIt() {
        var generator = SeededGenerator(seed: 7)
        for _ in 0..<2_000 {
            let count = Int.random(in: 0..<20, using: &generator)
            let inside = (0..<count).map { _ in SQLCommentHostileTests.pieces.randomElement(using: &generator)! }
                .joined()
            // Whatever it is, quoted by the rules it is a string.
            let mysql = inside.replacing("\\", with: "\\\\").replacing("'", with: "''")
            #expect(said("SELECT '\(mysql)', 1", .mysql) == [])
            #expect(said("SELECT '\(inside.replacing("'", with: "''"))', 1", .postgresql) == [])
            #expect(said("SELECT E'\(mysql)', 1", .postgresql) == [])
            #expect(said("SELECT $tag$\(inside)$tag$, 1", .postgresql) == [])
            // And what follows it is found.
            #expect(said("SELECT '\(mysql)' /*\(context)*/", .mysql) == [context])
            // Nor is it read where its beginning is not known.
            let end = String(mysql[(mysql.indices.randomElement(using: &generator) ?? mysql.startIndex)...])
            #expect(said("SELECT '", end: end + "', 1)", .mysql) == [])
        }
    }

    @Test(arguments: [
        "/*", "*/", "/* ", "'", "\\'", "$", "$a", "$a$", "--\n", "-- a", "#", "a='", "a='b',", "a=\"", "a='\\'", "%",
        "%%",
        "traceparent=", "traceparent='", "traceparent:", "tracestate=a,", "/*a='b'*/", "/*traceparent=a*/", "a:", "a ",
        "a=b,", ",", "=", "\\", "E'\n", "'\n", "x-amzn-trace-id: a; ",
    ])
    func repetitionsTakeLinearTime(_ piece: String) {
        // Work that grew with the square of the size would not end.
        let text = String(repeating: piece, count: 100_000 / piece.utf8.count)
        for dialect in [SQLDialect.mysql, .postgresql] {
            for statement in [text, "/*" + text, "/*" + text + "*/", "-- " + text, "/*a='" + text + "'*/"] {
                _ = said(statement, dialect)
                _ = said("SELECT", end: statement, dialect)
            }
        }
    }

    @Test func tenMegabytesAreReadToTheirEnd() {
        let values = String(repeating: "(1, 'a''b', \"c\"), ", count: 600_000)
        for dialect in [SQLDialect.mysql, .postgresql] {
            #expect(said("INSERT INTO t VALUES \(values)(2) /*\(context)*/", dialect) == [context])
        }
        #expect(said("SELECT 1 /*" + String(repeating: "a", count: 10_000_000)) == [])
        let long = String(repeating: "%41", count: 100_000)
        #expect(said("SELECT 1 /*a='\(long)'*/") == ["a=" + String(repeating: "A", count: 100_000)])
    }
}
