import CInterspanBPF
import Testing

@testable import Capture

@Suite struct MySQLTests {
    private typealias Bytes = MySQLBytes

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

    private let handshake: [(Side, [UInt8])] = [
        (.responder, Bytes.greeting("5.5.5-10.11.4-MariaDB")), (.requester, Bytes.login(Bytes.plain)),
        (.responder, Bytes.ok(2)),
    ]

    @Test func handshakeTellsServerAndDatabase() {
        let run = run(
            handshake + [(.requester, Bytes.query("SELECT 1")), (.responder, Bytes.rows(1, deprecated: false))])
        #expect(run.closed.count == 1)
        #expect(run.closed[0].value(.version) == "MariaDB")
        #expect(run.closed[0].value(.namespace) == "shop")
        #expect(run.closed[0].value(.rows) == "1")
    }

    @Test func databaseFollowsUseByCommandAndByStatement() {
        let run = run(
            handshake + [
                (.requester, Bytes.command(0x02, Array("a".utf8))), (.responder, Bytes.ok()),
                (.requester, Bytes.query("SELECT 1")), (.responder, Bytes.ok()),
                (.requester, Bytes.query("USE `b`;")), (.responder, Bytes.ok()),
                (.requester, Bytes.query("SELECT 2")), (.responder, Bytes.ok()),
                (.requester, Bytes.query("USE nix")), (.responder, Bytes.error(1049)),
                (.requester, Bytes.query("SELECT 3")), (.responder, Bytes.ok()),
            ])
        #expect(run.closed.compactMap { $0.value(.namespace) } == ["a", "a", "a", "b", "b", "b"])
        #expect(run.closed[4].value(.errorDetail) == "42S02")
    }

    @Test func tlsIsHandedOver() {
        let request = Bytes.packet(1, Array(Bytes.login(Bytes.plain | 1 << 11)[4..<36]))
        let run = run([
            (.responder, Bytes.greeting("8.0.36")), (.requester, request), (.requester, [0x16, 3, 1, 0, 5]),
        ])
        #expect(run.closed.isEmpty)
        #expect(run.lost(.malformed) == 0)
    }

    @Test func queryAttributesAreNotText() {
        let attribute: [UInt8] = [1, 1, 0, 1, 0xFE, 0, 1, 0x6B, 3, 0x61, 0x62, 0x63]
        for attributes in [[0, 1], attribute] {
            let query = Bytes.command(0x03, attributes + Array("SELECT 7".utf8))
            let run = run([
                (.responder, Bytes.greeting("8.0.36")), (.requester, Bytes.login(Bytes.plain | 1 << 27)),
                (.responder, Bytes.ok(2)), (.requester, query), (.responder, Bytes.ok()),
            ])
            #expect(run.closed.map(\.operation) == ["SELECT 7"])
        }
    }

    @Test func compressedConnectionsSaySo() {
        let request = [12, 0, 0, 0, 20, 0, 0] + [UInt8](repeating: 0x78, count: 12)
        let answer = [9, 0, 0, 1, 90, 0, 0] + [UInt8](repeating: 0x78, count: 9)
        let quit: [UInt8] = [5, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 1]
        let run = run([
            (.responder, Bytes.greeting("8.0.36")), (.requester, Bytes.login(Bytes.plain | 1 << 5)),
            (.responder, Bytes.ok(2)), (.requester, request), (.responder, answer), (.requester, request),
            (.responder, answer), (.requester, quit),
        ])
        #expect(run.closed.map { $0.value(.compression) } == ["zlib", "zlib"])
        #expect(run.closed.allSatisfy { $0.exchange.outcome == .complete })
    }

    @Test func longStatementKeepsItsBeginningAndItsEnd() {
        let text = "SELECT '" + String(repeating: "x", count: 100_000) + "' /*a='b'*/"
        let run = run(
            [(.requester, Bytes.query(text)), (.responder, Bytes.ok())], headLimit: 3072, tailLimit: 1024)
        #expect(run.closed.count == 1)
        #expect(run.closed[0].value(.statement).map { text.hasPrefix($0) && $0.utf8.count > 3000 } == true)
        #expect(run.closed[0].value(.statementEnd)?.hasSuffix("/*a='b'*/") == true)
        #expect(run.closed[0].exchange.outcome == .complete)
    }

    @Test func answerOfWhichTheMiddleIsMissingEndsWithItsLastPacket() {
        let run = run(
            [
                (.requester, Bytes.query("SELECT a FROM t")), (.responder, Bytes.rows(200, deprecated: true)),
                (.requester, Bytes.query("SELECT b FROM t")), (.responder, Bytes.error(1146)),
            ], headLimit: 200, tailLimit: 50)
        #expect(run.closed.map(\.operation) == ["SELECT a FROM t", "SELECT b FROM t"])
        #expect(run.closed.map(\.exchange.outcome) == [.complete, .complete])
        #expect(run.closed.map { $0.value(.rows) } == [nil, nil])
        #expect(run.closed.map(\.exchange.status) == [0, 1146])
    }

    @Test func packetOf16MiBGoesOnInTheNext() {
        let first = [0xFF, 0xFF, 0xFF, 0, 3] + Array("SELECT '".utf8) + [UInt8](repeating: 0x78, count: 0xFF_FFFF - 9)
        let run = run(
            [
                (.requester, first), (.requester, Bytes.packet(1, Array("x'".utf8))), (.responder, Bytes.ok(2)),
                (.requester, Bytes.query("SELECT 2")), (.responder, Bytes.ok()),
            ], headLimit: 100)
        #expect(run.closed.count == 2)
        #expect(run.closed.allSatisfy { $0.exchange.outcome == .complete })
    }

    @Test func preparedStatementsAreBoundedAndCounted() {
        var steps: [(Side, [UInt8])] = []
        for id in 0..<300 {
            let answer = Bytes.packet(1, [0, UInt8(id & 0xFF), UInt8(id >> 8), 0, 0, 0, 0, 0, 0, 0, 0, 0])
            steps += [(.requester, Bytes.prepare("SELECT \(id)")), (.responder, answer)]
        }
        let run = run(steps)
        #expect(run.closed.isEmpty)
        #expect(run.lost(.tableFull) > 0)
    }

    @Test func failedPreparationIsToldOf() {
        let run = run([(.requester, Bytes.prepare("SELECT a FROM nix")), (.responder, Bytes.error(1146))])
        #expect(run.closed.map(\.operation) == ["PREPARE SELECT a FROM nix"])
        #expect(run.closed.map(\.exchange.hasFailed) == [true])
    }

    @Test func whoJoinsInAPipelineGivesNoAnswerToAnotherRequest() {
        var builder = RecordBuilder()
        // So much was said before; the answer to one request is still to come.
        (builder.sent, builder.received) = (500, 500)
        var run = TrackerRun()
        for (side, bytes) in [
            (Side.requester, Bytes.query("SELECT 1")), (.requester, Bytes.query("SELECT 2")),
            (.responder, Bytes.error(1000)), (.responder, Bytes.error(1001)), (.responder, Bytes.error(1002)),
        ] {
            run.feed(builder.say(side, bytes, asRequester: true))
        }
        run.finish()
        #expect(run.closed.allSatisfy { $0.exchange.status == 0 && $0.exchange.outcome == .cutOff })
        #expect(run.lost(.unpaired) > 0)
    }
}
