import CInterspanBPF
import Testing

@testable import Capture

/// What is known of long statements, and of those that were prepared: their comments must be found.
@Suite struct StatementEndTests {
    private static let comment = " /*traceparent='00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01'*/"

    private func run(
        _ steps: [(Side, [UInt8])], headLimit: Int = .max, tailLimit: Int = 0, chunk: Int = .max
    ) -> TrackerRun {
        var builder = RecordBuilder()
        builder.headLimit = headLimit
        builder.tailLimit = tailLimit
        var run = TrackerRun()
        for (side, bytes) in steps {
            var start = 0
            while start < bytes.count {
                let end = start + min(chunk, bytes.count - start)
                run.feed(builder.say(side, Array(bytes[start..<end]), asRequester: true))
                start = end
            }
        }
        run.feed(builder.event(INTERSPAN_KIND_CLOSE))
        run.finish()
        return run
    }

    /// A statement of so many bytes with a comment at its end.
    private func statement(_ count: Int) -> String {
        let start = "INSERT INTO t VALUES ('"
        let filler = count - start.utf8.count - StatementEndTests.comment.utf8.count - 2
        return start + String(repeating: "x", count: filler) + "')" + StatementEndTests.comment
    }

    /// The ways in which a statement is sent, with what is answered, and where in it the statement is.
    private func conversations(_ text: String) -> [(name: String, steps: [(Side, [UInt8])])] {
        typealias My = MySQLBytes
        typealias Pg = PostgreSQLBytes
        let prepared = My.packet(1, [0, 7, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0])
        let bound = Pg.parsed + Pg.bound + Pg.rows(1) + Pg.ready
        return [
            ("MySQL query", [(.requester, My.query(text)), (.responder, My.ok())]),
            (
                "MySQL prepared",
                [
                    (.requester, My.prepare(text)), (.responder, prepared), (.requester, My.execute(7)),
                    (.responder, My.ok()),
                ]
            ), ("PostgreSQL query", [(.requester, Pg.query(text)), (.responder, Pg.rows(1) + Pg.ready)]),
            (
                "PostgreSQL extended",
                [
                    (.requester, Pg.parse("s", text) + Pg.bind("", "s") + Pg.execute("") + Pg.sync),
                    (.responder, bound),
                ]
            ),
            (
                "PostgreSQL extended with types",
                [
                    (
                        .requester,
                        Pg.message("P", Pg.text("") + Pg.text(text) + [0, 2, 0, 0, 0, 23, 0, 0, 0, 0])
                            + Pg.bind("p", "") + Pg.execute("p") + Pg.sync
                    ), (.responder, bound),
                ]
            ),
        ]
    }

    @Test(
        arguments: [200, 3000, 4096, 5000, 8000, 8192] + stride(from: 8180, to: 8300, by: 10) + [
            9000, 9215, 9216, 9217, 9300, 20_000,
        ])
    func commentAtTheEndIsWholeWhateverTheLength(_ count: Int) {
        let text = statement(count)
        for (name, steps) in conversations(text) {
            for (headLimit, tailLimit, chunk) in [(Int.max, 0, Int.max), (3072, 1024, .max), (.max, 0, 1000)] {
                let run = run(steps, headLimit: headLimit, tailLimit: tailLimit, chunk: chunk)
                let closed = run.closed.first
                let (beginning, end) = (closed?.value(.statement) ?? "", closed?.value(.statementEnd))
                let about = Comment(rawValue: "\(name) of \(count), \(headLimit), \(chunk)")
                #expect(run.closed.count == 1, about)
                #expect(text.hasPrefix(beginning) && beginning.utf8.count >= min(count, 3000), about)
                #expect((end ?? beginning).hasSuffix(StatementEndTests.comment), about)
                #expect(text.hasSuffix(end ?? beginning), about)
                // No byte is in both.
                #expect(beginning.utf8.count + (end ?? "").utf8.count <= count, about)
                #expect((end == nil) == (beginning == text), about)
            }
        }
    }

