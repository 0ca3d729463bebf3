import Foundation
import Testing

@testable import OTLP

/// Against grpcio's server, which misbehaves as it is told. `Tests/Peers/run` sets it up.
@Suite(.enabled(if: peersPython != nil, "run by Tests/Peers/run"))
struct GRPCExporterTests: GRPCSuite {
    let recorder = LogRecorder()

    // MARK: Delivered

    @Test(arguments: Compression.allCases)
    func spansArriveOnceWithTheMetadataAsked(compression: Compression) throws {
        let receiver = try GRPCReceiver("OK")
        var settings = settings(receiver)
        settings.compression = compression
        settings.headers = [("X-Tenant", "gold"), ("key-bin", "AAE=")]
        settings.timeoutNanoseconds = 20_000_000_000
        let exporter = try exporter(settings)
        #expect(exporter.enqueue(Samples.batch(100)))
        #expect(exporter.enqueue(Samples.batch(50, first: 101, resource: Samples.nginx)))
        exporter.shutdown(deadlineNanoseconds: inSeconds(30))
        #expect(receiver.taken == Samples.ids(1...150), "\(recorder.lines)")
        let call = try #require(receiver.calls.first)
        #expect(call.metadata["x-tenant"] == "gold")
        #expect(call.metadata["key-bin"] == "0001")
        #expect(call.metadata["user-agent"] == "interspan/\(Conventions.scopeVersion)")
        #expect(call.metadata["accept"] == nil)
        #expect(call.remaining > 10 && call.remaining <= 20)
        expectBalanced(exporter.counters)
        #expect(exporter.counters.sent == 150)
        #expect(exporter.counters.queueSize == 0)
        #expect(exporter.counters.retries == 0)
    }

    @Test func oneConnectionIsKept() throws {
        let receiver = try GRPCReceiver("OK")
        let exporter = try exporter(settings(receiver))
        for number in 0..<5 {
            #expect(exporter.enqueue(Samples.batch(1, first: UInt64(number + 1))))
            eventually { exporter.counters.sent == number + 1 }
        }
        exporter.shutdown(deadlineNanoseconds: inSeconds(30))
        #expect(receiver.calls.count == 5)
        #expect(receiver.connections == 1)
    }

    @Test func manyRequestsAreUnderWayOnOneConnection() throws {
        let receiver = try GRPCReceiver("gather:64")
        var settings = settings(receiver)
        settings.queue.consumers = 64
        settings.queue.batch.minSize = 1
        settings.queue.batch.maxSize = 10
        settings.timeoutNanoseconds = 30_000_000_000
        let exporter = try exporter(settings)
        #expect(exporter.enqueue(Samples.batch(640)))
        exporter.shutdown(deadlineNanoseconds: inSeconds(30))
        #expect(receiver.taken == Samples.ids(1...640), "\(recorder.lines)")
        #expect(receiver.calls.count == 64)
        #expect(receiver.connections == 1)
        #expect(exporter.counters.sent == 640)
        #expect(exporter.counters.retries == 0)
    }

    @Test(arguments: Signal.allCases, Compression.allCases)
    func whatWasReceivedGoesToItsOwnService(signal: Signal, compression: Compression) throws {
        let receiver = try GRPCReceiver("OK")
        var settings = settings(receiver)
        settings.compression = compression
        let exporter = try exporter(settings, signal)
        let batch = Samples.received(signal, items: 3)
        #expect(exporter.reserve(batch))
        exporter.commit(batch) { _ in }
        exporter.shutdown(deadlineNanoseconds: inSeconds(30))
        #expect(receiver.calls.map(\.signal) == ["\(signal)"], "\(recorder.lines)")
        #expect(receiver.calls.map(\.items) == [3])
        #expect(exporter.counters.sent == 3)
        expectBalanced(exporter.counters)
    }

    // MARK: Refused

