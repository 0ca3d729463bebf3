import CInterspanBPF
import Testing

@testable import Capture

/// What is particular to MongoDB.
@Suite struct MongoTests {
    private typealias Sample = MongoConversations

    private func run(_ turns: [(side: Side, bytes: [UInt8])], limit: Int = .max) -> TrackerRun {
        var run = TrackerRun()
        var builder = RecordBuilder()
        builder.headLimit = limit
        run.feed(builder.event(INTERSPAN_KIND_OPEN))
        for turn in turns { run.feed(builder.say(turn.side, turn.bytes, asRequester: true)) }
        run.feed(builder.event(INTERSPAN_KIND_CLOSE))
        run.finish()
        return run
    }

    @Test func aCommandHasItsCollectionDatabaseAndSize() throws {
        let insert = Sample.op(
            1, [("insert", .text("users")), ("$db", .text("shop"))],
            more: Sample.list("documents", [[("a", .text("s3cret"))], [("b", .int(1))]]))
        let inline = Sample.op(
            2,
            [("delete", .text("users")), ("deletes", .array([.document([]), .document([])])), ("$db", .text("shop"))])
        let run = run([
            (.requester, insert), (.responder, Sample.op(11, to: 1, [("n", .int(2)), ("ok", .double(1))])),
            (.requester, inline), (.responder, Sample.op(12, to: 2, [("ok", .int(1))])),
        ])
        #expect(run.closed.map { $0.value(.collection) } == ["users", "users"])
        #expect(run.closed.map { $0.value(.namespace) } == ["shop", "shop"])
        #expect(run.closed.map { $0.value(.batchSize) } == ["2", "2"])
        #expect(run.closed.allSatisfy { !$0.fields.contains { $0.value.contains("s3cret") } })
        #expect(run.tracker.counters.losses.isZero)
    }

    @Test func errorsHaveTheirNumber() {
        let run = run([
            (.requester, Sample.op(1, [("find", .text("a")), ("$db", .text("d"))])),
            (.responder, Sample.op(11, to: 1, [("ok", .double(0)), ("errmsg", .text("s3cret")), ("code", .int(26))])),
            (.requester, Sample.op(2, [("ping", .int(1)), ("$db", .text("admin"))])),
            (.responder, Sample.op(12, to: 2, [("ok", .double(0)), ("code", .int(13))])),
            (
                .requester,
                Sample.op(3, [("saslStart", .int(1)), ("payload", .text("hunter2")), ("$db", .text("admin"))])
            ),
            (.responder, Sample.op(13, to: 3, [("ok", .double(1))])),
        ])
        #expect(run.closed.map { $0.value(.method) } == ["find", "ping"])
        #expect(run.closed.map { $0.value(.errorCode) } == ["26", "13"])
        #expect(run.closed.allSatisfy { $0.exchange.hasFailed })
    }

    @Test func answersInAnotherOrderFindTheirRequests() {
        let run = run([
            (.requester, Sample.op(1, [("find", .text("a"))])), (.requester, Sample.op(2, [("find", .text("b"))])),
            (.responder, Sample.op(11, to: 2, [("ok", .double(1))])),
            (.responder, Sample.op(12, to: 1, [("ok", .double(0)), ("code", .int(1))])),
        ])
        #expect(run.closed.map { $0.value(.collection) } == ["b", "a"])
        #expect(run.closed.map(\.exchange.hasFailed) == [false, true])
    }

    @Test func onlyTheBeginningOfALongDocumentIsNeeded() {
        let long = Sample.op(
            1, [("find", .text("a")), ("$db", .text("d")), ("filter", .text(String(repeating: "x", count: 1 << 20)))])
        let answer = Sample.op(11, to: 1, [("x", .text(String(repeating: "y", count: 1 << 20))), ("ok", .double(1))])
        let run = run([(.requester, long), (.responder, answer)], limit: 96)
        #expect(run.closed.map { $0.value(.namespace) } == ["d"])
        #expect(run.closed.map(\.exchange.outcome) == [.complete])
        #expect(run.tracker.counters.losses.isZero)
    }

    @Test func documentsThatLieAboutTheirLengthsDoNoHarm() {
        var random = SeededGenerator(state: 7)
        let whole = Sample.op(
            1, [("find", .text("a")), ("f", .document([("x", .array([.int(1)]))])), ("$db", .text("d"))])
        for _ in 0..<2_000 {
            var bytes = whole
            for _ in 0..<3 {
                bytes[Int.random(in: 16..<bytes.count, using: &random)] = UInt8.random(in: 0...255, using: &random)
            }
            #expect(run([(.requester, bytes)]).closed.count <= 1)
        }
    }
}
