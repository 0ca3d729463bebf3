import CInterspanBPF
import Testing

@testable import Capture

/// What is particular to Memcached.
@Suite struct MemcachedTests {
    private func run(_ turns: [(request: [UInt8], response: [UInt8])]) -> TrackerRun {
        var run = TrackerRun()
        var builder = RecordBuilder()
        run.feed(builder.event(INTERSPAN_KIND_OPEN))
        for turn in turns {
            if !turn.request.isEmpty { run.feed(builder.send(turn.request)) }
            if !turn.response.isEmpty { run.feed(builder.receive(turn.response)) }
        }
        run.feed(builder.event(INTERSPAN_KIND_CLOSE))
        run.finish()
        return run
    }

    private func text(_ request: String, _ response: String) -> (request: [UInt8], response: [UInt8]) {
        (Array(request.utf8), Array(response.utf8))
    }

    @Test func quietRequestsThatAreNotAnsweredAreComplete() {
        let run = run([
            text("mg a q v O1\r\nmg b q v O2\r\nmg c q v O3\r\nmn\r\n", "VA 2 O2\r\nhi\r\nMN\r\n"),
            text("mg d v\r\n", "EN\r\n"),
        ])
        #expect(Set(run.closed.map { $0.value(.statement) }) == ["mg a", "mg b", "mg c", "mg d"])
        #expect(
            run.closed.filter { $0.exchange.responseStart.time > 0 }.map { $0.value(.statement) } == ["mg b", "mg d"])
        #expect(run.closed.allSatisfy { $0.exchange.outcome == .complete })
        #expect(run.tracker.counters.losses.isZero)
    }

    @Test func anAnswerThatCouldBeOfSeveralIsNobodys() {
        let run = run([text("mg a q v\r\nmg b q v\r\nmn\r\n", "VA 2\r\nhi\r\nMN\r\n")])
        #expect(run.closed.count == 2)
        #expect(run.closed.allSatisfy { $0.exchange.responseStart.time == 0 && $0.exchange.outcome == .complete })
        #expect(run.lost(.unpaired) == 1)
    }

    @Test func missesAreNoErrorsAndErrorsAre() {
        let run = run([
            text("get a\r\n", "END\r\n"), text("delete a\r\n", "NOT_FOUND\r\n"),
            text("add a 0 0 1\r\nx\r\n", "NOT_STORED\r\n"),
            text("set a 0 0 1\r\nx\r\n", "SERVER_ERROR out of memory storing object\r\n"),
        ])
        #expect(run.closed.map(\.exchange.hasFailed) == [false, false, false, true])
        #expect(run.closed.last?.value(.errorCode) == "SERVER_ERROR")
    }

    @Test func aLogInIsSilentUnlessItFails() {
        typealias Sample = MemcachedConversations
        let login = Sample.binary(0x21, key: "PLAIN", value: "\0user\0hunter2")
        let run = run([
            (login, Sample.binary(0x21, isResponse: true, value: "Auth failure", status: 0x20)),
            (login, Sample.binary(0x21, isResponse: true, value: "Authenticated")),
        ])
        #expect(run.closed.map { $0.value(.statement) } == ["sasl_auth"])
        #expect(run.closed.map { $0.value(.errorCode) } == ["32"])
    }

    @Test func aNamedAnswerFindsItsRequestAmongQuietOnes() {
        typealias Sample = MemcachedConversations
        let run = run([
            (
                Sample.binary(0x0D, key: "a") + Sample.binary(0x0D, key: "b") + Sample.binary(0x0A),
                Sample.binary(0x0D, isResponse: true, key: "b", extras: [0, 0, 0, 0], value: "x")
                    + Sample.binary(0x0A, isResponse: true)
            )
        ])
        #expect(run.closed.filter { $0.exchange.responseStart.time > 0 }.map { $0.value(.statement) } == ["get b"])
        #expect(run.closed.count == 2)
    }
}
