import Propagation
import Testing

private let context = "traceparent=\(sampleParent)"

@Suite struct SQLCommentReaderTests {
    // MARK: sqlcommenter

    @Test func sqlcommentersOwnExampleIsRead() {
        // https://google.github.io/sqlcommenter/spec/#sample
        let text = """
            SELECT * FROM FOO /*action='%2Fparam*d',controller='index,'framework='spring',\
            traceparent='00-5bd66ef5095369c7b0d1f8f4bd33716a-c532cb4098ac3dd2-01',\
            tracestate='congo%3Dt61rcWkgMzE%2Crojo%3D00f067aa0ba902b7'*/
            """
        // Its comma in quotes makes prose of it: the contexts count all the same.
        #expect(
            said(text) == [
                "traceparent=00-5bd66ef5095369c7b0d1f8f4bd33716a-c532cb4098ac3dd2-01", "tracestate=\(sampleState)",
            ])
        #expect(
            said(text.replacing("index,'", with: "index',")) == [
                "action=/param*d", "controller=index", "framework=spring",
                "traceparent=00-5bd66ef5095369c7b0d1f8f4bd33716a-c532cb4098ac3dd2-01", "tracestate=\(sampleState)",
            ])
    }

    @Test(arguments: [
        ("/*db_driver='psycopg2%%3A2.9.13',route='%2Fa%%2520b'*/", ["db_driver=psycopg2:2.9.13", "route=/a%20b"]),
        ("/*name='it\\'s',b='\\\\x'*/", ["name=it's", "b=\\\\x"]),
        ("/* a='1' , b = '2' */", ["a=1", "b=2"]), ("/*a='1',*/", ["a=1"]), ("/*my%20key='x'*/", ["my key=x"]),
        ("/*a=''*/", ["a="]),
        ("/*db_driver='x',dbapi_threadsafety=2,e=True*/", ["db_driver=x", "dbapi_threadsafety=2", "e=True"]),
        ("/*%C3%A9='%C3%A9'*/", ["é=é"]), ("/*Traceparent='x'*/", ["Traceparent=x"]),
    ])
    func valuesAreDecoded(_ comment: String, _ expected: [String]) {
        for dialect in [SQLDialect.mysql, .postgresql] {
            #expect(said("SELECT 1 " + comment, dialect) == expected)
            #expect(said(comment + "\nSELECT 1;", dialect) == expected)
        }
    }

    @Test(arguments: ["%", "%4", "%zz", "100%", "%%", "%%%", "a%3", "%%4"])
    func whatIsEncodedWronglyIsNoAttributeAndNoValidContext(_ value: String) {
        #expect(said("SELECT 1 /*a='\(value)',b='c'*/") == ["b=c"])
        #expect(said("SELECT 1 /*\(value)='a',b='c'*/") == ["b=c"])
        // Whoever reads it says that it is invalid.
        #expect(said("SELECT 1 /*traceparent='\(value)'*/") == ["traceparent=\(value)"])
        #expect(said("SELECT 1 -- traceparent: \(sampleParent)\(value)") == ["\(context)\(value)"])
    }

    @Test(arguments: [
        "/* see a='1' */", "/*a='1' b='2'*/", "/*a=1*/", "/*a:'1'*/", "-- a='1'", "/*a='1*/", "/*='1'*/", "/*a'1'*/",
        "/**/", "/* */", "/*a='1',,b='2'*/", "/*a='1';b='2'*/", "/*controller: index, action: show*/", "/*a=\"1\"*/",
        "/*a=1,b=2*/", "/*a='1',b=c d*/", "/*a='1',b=*/",
    ])
    func proseGivesNoAttributes(_ comment: String) {
        for dialect in [SQLDialect.mysql, .postgresql] { #expect(said("SELECT 1 " + comment, dialect) == []) }
    }

    // MARK: plain pairs

    @Test(arguments: [
        "/* traceparent: \(sampleParent) */ SELECT 1", "/*traceparent:\(sampleParent)*/ SELECT 1",
        "SELECT /* traceparent = \(sampleParent) */ 1", "SELECT 1 -- traceparent: \(sampleParent)",
        "SELECT 1 -- traceparent=\(sampleParent)\nFROM t", "SELECT 1 --\ttraceparent : \(sampleParent)",
        "/* from the shop (traceparent: \(sampleParent)), see it's wiki */ SELECT 1",
        "/* traceparent: \(sampleParent). Do not touch */ SELECT 1", "/* traceparent=\"\(sampleParent)\" */ SELECT 1",
        "/* so traceparent='\(sampleParent)' */ SELECT 1", "SELECT 1 /* a:b=c,traceparent=\(sampleParent);*/",
        "SELECT 1 /*\n * job: x\n * traceparent:\n * */ -- traceparent:\(sampleParent)",
        "SELECT 1 /* don't: 'x traceparent:\(sampleParent) */", "SELECT 1 /* note: 'a=b' traceparent:\(sampleParent)*/",
        "SELECT 'a\n-- traceparent: 1\n' -- traceparent: \(sampleParent)",
        "SELECT 1 /*/ traceparent:\(sampleParent) */",
    ])
    func aContextIsFoundAmongProse(_ text: String) {
        for dialect in [SQLDialect.mysql, .postgresql] {
            #expect(said(text, dialect).filter { $0.hasSuffix(sampleParent) } == [context])
        }
    }

    @Test func namesMatchInAnyCaseAndAsAWhole() {
        #expect(said("/* TraceParent=x */") == ["TraceParent=x"])
        for name in ["x-traceparent", "traceparent2", "traceparen", "étraceparent", "my.traceparent", "traceparent-"] {
            #expect(said("/* \(name)=\(sampleParent) */ SELECT 1").isEmpty)
        }
        #expect(said("/* x-trace: 7, y: 8 */", others: ["X-Trace"]) == ["x-trace=7"])
        #expect(said("/* x-trace: 7 */").isEmpty)
    }

    @Test func severalPairsAreSeparatedByCommasOrSpaces() {
        let both = [context, "tracestate=\(sampleState)"]
        for separator in [", ", ",", " ", "\n", " and "] {
            #expect(said("/* \(context)\(separator)tracestate=\(sampleState) */ SELECT 1") == both)
            #expect(said("/* tracestate=\(sampleState)\(separator)\(context) */ SELECT 1") == both.reversed())
        }
    }

    @Test func everyOneIsHandedOver() {
        // That two are one too many is not for the reader to say.
        #expect(said("/*\(context)*/ SELECT 1 -- \(context)") == [context, context])
        var reader = ContextReader()
        #expect(reader.read(Array(repeating: ("traceparent", sampleParent), count: 2)) == nil)
    }

    @Test func whatAnotherNameHasInQuotesIsNoContext() {
        #expect(
            said("/*route='/a?traceparent: \(sampleParent)'*/ SELECT 1") == ["route=/a?traceparent: \(sampleParent)"])
        #expect(said("/* of route='/a?traceparent: \(sampleParent) ' */ SELECT 1").isEmpty)
        #expect(said("/* note: \"traceparent: \(sampleParent) \" */ SELECT 1").isEmpty)
    }

    // MARK: what is a comment

    @Test(arguments: [
        "SELECT '/* \(context) */'", "SELECT 'it''s /* \(context) */'", "SELECT \"/* \(context) */\"",
        "SELECT '-- \(context)\n'", "/*! \(context) */", "/*!50000 \(context) */ SELECT 1", "/*+ \(context) */",
        "SELECT /*+ a(b) \(context) */ 1", "SELECT 1 /* \(context)", "SELECT 1 / * \(context) */",
        "SELECT 1 - - \(context)",
        "SELECT \(context)", "SELECT 'a' 'b /* \(context) */ '", "SELECT '# \(context)\n'", "",
    ])
    func whatIsNoCommentIsNotRead(_ text: String) {
        for dialect in [SQLDialect.mysql, .postgresql] { #expect(said(text, dialect) == []) }
    }

    @Test(arguments: [
        "SELECT 'it\\'s /* \(context) */'", "SELECT \"a\\\"/* \(context) */\"", "SELECT `/* \(context) */`",
        "SELECT 1 --\(context)", "/*M! \(context) */ SELECT 1", "/*M!100100 \(context) */ SELECT 1",
        "SELECT 'a\\\\' 'b /* \(context) */ '", "SELECT N'a\\'/* \(context) */'",
    ])
    func mysqlHasItsOwnQuoting(_ text: String) { #expect(said(text, .mysql) == []) }

    @Test(arguments: [
        "SELECT $$ /* \(context) */ $$", "SELECT $a$ $$ /* \(context) */ $a$", "SELECT $ä1$ $a$ -- \(context)\n$ä1$",
        "SELECT E'it\\'s /* \(context) */'", "SELECT e'a'\n'\\'/* \(context) */'", "SELECT 1 # \(context)",
        "SELECT U&'/* \(context) */'", "SELECT /* /* */ \(context)",
        "SELECT `/* \(context) */`".replacing("`", with: "\""),
        "SELECT 'a' -- x\r, '\(context)\n'",
    ])
    func postgresqlHasItsOwnQuoting(_ text: String) { #expect(said(text, .postgresql) == []) }

    @Test func commentsOfTheOtherKindAreRead() {
        for text in [
            "SELECT 1 # \(context)", "SELECT 1 #\(context)\n", "SELECT 1 -- \(context)\rx", "SELECT $$ /*\(context)*/",
        ] {
            #expect(said(text, .mysql) == [context])
        }
        for text in [
            "SELECT 1 --\(context)", "SELECT 'it\\' /* \(context) */", "SELECT ` /* \(context) */",
            "/* /* */ \(context) */", "/* /* \(context)*/ */", "/* /*\(context) /* */ */*/ SELECT 1",
            "SELECT E'a' '\\' /*\(context)*/", "SELECT a$b$ /*\(context)*/, c$b$", "SELECT $1 /*\(context)*/, $1",
        ] {
            #expect(said(text, .postgresql) == [context])
        }
        // A comment within an executable one is a comment.
        #expect(said("/*!50000 SELECT /* \(context) */ 1 */", .mysql) == [context])
    }
}
