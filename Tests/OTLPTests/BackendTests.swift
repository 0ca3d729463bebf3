import CLibCurl
import Testing
import Threading

@testable import OTLP

/// What is known of whom an exporter delivers to.
@Suite struct BackendTests {
    @Test func anAnswerIsAnAnswerEvenIfItSaysNo() {
        let backend = Backend()
        #expect(backend.state == .untried)
        backend.attemptEnded(.refused(why: "secret"), CURLE_OK, began: 1, now: 5)
        #expect(backend.state == .answering)
        backend.attemptEnded(.retry(why: "HTTP 503: secret"), CURLE_OK, began: 1, now: 5)
        #expect(backend.state == .silent(why: "it asks to come again later"))
        backend.attemptEnded(.startOver, CURLE_OK, began: 1, now: 5)
        #expect(backend.state != .answering)
        backend.attemptEnded(.delivered(rejected: 0, message: ""), CURLE_OK, began: 0, now: 3_000_000)
        #expect(backend.state == .answering)
        #expect(backend.counters.failed == 1 && backend.counters.durations.count == 3)
    }

    @Test func whyItIsSilentTellsNothingOfTheConfiguration() {
        let backend = Backend()
        backend.attemptEnded(
            .retry(why: "Failed to connect to secret.host port 1"), CURLE_COULDNT_CONNECT, began: 0, now: 1)
        guard case .silent(let why) = backend.state else {
            Issue.record("it answers")
            return
        }
        #expect(!why.isEmpty && !why.contains("secret"))
    }

    @Test func aBackendIsTriedWhileNothingIsSentToIt() throws {
        let receiver = try TestReceiver()
        let exporter = OTLPHTTPExporter(
            name: "x", settings: OTLPHTTPSettings(endpoint: "http://127.0.0.1:\(receiver.http)/v1/traces"),
            log: ExporterLog { _ in })
        try exporter.start()
        let backend = try #require(exporter.backend)
        let prober = BackendProber { [backend] }
        try prober.start()
        eventually { backend.state == .answering }
        #expect(backend.state == .answering)
        #expect(backend.counters.probes == 1 && backend.counters.durations.count == 0)
        #expect(receiver.counters.requests == 0)
        prober.stop()
        exporter.shutdown(deadlineNanoseconds: Monotonic.now())
    }

    @Test func oneThatIsAwayIsSaidToBe() throws {
        // A port that was free a moment ago.
        let port = try TestReceiver().http
        let exporter = OTLPGRPCExporter(
            name: "x", settings: OTLPGRPCSettings(endpoint: "http://127.0.0.1:\(port)"), log: ExporterLog { _ in })
        try exporter.start()
        let backend = try #require(exporter.backend)
        let prober = BackendProber { [backend] }
        try prober.start()
        eventually { backend.state != .untried }
        guard case .silent(let why) = backend.state else {
            Issue.record("\(backend.state)")
            return
        }
        #expect(!why.isEmpty)
        prober.stop()
        exporter.shutdown(deadlineNanoseconds: Monotonic.now())
    }

    @Test func aProbeIsDueTenSecondsAfterTheLastAttempt() throws {
        let settings = OTLPHTTPSettings(endpoint: "http://127.0.0.1:1/v1/traces")
        let queue = SpanQueue(settings.queue)
        let plan = try DeliveryPlan(
            name: "x", signal: .traces, binding: HTTPBinding(settings), retry: settings.retry, queue: settings.queue,
            log: ExporterLog { _ in })
        let backend = Backend()
        #expect(backend.probe(now: 0) == nil, "nobody has said where it is")
        backend.isReached(by: plan, from: queue)
        #expect(backend.probe(now: 1) != nil)
        #expect(backend.probe(now: Backend.interval) == nil)
        #expect(backend.probe(now: Backend.interval + 1) != nil)
        backend.attemptEnded(.delivered(rejected: 0, message: ""), CURLE_OK, began: 1, now: 2 * Backend.interval)
        #expect(backend.probe(now: 3 * Backend.interval - 1) == nil)
        #expect(backend.probe(now: 3 * Backend.interval) != nil)
    }

    @Test func durationsFallIntoBucketsByTheirUpperBound() {
        var durations = DurationHistogram()
        for duration: UInt64 in [
            0, 1, 2_000_000, 2_000_001, 4_000_000, 4_000_001, 16_384_000_000, 16_384_000_001, .max,
        ] {
            durations.add(duration)
        }
        #expect(durations[0] == 3)
        #expect(durations[1] == 2)
        #expect(durations[2] == 1)
        #expect(durations[DurationHistogram.bounds - 1] == 1)
        #expect(durations[DurationHistogram.bounds] == 2)
        #expect(durations.count == 9)
        #expect(DurationHistogram.bound(DurationHistogram.bounds - 1) == 16_384_000_000)
    }
}