    @Test(arguments: ["CANCELLED", "DEADLINE_EXCEEDED", "ABORTED", "OUT_OF_RANGE", "UNAVAILABLE", "DATA_LOSS"])
    func whatMayBeTriedAgainArrivesOnce(code: String) throws {
        let receiver = try GRPCReceiver(code, code, "OK")
        let exporter = try exporter(settings(receiver))
        #expect(exporter.enqueue(Samples.batch(20)))
        eventually { exporter.counters.sent == 20 }
        exporter.shutdown(deadlineNanoseconds: inSeconds(30))
        #expect(receiver.taken == Samples.ids(1...20))
        #expect(receiver.calls.count == 3)
        #expect(exporter.counters.retries == 2)
        #expect(exporter.counters.dropped == 0)
        expectBalanced(exporter.counters)
    }

    @Test(arguments: [
        "UNKNOWN", "INVALID_ARGUMENT", "NOT_FOUND", "ALREADY_EXISTS", "PERMISSION_DENIED", "RESOURCE_EXHAUSTED",
        "RESOURCE_EXHAUSTED:other", "FAILED_PRECONDITION", "UNIMPLEMENTED", "INTERNAL", "UNAUTHENTICATED",
        "INVALID_ARGUMENT:after:1",
    ])
    func whatMayNotBeTriedAgainIsDroppedAndCounted(code: String) throws {
        let receiver = try GRPCReceiver(code, "OK")
        let exporter = try exporter(settings(receiver))
        #expect(exporter.enqueue(Samples.batch(7)))
        eventually { exporter.counters.queued == 0 }
        #expect(exporter.counters.dropped(.notRetryable) == 7)
        #expect(exporter.enqueue(Samples.batch(3, first: 8)))
        exporter.shutdown(deadlineNanoseconds: inSeconds(30))
        #expect(receiver.taken == Samples.ids(8...10))
        #expect(receiver.calls.count == 2)
        expectBalanced(exporter.counters)
        let name = code.prefix { $0 != ":" }
        #expect(recorder.lines.contains { $0.contains("\(name): wrong: €%") && $0.contains("7 spans") })
    }

    @Test(arguments: ["RESOURCE_EXHAUSTED:after:1.5", "UNAVAILABLE:after:1.5"])
    func theBackendsDelayRulesInsteadOfTheBackoff(action: String) throws {
        let receiver = try GRPCReceiver(action, "OK")
        var settings = settings(receiver)
        // The backoff alone would end the test in vain.
        settings.retry.initialIntervalNanoseconds = 100_000_000_000
        settings.retry.maxIntervalNanoseconds = 100_000_000_000
        let exporter = try exporter(settings)
        #expect(exporter.enqueue(Samples.batch(5)))
        eventually { exporter.counters.sent == 5 }
        exporter.shutdown(deadlineNanoseconds: inSeconds(30))
        let times = receiver.calls.map(\.time)
        #expect(times.count == 2)
        #expect(receiver.taken == Samples.ids(1...5))
        #expect((times.last ?? 0) - (times.first ?? 0) >= 1.4)
        expectBalanced(exporter.counters)
    }

    @Test func exhaustedWithoutADelayIsTriedAgainByTheBackoff() throws {
        let receiver = try GRPCReceiver("RESOURCE_EXHAUSTED:info", "RESOURCE_EXHAUSTED:after:0", "OK")
        let exporter = try exporter(settings(receiver))
        #expect(exporter.enqueue(Samples.batch(5)))
        eventually { exporter.counters.sent == 5 }
        exporter.shutdown(deadlineNanoseconds: inSeconds(30))
        #expect(receiver.taken == Samples.ids(1...5))
        #expect(exporter.counters.retries == 2)
    }

    @Test(arguments: Signal.allCases) func aPartialSuccessIsNeverSentAgain(signal: Signal) throws {
        let receiver = try GRPCReceiver("partial:2", "OK")
        let exporter = try exporter(settings(receiver), signal)
        let batch = Samples.received(signal, items: 5)
        #expect(exporter.reserve(batch))
        exporter.commit(batch) { _ in }
        exporter.shutdown(deadlineNanoseconds: inSeconds(30))
        #expect(receiver.calls.count == 1, "\(recorder.lines)")
        #expect(exporter.counters.sent == 3)
        #expect(exporter.counters.dropped(.rejected) == 2)
        expectBalanced(exporter.counters)
        #expect(recorder.lines.contains { $0.contains("not these: €") })
    }

