import Propagation
import Testing

private let context = "traceparent=\(sampleParent)"
private let commenter = "traceparent='\(sampleParent)'"

/// Statements of which only the beginning and the last bytes are known.
@Suite struct SQLStatementEndTests {
    @Test(arguments: [
        "7, 'x') /*\(commenter)*/", "7, 'x') /*\(commenter)*/ ;\n", "x', 1, 'y') /* \(context) */",
        "1 /*\(commenter)*/",
        "7, 8) -- \(context)", "'x') -- \(context)", "'x') /* \(context) */ WHERE a = 1",
        "'x\n') -- a\n -- \(context)\n",
        "ends here */ /* \(context) */",
    ])
    func theCommentAtTheEndIsFound(_ end: String) {
        for dialect in [SQLDialect.mysql, .postgresql] {
            #expect(said("INSERT INTO t VALUES ('", end: end, dialect).filter { !$0.hasPrefix("a=") } == [context])
        }
    }

    @Test(arguments: [
        // In a string that began in the middle.
        "/* \(context) */ ')", "-- \(context) ')", "x /*\(context)*/ ', 1) /* a */", "# \(context)', 1)",
        "/* \(context) */\")", "/*\(commenter)*/' , 7)", "-- \(context)\n', 'b')",
        // The comment began in the middle, was cut or is no comment.
        "\(context) */", "\(context)", "/*! \(context) */", "/*+ \(context) */", "/*!50000 \(commenter) */",
        "/*\(commenter)", "", "*/", "/*/", "/**/", "/*", ";",
    ])
    func whatMayBeAStringIsNotRead(_ end: String) {
        for dialect in [SQLDialect.mysql, .postgresql] { #expect(said("SELECT '", end: end, dialect) == []) }
    }

    @Test(arguments: [
        "'/* \(context) ' */", "1 /* \(context) \"*/", "'/* \(context)', \"'\" */", "-- /*\n\(context) */",
        "`/* \(context)` */",
        "1) /*a='it\\'s',\(commenter)*/",
    ])
    func whatMayBeInAnExecutableCommentIsNotRead(_ end: String) {
        #expect(said("SELECT '", end: end, .mysql) == [])
        // PostgreSQL has none: its comments end with what they are.
        #expect(said("SELECT '", end: end, .postgresql).last?.hasPrefix(context) == true)
    }

    @Test(arguments: [
        // A line comment that began in the middle, or in front of a quote.
        "it's /* a\n\(context) /* b */ + 1", "/* a\n\(context) /* b */ + 1",
        // A comment that did, and ends within what looks like a line comment.
        "SELECT 2 */* \(context) */", "a ' -- */ SELECT \(context)\n", "-- */ SELECT \(context)",
        "/*b, \(context) /* c */ + 1", "/*/* \(context) */* c */ + 1", "/ /*/* \(context) */* c */ + 1",
    ])
    func whatMayEndEarlierIsNotRead(_ end: String) { #expect(said("SELECT 1", end: end, .mysql) == []) }

    @Test func dialectsHaveQuotesOfTheirOwn() {
        #expect(said("SELECT $$", end: "-- \(context)\n$$", .postgresql) == [])
        #expect(said("SELECT `", end: "-- \(context)\n`", .mysql) == [])
        #expect(said("SELECT 1", end: "7 # \(context)", .mysql) == [context])
        #expect(said("SELECT 1", end: "7 # \(context)", .postgresql) == [])
    }

    @Test func ofTheBeginningOnlyWhatIsClosedCounts() {
        for dialect in [SQLDialect.mysql, .postgresql] {
            #expect(said("/*\(commenter)*/ INSERT", end: "", dialect) == [context])
            #expect(said("-- \(context)\nINSERT", end: "", dialect) == [context])
            #expect(said("INSERT -- \(context)", end: "", dialect) == [])
            #expect(said("INSERT /*\(commenter)", end: "*/", dialect) == [])
            #expect(said("/*\(commenter)*/ INSERT", end: ", 3) /*\(commenter)*/", dialect) == [context, context])
        }
    }

    @Test func attributesAreFoundAsWell() {
        #expect(said("SELECT '", end: "') /*route='%2Fa',\(commenter)*/") == ["route=/a", context])
    }
}
