import Foundation
import Testing

@testable import OTLP

/// What becomes of connections, against grpcio's server. `Tests/Peers/run` sets it up.
@Suite(.enabled(if: peersPython != nil, "run by Tests/Peers/run"))
struct GRPCConnectionTests: GRPCSuite {
    let recorder = LogRecorder()

    @Test func noAnswerInTimeIsTriedAgain() throws {
        let receiver = try GRPCReceiver("hang", "OK")
        var settings = settings(receiver)
        settings.timeoutNanoseconds = 2_000_000_000
        let exporter = try exporter(settings)
        #expect(exporter.enqueue(Samples.batch(5)))
        eventually { exporter.counters.sent == 5 }
        exporter.shutdown(deadlineNanoseconds: inSeconds(30))
        #expect(receiver.taken == Samples.ids(1...5))
        #expect(exporter.counters.retries == 1)
        expectBalanced(exporter.counters)
    }

    @Test(arguments: [false, true]) func aBackendThatStallsGetsEverythingOnceItGoesOn(isConnected: Bool) throws {
        let receiver = try GRPCReceiver("OK")
        var settings = settings(receiver)
        settings.timeoutNanoseconds = 500_000_000
        settings.queue.batch.minSize = 1
        settings.queue.batch.maxSize = 1
        let exporter = try exporter(settings)
        if isConnected {
            #expect(exporter.enqueue(Samples.batch(1)))
            eventually { exporter.counters.sent == 1 }
        }
        receiver.stall(true)
        #expect(exporter.enqueue(Samples.batch(5, first: 2)))
        eventually { exporter.counters.retries >= 15 }
        receiver.stall(false)
        exporter.shutdown(deadlineNanoseconds: inSeconds(20))
        #expect(exporter.counters.dropped == 0, "\(recorder.lines)")
        #expect(Set(receiver.taken).isSuperset(of: Samples.ids(2...6)))
        expectBalanced(exporter.counters)
    }

    @Test func aBackendThatComesLaterGetsEverything() throws {
        let receiver = try GRPCReceiver("OK")
        receiver.kill()
        let exporter = try exporter(settings(receiver))
        for number in 0..<20 { #expect(exporter.enqueue(Samples.batch(10, first: UInt64(number * 10 + 1)))) }
        eventually { exporter.counters.retries >= 3 }
        #expect(exporter.counters.queued == 200)
        try receiver.startAgain("OK")
        eventually { exporter.counters.sent == 200 }
        exporter.shutdown(deadlineNanoseconds: inSeconds(30))
        #expect(receiver.taken == Samples.ids(1...200))
        #expect(receiver.connections == 1)
        expectBalanced(exporter.counters)
    }

    @Test func nothingIsLostWhenTheBackendDiesAndComesBack() throws {
        let receiver = try GRPCReceiver("OK", "OK", "die")
        var settings = settings(receiver)
        settings.queue.batch.minSize = 1
        settings.queue.batch.maxSize = 10
        let exporter = try exporter(settings)
        #expect(exporter.enqueue(Samples.batch(300)))
        eventually { exporter.counters.retries >= 10 }
        try receiver.startAgain("OK", "UNAVAILABLE", "OK")
        eventually { exporter.counters.sent == 300 }
        // Killed while nothing is under way: the kept connection is dead when the next request comes.
        receiver.kill()
        try receiver.startAgain("OK")
        #expect(exporter.enqueue(Samples.batch(10, first: 301)))
        exporter.shutdown(deadlineNanoseconds: inSeconds(30))
        #expect(Set(receiver.taken) == Set(Samples.ids(1...310)), "\(recorder.lines)")
        #expect(exporter.counters.sent == 310)
        #expect(exporter.counters.dropped == 0)
        expectBalanced(exporter.counters)
    }

    @Test func aConnectionThatEndsInGoodOrderCostsNothing() throws {
        let receiver = try GRPCReceiver("OK", "goaway", "OK", "OK", "goaway", "OK")
        var settings = settings(receiver)
        settings.queue.batch.minSize = 1
        settings.queue.batch.maxSize = 5
        settings.queue.consumers = 4
        let exporter = try exporter(settings)
        #expect(exporter.enqueue(Samples.batch(400)))
        eventually { exporter.counters.sent == 400 }
        exporter.shutdown(deadlineNanoseconds: inSeconds(30))
        #expect(Set(receiver.taken) == Set(Samples.ids(1...400)), "\(recorder.lines)")
        #expect(exporter.counters.sent == 400, "\(recorder.lines)")
        #expect(exporter.counters.dropped == 0)
        expectBalanced(exporter.counters)
    }

    @Test func shutdownGivesUpAtItsDeadlineAndCountsWhatIsLost() throws {
        let receiver = try GRPCReceiver("hang")
        let exporter = try exporter(settings(receiver))
        #expect(exporter.enqueue(Samples.batch(11)))
        eventually { !receiver.calls.isEmpty }
        #expect(exporter.enqueue(Samples.batch(5)))
        exporter.shutdown(deadlineNanoseconds: inSeconds(0.2))
        #expect(exporter.counters.dropped(.shutdown) == 16)
        expectBalanced(exporter.counters)
    }
}
