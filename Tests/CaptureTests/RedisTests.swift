import CInterspanBPF
import Testing

@testable import Capture

/// What is particular to Redis.
@Suite struct RedisTests {
    /// A conversation in which each side says its texts in turn, from the connection's beginning.
    private func run(_ turns: [(request: [UInt8], response: String)], isOpen: Bool = true) -> TrackerRun {
        var run = TrackerRun()
        var builder = RecordBuilder()
        if isOpen { run.feed(builder.event(INTERSPAN_KIND_OPEN)) }
        for turn in turns {
            if !turn.request.isEmpty { run.feed(builder.send(turn.request)) }
            if !turn.response.isEmpty { run.feed(builder.receive(turn.response)) }
        }
        run.feed(builder.event(INTERSPAN_KIND_CLOSE))
        run.finish()
        return run
    }

    private func command(_ arguments: String...) -> [UInt8] {
        Array("*\(arguments.count)\r\n".utf8) + arguments.flatMap { Array("$\($0.utf8.count)\r\n\($0)\r\n".utf8) }
    }

    @Test(arguments: [
        (["SET", "k", "v", "EX", "10"], "SET k ? ? ?"), (["BLPOP", "a", "b", "0"], "BLPOP a b ?"),
        (["EVAL", "return 1", "2", "a", "b", "v"], "EVAL ? 2 a b ?"),
        (["EVALSHA", "ab12", "1", "a", "v"], "EVALSHA ab12 1 a ?"),
        (["ZUNIONSTORE", "d", "2", "a", "b", "WEIGHTS", "1"], "ZUNIONSTORE d 2 a b ? ?"),
        (["BLMPOP", "0", "1", "l", "LEFT"], "BLMPOP ? 1 l ?"),
        (
            ["XREADGROUP", "GROUP", "g", "c", "STREAMS", "s", ">"],
            "XREADGROUP ? ? ? STREAMS s ?"
        ),
        (["CONFIG", "SET", "requirepass", "p"], "CONFIG SET ? ?"),
        (["MIGRATE", "h", "1", "k", "AUTH", "p"], "MIGRATE ? ? ? ? ?"),
        (["ACL", "SETUSER", "u", ">p"], "ACL SETUSER ? ?"), (["SCRIPT", "LOAD", "text"], "SCRIPT LOAD ?"),
        (["OBJECT", "ENCODING", "k"], "OBJECT ENCODING k"), (["what", "v"], "WHAT ?"),
    ])
    func keysAreShownAndValuesAreNot(_ arguments: [String], _ text: String) throws {
        let bytes =
            Array("*\(arguments.count)\r\n".utf8) + arguments.flatMap { Array("$\($0.utf8.count)\r\n\($0)\r\n".utf8) }
        let run = run([(bytes, "+OK\r\n")])
        #expect(run.closed.map { $0.value(.statement) } == [text])
    }

    @Test func logInIsSilentUnlessItFails() {
        let run = run([
            (command("AUTH", "hunter2"), "-WRONGPASS invalid username-password pair\r\n"),
            (command("AUTH", "hunter2"), "+OK\r\n"),
            (command("HELLO", "3", "AUTH", "default", "hunter2"), "%1\r\n+a\r\n:1\r\n"),
            (command("PING"), "+PONG\r\n"), (command("CLIENT", "SETNAME", "hunter2"), "+OK\r\n"),
            (command("CLIENT", "SETINFO", "LIB-NAME", "x"), "-ERR unknown subcommand\r\n"),
        ])
        #expect(run.closed.map { $0.value(.statement) } == ["AUTH ?"])
        #expect(run.closed.map { $0.value(.errorCode) } == ["WRONGPASS"])
        #expect(run.closed.allSatisfy { $0.exchange.hasFailed && $0.exchange.outcome == .complete })
        #expect(run.tracker.counters.losses.isZero)
    }

    @Test func theDatabaseThatWasSelectedIsRemembered() {
        let run = run([
            (command("GET", "a"), "$-1\r\n"), (command("SELECT", "5"), "+OK\r\n"), (command("GET", "b"), "$-1\r\n"),
            (command("SELECT", "99"), "-ERR DB index is out of range\r\n"), (command("GET", "c"), "$-1\r\n"),
        ])
        #expect(run.closed.map { $0.value(.namespace) } == ["0", nil, "5", nil, "5"])
    }

    @Test func aTransactionHasItsSizeAndTheErrorsInIt() {
        let run = run([
            (command("MULTI"), "+OK\r\n"), (command("SET", "a", "1"), "+QUEUED\r\n"),
            (command("LPUSH", "a", "1"), "+QUEUED\r\n"),
            (command("EXEC"), "*2\r\n+OK\r\n-WRONGTYPE no list\r\n"),
        ])
        #expect(run.closed.last?.value(.batchSize) == "2")
        #expect(run.closed.map(\.exchange.hasFailed) == [false, false, false, true])
        #expect(run.closed.last?.value(.errorCode) == "WRONGTYPE")
    }