    @Test func countersAddUpAtEveryMoment() async throws {
        let receiver = try GRPCReceiver(
            "OK", "UNAVAILABLE", "partial:1", "INVALID_ARGUMENT", "RESOURCE_EXHAUSTED:after:0.01", "partial:2", "OK")
        var settings = settings(receiver)
        settings.queue.size = 40
        settings.queue.batch.minSize = 20
        settings.queue.batch.maxSize = 20
        let exporter = try exporter(settings)
        await withTaskGroup(of: Void.self) { group in
            for producer in 0..<2 {
                group.addTask {
                    for number in 0..<150 {
                        _ = exporter.enqueue(Samples.batch(3, first: UInt64(producer * 1000 + number * 3 + 1)))
                    }
                }
            }
            group.addTask { for _ in 0..<2000 { self.expectBalanced(exporter.counters) } }
        }
        exporter.shutdown(deadlineNanoseconds: inSeconds(30))
        let counters = exporter.counters
        expectBalanced(counters)
        #expect(counters.accepted + counters.refused == 900)
        #expect(counters.queued == 0)
        // What the backend rejected of a request that it took is in `taken` too.
        #expect(UInt64(receiver.taken.count) == counters.sent + counters.dropped(.rejected))
        #expect(Set(receiver.taken).count == receiver.taken.count)
    }

    // MARK: Large

    @Test(arguments: Compression.allCases)
    func aRequestOverTheLimitIsSentInParts(compression: Compression) throws {
        let receiver = try GRPCReceiver("OK")
        var settings = settings(receiver)
        settings.compression = compression
        settings.queue.batch.maxBytes = 64 << 20
        settings.queue.batch.maxSize = 0
        let exporter = try exporter(settings)
        #expect(exporter.enqueue(Samples.large(1000, bytesEach: 10_000)))
        exporter.shutdown(deadlineNanoseconds: inSeconds(30))
        #expect(receiver.taken == Samples.ids(1...1000), "\(recorder.lines)")
        #expect(receiver.calls.map(\.items) == [250, 250, 250, 250])
        #expect(exporter.counters.sent == 1000)
        expectBalanced(exporter.counters)
    }

    @Test func eachPartOfALargeRequestIsSettledByItself() throws {
        let receiver = try GRPCReceiver("OK", "UNAVAILABLE", "partial:3", "INVALID_ARGUMENT", "OK")
        var settings = settings(receiver)
        settings.queue.batch.maxBytes = 64 << 20
        settings.queue.batch.maxSize = 0
        let exporter = try exporter(settings)
        #expect(exporter.enqueue(Samples.large(1000, bytesEach: 10_000)))
        exporter.shutdown(deadlineNanoseconds: inSeconds(30))
        #expect(receiver.calls.count == 5, "\(recorder.lines)")
        #expect(exporter.counters.sent == 250 + 247 + 250)
        #expect(exporter.counters.dropped(.rejected) == 3)
        #expect(exporter.counters.dropped(.notRetryable) == 250)
        #expect(exporter.counters.queueSize == 0)
        expectBalanced(exporter.counters)
    }

    @Test func aMessageThatTheServerDoesNotTakeIsDroppedNotSentForEver() throws {
        let receiver = try GRPCReceiver("OK")
        var settings = settings(receiver)
        settings.queue.batch.maxBytes = 64 << 20
        let exporter = try exporter(settings)
        #expect(exporter.enqueue(Samples.large(1, bytesEach: 6_000_000)))
        eventually { exporter.counters.queued == 0 }
        #expect(exporter.enqueue(Samples.batch(2, first: 2)))
        exporter.shutdown(deadlineNanoseconds: inSeconds(30))
        #expect(exporter.counters.dropped(.notRetryable) == 1, "\(recorder.lines)")
        #expect(receiver.taken == Samples.ids(2...3))
        #expect(recorder.lines.contains { $0.contains("RESOURCE_EXHAUSTED") })
        expectBalanced(exporter.counters)
    }
}
