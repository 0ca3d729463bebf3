import CInterspanBPF
import Testing

@testable import Capture

@Suite struct PostgreSQLTests {
    private typealias Bytes = PostgreSQLBytes

    private func run(_ steps: [(Side, [UInt8])], headLimit: Int = .max, tailLimit: Int = 0) -> TrackerRun {
        var builder = RecordBuilder()
        builder.headLimit = headLimit
        builder.tailLimit = tailLimit
        var run = TrackerRun()
        for (side, bytes) in steps { run.feed(builder.say(side, bytes, asRequester: true)) }
        run.feed(builder.event(INTERSPAN_KIND_CLOSE))
        run.finish()
        return run
    }

    private let login: [(Side, [UInt8])] = [
        (.requester, Bytes.startup("ann", "shop")), (.responder, Bytes.authenticated),
    ]

    private func extended(_ sql: String) -> [UInt8] { Bytes.parse("", sql) + Bytes.bind("", "") + Bytes.execute("") }

    @Test func databaseIsTheOneOfTheLogIn() {
        let run = run(login + [(.requester, Bytes.query("SELECT 1")), (.responder, Bytes.rows(1) + Bytes.ready)])
        #expect(run.closed.map { $0.value(.namespace) } == ["shop"])
    }

    @Test func whatFollowsAFailureInAPipelineHasFailedWithoutACode() {
        let answers =
            Bytes.parsed + Bytes.bound + Bytes.complete("INSERT 0 1") + Bytes.parsed + Bytes.error("23505")
            + Bytes.ready
        let run = run(
            login + [
                (.requester, extended("INSERT 1") + extended("INSERT 2") + extended("INSERT 3") + Bytes.sync),
                (.responder, answers), (.requester, Bytes.query("SELECT 4")),
                (.responder, Bytes.rows(1) + Bytes.ready),
            ])
        #expect(run.closed.map(\.operation) == ["INSERT 1", "INSERT 2", "INSERT 3", "SELECT 4"])
        #expect(run.closed.map(\.exchange.hasFailed) == [false, true, true, false])
        #expect(run.closed.map { $0.value(.errorCode) } == [nil, "23505", nil, nil])
    }

    @Test func preparationAheadOfAnExecuteIsNoPartOfIt() {
        let run = run(
            login + [
                (.requester, Bytes.parse("s", "SELECT 5") + Bytes.describe("S", "s") + Bytes.message("H")),
                (.responder, Bytes.parsed + Bytes.message("t", [0, 0]) + Bytes.columns),
                (.requester, Bytes.bind("", "s") + Bytes.execute("") + Bytes.sync),
                (.responder, Bytes.bound + Bytes.rows(2) + Bytes.ready),
            ])
        #expect(run.closed.map(\.operation) == ["SELECT 5"])
        #expect(run.closed.map { $0.value(.rows) } == ["2"])
        #expect(run.tracker.counters.passedOver == 2)
    }

    @Test func syncThatIsSentAheadOfCopiedDataIsPassedOver() {
        let run = run(
            login + [
                (.requester, extended("COPY t FROM STDIN") + Bytes.sync),
                (.responder, Bytes.parsed + Bytes.bound + Bytes.message("G", [0, 0, 0])),
                (.requester, Bytes.message("d", [1, 2, 3]) + Bytes.message("c") + Bytes.sync),
                (.responder, Bytes.complete("COPY 1") + Bytes.ready), (.requester, Bytes.query("SELECT 6")),
                (.responder, Bytes.rows(1) + Bytes.ready),
            ])
        #expect(run.closed.map(\.operation) == ["COPY t FROM STDIN", "SELECT 6"])
        #expect(run.closed.allSatisfy { $0.exchange.outcome == .complete })
    }

    @Test func tlsIsHandedOver() {
        let run = run([
            (.requester, Bytes.tlsRequest), (.responder, [UInt8(ascii: "S")]), (.requester, [0x16, 3, 1, 0, 5]),
        ])
        #expect(run.closed.isEmpty)
        #expect(run.lost(.malformed) == 0)
    }

    @Test func answerOfWhichTheMiddleIsMissingEndsWithReadyForQuery() {
        let rows = Bytes.columns + Bytes.rows(300) + Bytes.ready
        let run = run(
            login + [
                (.requester, Bytes.query("SELECT 7")), (.responder, rows), (.requester, Bytes.query("SELECT 8")),
                (.responder, rows.dropLast(Bytes.ready.count) + Bytes.error("22012") + Bytes.ready),
                (.requester, Bytes.query("SELECT 9")), (.responder, Bytes.rows(1) + Bytes.ready),
            ], headLimit: 120, tailLimit: 60)
        #expect(run.closed.map(\.operation) == ["SELECT 7", "SELECT 8", "SELECT 9"])
        #expect(run.closed.allSatisfy { $0.exchange.outcome == .complete })
        #expect(run.closed.map { $0.value(.rows) } == ["300", nil, "1"])
        #expect(run.closed.map { $0.value(.errorCode) } == [nil, "22012", nil])
    }

    @Test func noticesAndNotificationsAreNoAnswers() {
        let notice =
            Bytes.message("N", Bytes.text("SNOTICE") + [0]) + Bytes.message("A", Bytes.number(1) + [0x61, 0, 0])
        let run = run(
            login + [
                (.responder, notice), (.requester, Bytes.query("SELECT 1")),
                (.responder, notice + Bytes.rows(1) + notice + Bytes.ready),
            ])
        #expect(run.closed.map { $0.value(.rows) } == ["1"])
    }

    @Test func longStatementKeepsItsBeginningAndItsEnd() {
        let text = "SELECT '" + String(repeating: "x", count: 100_000) + "' /*a='b'*/"
        for (request, answer) in [
            (Bytes.query(text), [UInt8]()), (extended(text) + Bytes.sync, Bytes.parsed + Bytes.bound),
        ] {
            let run = run(
                login + [(.requester, request), (.responder, answer + Bytes.rows(1) + Bytes.ready)], headLimit: 3072,
                tailLimit: 1024)
            #expect(run.closed.count == 1)
            #expect(run.closed.first?.value(.statement).map { text.hasPrefix($0) && $0.utf8.count > 3000 } == true)
            #expect(run.closed.first?.value(.statementEnd)?.hasSuffix("/*a='b'*/") == true)
        }
    }
}