    @Test func messagesOfChannelsAreNobodysAnswer() {
        let message = "*3\r\n$7\r\nmessage\r\n$1\r\na\r\n$1\r\nx\r\n"
        let run = run([
            (
                command("SUBSCRIBE", "a", "b"),
                "*3\r\n$9\r\nsubscribe\r\n$1\r\na\r\n:1\r\n*3\r\n$9\r\nsubscribe\r\n$1\r\nb\r\n:2\r\n"
            ), ([], message), ([], message), (command("PING"), "*2\r\n$4\r\npong\r\n$0\r\n\r\n"),
            (
                command("UNSUBSCRIBE", "a", "b"),
                message + "*3\r\n$11\r\nunsubscribe\r\n$1\r\na\r\n:1\r\n*3\r\n$11\r\nunsubscribe\r\n$1\r\nb\r\n:0\r\n"
            ), (command("LRANGE", "l", "0", "1"), "*1\r\n$7\r\nmessage\r\n"),
        ])
        #expect(run.closed.map { $0.value(.statement) } == ["SUBSCRIBE a b", "UNSUBSCRIBE a b", "LRANGE l ? ?"])
        #expect(run.closed.allSatisfy { $0.exchange.outcome == .complete && $0.exchange.responseStart.time > 0 })
        #expect(run.tracker.counters.losses.isZero)
    }

    @Test func aServerThatWasToldNotToAnswerIsNotWaitedFor() {
        let run = run([
            (command("CLIENT", "REPLY", "SKIP") + command("SET", "a", "1") + command("GET", "a"), "$1\r\n1\r\n"),
            (command("CLIENT", "REPLY", "OFF") + command("DEL", "a"), ""),
            (command("CLIENT", "REPLY", "ON"), "+OK\r\n"), (command("GET", "b"), "$-1\r\n"),
        ])
        #expect(run.closed.map { $0.value(.statement) }.sorted { $0! < $1! } == ["DEL a", "GET a", "GET b", "SET a ?"])
        #expect(run.closed.allSatisfy { $0.exchange.outcome == .complete })
        #expect(run.closed.filter { $0.exchange.responseStart.time == 0 }.count == 2)
    }

    @Test func replicationAndMonitoringAreLeftAlone() {
        let monitor = run([
            (command("MONITOR"), "+OK\r\n"), ([], "+1339518083.107412 [0 127.0.0.1:60866] \"keys\" \"s3cret\"\r\n"),
        ])
        #expect(monitor.closed.map { $0.value(.method) } == ["MONITOR"])
        let replica = run([
            (command("REPLCONF", "listening-port", "1"), "+OK\r\n"),
            (command("PSYNC", "?", "-1"), "+FULLRESYNC a 0\r\n"),
            ([], "*3\r\n$3\r\nSET\r\n$1\r\na\r\n$1\r\nb\r\n"), (command("REPLCONF", "ACK", "1"), ""),
        ])
        #expect(replica.closed.isEmpty && replica.lost(.orphanResponse) == 0)
    }

    @Test func inlineCommandsAreCommands() {
        let run = run([
            (command("GET", "a"), "$-1\r\n"), (Array("SET k s3cret\r\n".utf8), "+OK\r\n"),
            (Array("set \"a b\" \"s3cret x\"\r\n".utf8), "+OK\r\n"),
        ])
        #expect(run.closed.map { $0.value(.statement) } == ["GET a", "SET k ?", "SET"])
    }

    @Test func depthWithoutEndCostsNothing() {
        var text = "*1\r\n"
        for _ in 0..<20_000 { text += "*1\r\n" }
        let run = run([(command("GET", "a"), text)])
        #expect(run.closed.map(\.exchange.outcome) == [.cutOff])
        #expect(run.lost(.malformed) > 0)
    }

    @Test func aValueOfWhichOnlyTheLengthIsKnownIsPassedOver() {
        var run = TrackerRun()
        var builder = RecordBuilder()
        builder.headLimit = 64
        run.feed(builder.send(command("SET", "long", String(repeating: "x", count: 100_000))))
        run.feed(builder.receive("+OK\r\n"))
        run.feed(builder.send(command("GET", "long")))
        run.feed(builder.receive("$100000\r\n" + String(repeating: "x", count: 100_000) + "\r\n"))
        run.feed(builder.event(INTERSPAN_KIND_CLOSE))
        run.finish()
        #expect(run.closed.map { $0.value(.statement) } == ["SET long ?", "GET long"])
        #expect(run.closed.map(\.exchange.responseBody) == [5, 100_011])
        #expect(run.tracker.counters.losses.isZero)
    }
}