    @Test func statementOfTenMegabytesKeepsItsEnd() {
        let text = statement(10_000_000)
        for (name, steps) in conversations(text) {
            for chunk in [Int.max, 1 << 20] {
                let run = run(steps, headLimit: 3072, tailLimit: 1024, chunk: chunk)
                #expect(run.closed.first?.value(.statementEnd)?.hasSuffix(StatementEndTests.comment) == true, "\(name)")
            }
        }
    }

    @Test func statementOfSeveralPacketsEndsWithTheLast() {
        // Its last packet is short, and all of it is in its head.
        let comment = Array("x'".utf8) + Array(StatementEndTests.comment.utf8)
        for last in [comment, [UInt8](repeating: 0x78, count: 20_000) + comment] {
            let first =
                [0xFF, 0xFF, 0xFF, 0, 3] + Array("SELECT '".utf8) + [UInt8](repeating: 0x78, count: 0xFF_FFFF - 9)
            let run = run(
                [(.requester, first), (.requester, MySQLBytes.packet(1, last)), (.responder, MySQLBytes.ok(2))],
                headLimit: 3072, tailLimit: 1024)
            #expect(run.closed.first?.value(.statementEnd)?.hasSuffix(StatementEndTests.comment) == true)
        }
    }

    @Test func endThatNobodySawIsSaidToBeUnknown() {
        for (request, next) in [
            (MySQLBytes.query(statement(20_000)), MySQLBytes.query("SELECT 2")),
            (PostgreSQLBytes.query(statement(20_000)), PostgreSQLBytes.query("SELECT 2")),
        ] {
            var builder = RecordBuilder()
            var run = TrackerRun()
            run.feed(builder.say(.requester, Array(request[..<10_000]), asRequester: true))
            // What is missing reaches into another message.
            builder.sent += UInt64(request.count - 10_000 + 5000)
            run.feed(builder.say(.requester, next, asRequester: true))
            run.feed(builder.event(INTERSPAN_KIND_CLOSE))
            run.finish()
            #expect(run.opened.first?.value(.statementEnd) == "")
        }
    }

    @Test func typesOfParametersAreNoText() {
        // So many that nothing of the text is among the last bytes.
        let types = [UInt8](repeating: 0, count: 4 * 2000)
        let parse = PostgreSQLBytes.message(
            "P", PostgreSQLBytes.text("") + PostgreSQLBytes.text(statement(20_000)) + [0x07, 0xD0] + types)
        let run = run([
            (.requester, parse + PostgreSQLBytes.bind("", "") + PostgreSQLBytes.execute("") + PostgreSQLBytes.sync),
            (
                .responder,
                PostgreSQLBytes.parsed + PostgreSQLBytes.bound + PostgreSQLBytes.rows(1) + PostgreSQLBytes.ready
            ),
        ])
        #expect(run.closed.first?.value(.statementEnd) == "")
    }

    @Test func executionsHaveTheStatementThatWasPrepared() {
        typealias Pg = PostgreSQLBytes
        let answer = Pg.bound + Pg.rows(1)
        let run = run([
            (.requester, Pg.parse("a", "SELECT 1 /*a*/") + Pg.parse("b", "SELECT 2 /*b*/") + Pg.sync),
            (.responder, Pg.parsed + Pg.parsed + Pg.ready),
            (
                .requester,
                Pg.bind("", "b") + Pg.execute("") + Pg.bind("p", "a") + Pg.bind("", "a") + Pg.execute("")
                    + Pg.execute("p")
                    + Pg.execute("p") + Pg.sync
            ), (.responder, answer + Pg.bound + answer + Pg.rows(1) + Pg.rows(1) + Pg.ready),
            (.requester, Pg.parse("", "SELECT 3") + Pg.bind("", "") + Pg.execute("") + Pg.sync),
            (.responder, Pg.parsed + answer + Pg.ready), (.requester, Pg.bind("", "b") + Pg.execute("") + Pg.sync),
            (.responder, answer + Pg.ready),
        ])
        #expect(
            run.closed.map { $0.value(.statement) } == [
                "SELECT 2 /*b*/", "SELECT 1 /*a*/", "SELECT 1 /*a*/", "SELECT 1 /*a*/", "SELECT 3", "SELECT 2 /*b*/",
            ])
    }
}
