import Foundation
import Testing

@testable import OTLP

/// Against a receiver that misbehaves: what arrives, how often, and what is counted.
@Suite struct HTTPExporterTests {
    private let recorder = LogRecorder()

    private func settings(_ endpoint: String) -> OTLPHTTPSettings {
        var settings = OTLPHTTPSettings(endpoint: endpoint)
        settings.retry.initialIntervalNanoseconds = 5_000_000
        settings.retry.maxIntervalNanoseconds = 20_000_000
        settings.queue.batch.flushTimeoutNanoseconds = 1_000_000
        return settings
    }

    private func exporter(_ settings: OTLPHTTPSettings) throws -> OTLPHTTPExporter {
        let exporter = OTLPHTTPExporter(name: "otlp_http/test", settings: settings, log: recorder.log)
        try exporter.start()
        return exporter
    }

    private func expectBalanced(_ counters: ExporterCounters) {
        #expect(counters.accepted == counters.sent + counters.dropped + counters.queued)
    }

    @Test(arguments: TelemetryEncoding.allCases, OTLPHTTPSettings.Compression.allCases)
    func spansArriveOnceWithTheHeadersAsked(
        encoding: TelemetryEncoding, compression: OTLPHTTPSettings.Compression
    ) throws {
        let receiver = try FaultReceiver("200")
        var settings = settings(receiver.endpoint)
        settings.encoding = encoding
        settings.compression = compression
        settings.headers = [("x-tenant", "gold"), ("x-empty", "")]
        let exporter = try exporter(settings)
        #expect(exporter.enqueue(Samples.batch(100)))
        #expect(exporter.enqueue(Samples.batch(50, first: 101, resource: Samples.nginx)))
        exporter.shutdown(deadlineNanoseconds: inSeconds(30))
        #expect(receiver.taken == Samples.ids(1...150))
        let request = try #require(receiver.requests.first)
        #expect(request.path == "/v1/traces")
        #expect(request.headers["x-tenant"] == "gold")
        #expect(request.headers["x-empty"] == "")
        #expect(request.headers["content-encoding"] == (compression == .gzip ? "gzip" : nil))
        #expect(request.headers["content-type"] == encoding.contentType.description)
        #expect(request.headers["user-agent"] == "interspan/\(Conventions.scopeVersion)")
        #expect(request.headers["expect"] == nil)
        let counters = exporter.counters
        expectBalanced(counters)
        #expect(counters.sent == 150)
        #expect(counters.queued == 0)
        #expect(counters.queueSize == 0)
    }

    @Test func aConnectionIsKept() throws {
        let receiver = try FaultReceiver("200")
        let exporter = try exporter(settings(receiver.endpoint))
        for number in 0..<5 {
            #expect(exporter.enqueue(Samples.batch(1, first: UInt64(number + 1))))
            eventually { exporter.counters.sent == number + 1 }
        }
        exporter.shutdown(deadlineNanoseconds: inSeconds(30))
        #expect(receiver.requests.count == 5)
        #expect(Set(receiver.requests.map(\.port)).count == 1)
    }

    @Test func aKeptConnectionThatWasClosedCostsNothing() throws {
        let receiver = try FaultReceiver("bye")
        let exporter = try exporter(settings(receiver.endpoint))
        for number in 0..<20 {
            #expect(exporter.enqueue(Samples.batch(1, first: UInt64(number + 1))))
            eventually { exporter.counters.sent == number + 1 }
        }
        exporter.shutdown(deadlineNanoseconds: inSeconds(30))
        #expect(receiver.taken == Samples.ids(1...20))
        #expect(Set(receiver.requests.map(\.port)).count == 20)
        #expect(exporter.counters.retries == 0, "\(recorder.lines)")
    }

    @Test(arguments: ["429", "502", "503", "504", "cut-request"])
    func whatMayBeTriedAgainArrivesOnce(fault: String) throws {
        let receiver = try FaultReceiver(fault, fault, "200")
        let exporter = try exporter(settings(receiver.endpoint))
        #expect(exporter.enqueue(Samples.batch(20)))
        eventually { exporter.counters.sent == 20 }
        exporter.shutdown(deadlineNanoseconds: inSeconds(30))
        #expect(receiver.taken == Samples.ids(1...20))
        #expect(receiver.requests.count == 3)
        #expect(exporter.counters.retries == 2)
        #expect(exporter.counters.dropped == 0)
        expectBalanced(exporter.counters)
    }

    @Test(arguments: ["400", "401", "404", "413", "500", "501", "301"])
    func whatMayNotBeTriedAgainIsDroppedAndCounted(status: String) throws {
        let receiver = try FaultReceiver(status, "200")
        let exporter = try exporter(settings(receiver.endpoint))
        #expect(exporter.enqueue(Samples.batch(7)))
        eventually { exporter.counters.queued == 0 }
        #expect(exporter.counters.dropped(.notRetryable) == 7)
        #expect(exporter.enqueue(Samples.batch(3, first: 8)))
        exporter.shutdown(deadlineNanoseconds: inSeconds(30))
        #expect(receiver.taken == Samples.ids(8...10))
        #expect(receiver.requests.count == 2)
        expectBalanced(exporter.counters)
        #expect(recorder.lines.contains { $0.contains("HTTP \(status): wrong") && $0.contains("7 spans") })
    }

    @Test(arguments: TelemetryEncoding.allCases)
    func aPartialSuccessIsNeverSentAgain(encoding: TelemetryEncoding) throws {
        let receiver = try FaultReceiver("partial:3", "200")
        var settings = settings(receiver.endpoint)
        settings.encoding = encoding
        let exporter = try exporter(settings)
        #expect(exporter.enqueue(Samples.batch(10)))
        exporter.shutdown(deadlineNanoseconds: inSeconds(30))
        #expect(receiver.requests.count == 1)
        #expect(exporter.counters.sent == 7)
        #expect(exporter.counters.dropped(.rejected) == 3)
        expectBalanced(exporter.counters)
        let message = encoding == .json ? "no € \"here\"" : "not these"
        #expect(recorder.lines.contains { $0.contains(message) })
    }

    @Test func aBackendThatRejectsMoreThanItGotIsNotBelieved() throws {
        let receiver = try FaultReceiver("partial:100")
        let exporter = try exporter(settings(receiver.endpoint))
        #expect(exporter.enqueue(Samples.batch(4)))
        exporter.shutdown(deadlineNanoseconds: inSeconds(30))
        #expect(exporter.counters.dropped(.rejected) == 4)
        #expect(exporter.counters.sent == 0)
        expectBalanced(exporter.counters)
    }

    @Test(arguments: ["429:after:1", "503:date:2"])
    func retryAfterRulesInsteadOfTheBackoff(fault: String) throws {
        let receiver = try FaultReceiver(fault, "200")
        var settings = settings(receiver.endpoint)
        // The backoff alone would end the test in vain.
        settings.retry.initialIntervalNanoseconds = 100_000_000_000
        settings.retry.maxIntervalNanoseconds = 100_000_000_000
        let exporter = try exporter(settings)
        #expect(exporter.enqueue(Samples.batch(5)))
        eventually { exporter.counters.sent == 5 }
        exporter.shutdown(deadlineNanoseconds: inSeconds(30))
        #expect(receiver.taken == Samples.ids(1...5))
    }

    @Test func aProxyIsAskedForTheEndpoint() throws {
        let proxy = try FaultReceiver("200")
        var settings = settings("http://backend.test/v1/traces")
        settings.proxyURL = "http://127.0.0.1:\(proxy.port)"
        let exporter = try exporter(settings)
        #expect(exporter.enqueue(Samples.batch(5)))
        exporter.shutdown(deadlineNanoseconds: inSeconds(30))
        #expect(proxy.taken == Samples.ids(1...5))
        #expect(proxy.requests.map(\.path) == ["http://backend.test/v1/traces"])
    }

    @Test(arguments: Signal.allCases) func whatWasReceivedIsSentAsItCame(signal: Signal) throws {
        let receiver = try FaultReceiver("partial:2")
        let exporter = OTLPHTTPExporter(
            name: "otlp_http/test", signal: signal,
            settings: settings("http://127.0.0.1:\(receiver.port)/\(signal.path)"), log: recorder.log)
        try exporter.start()
        let batch = Samples.received(signal, items: 5)
        #expect(exporter.reserve(batch))
        exporter.commit(batch) { _ in }
        exporter.shutdown(deadlineNanoseconds: inSeconds(30))
        #expect(receiver.requests.count == 1)
        #expect(exporter.counters.sent == 3)
        #expect(exporter.counters.dropped(.rejected) == 2)
        #expect(recorder.lines.contains { $0.contains("2 \(signal.items)") })
        expectBalanced(exporter.counters)
    }

    @Test func anAnswerThatWasCutIsTriedAgain() throws {
        // Whether the spans were taken nobody can know then: the protocol allows them to arrive twice.
        let receiver = try FaultReceiver("cut-response", "200")
        let exporter = try exporter(settings(receiver.endpoint))
        #expect(exporter.enqueue(Samples.batch(5)))
        eventually { exporter.counters.sent == 5 }
        exporter.shutdown(deadlineNanoseconds: inSeconds(30))
        #expect(Set(receiver.taken) == Set(Samples.ids(1...5)))
        #expect(receiver.requests.count == 2)
        expectBalanced(exporter.counters)
    }

    @Test func noAnswerInTimeIsTriedAgain() throws {
        let receiver = try FaultReceiver("hang", "200")
        var settings = settings(receiver.endpoint)
        settings.timeoutNanoseconds = 2_000_000_000
        let exporter = try exporter(settings)
        #expect(exporter.enqueue(Samples.batch(5)))
        eventually { exporter.counters.sent == 5 }
        exporter.shutdown(deadlineNanoseconds: inSeconds(30))
        #expect(receiver.taken == Samples.ids(1...5))
    }

    @Test func aBackendThatComesLaterGetsEverything() throws {
        let port = try FaultReceiver("200").port
        let exporter = try exporter(settings("http://127.0.0.1:\(port)/v1/traces"))
        for number in 0..<20 { #expect(exporter.enqueue(Samples.batch(10, first: UInt64(number * 10 + 1)))) }
        eventually { exporter.counters.retries >= 3 }
        #expect(exporter.counters.queued == 200)
        let receiver = try FaultReceiver("200", port: port)
        eventually { exporter.counters.sent == 200 }
        exporter.shutdown(deadlineNanoseconds: inSeconds(30))
        #expect(receiver.taken == Samples.ids(1...200))
        expectBalanced(exporter.counters)
        // However often it failed, that was said once.
        #expect(recorder.lines.filter { $0.contains("will try again") }.count == 1)
    }

    @Test func retriesEndWhenTheyHaveTakenTooLong() throws {
        let receiver = try FaultReceiver("503")
        var settings = settings(receiver.endpoint)
        settings.retry.maxElapsedTimeNanoseconds = 50_000_000
        let exporter = try exporter(settings)
        #expect(exporter.enqueue(Samples.batch(9)))
        eventually { exporter.counters.queued == 0 }
        #expect(exporter.counters.dropped(.retriesExhausted) == 9)
        expectBalanced(exporter.counters)
        exporter.shutdown(deadlineNanoseconds: inSeconds(30))
    }

    @Test func shutdownGivesUpAtItsDeadlineAndCountsWhatIsLost() throws {
        let receiver = try FaultReceiver("hang")
        let exporter = try exporter(settings(receiver.endpoint))
        #expect(exporter.enqueue(Samples.batch(11)))
        eventually { !receiver.requests.isEmpty }
        #expect(exporter.enqueue(Samples.batch(5)))
        exporter.shutdown(deadlineNanoseconds: inSeconds(0.2))
        #expect(exporter.counters.dropped(.shutdown) == 16)
        #expect(!exporter.enqueue(Samples.batch(2)))
        #expect(exporter.counters.refused == 2)
        expectBalanced(exporter.counters)
    }

    @Test func whatWouldBeTriedAgainAfterTheDeadlineIsGivenUpAtOnce() throws {
        let receiver = try FaultReceiver("503:after:3000")
        var settings = settings(receiver.endpoint)
        settings.retry.maxElapsedTimeNanoseconds = 0
        let exporter = try exporter(settings)
        #expect(exporter.enqueue(Samples.batch(11)))
        eventually { recorder.lines.contains { $0.contains("will try again") } }
        exporter.shutdown(deadlineNanoseconds: inSeconds(600))
        #expect(exporter.counters.dropped(.shutdown) == 11)
        expectBalanced(exporter.counters)
    }

    @Test(arguments: ["flood", "junk"])
    func aStrangeAnswerCostsNothing(answer: String) throws {
        let receiver = try FaultReceiver(answer)
        let exporter = try exporter(settings(receiver.endpoint))
        #expect(exporter.enqueue(Samples.batch(5)))
        exporter.shutdown(deadlineNanoseconds: inSeconds(30))
        #expect(exporter.counters.sent == 5)
    }

    @Test func countersAddUpAtEveryMoment() async throws {
        let receiver = try FaultReceiver("200", "503", "partial:1", "400", "cut-request", "429", "partial:2", "200")
        var settings = settings(receiver.endpoint)
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

    @Test func largeBatchesAreCut() throws {
        let receiver = try FaultReceiver("200")
        var settings = settings(receiver.endpoint)
        settings.queue.batch.maxSize = 300
        let exporter = try exporter(settings)
        #expect(exporter.enqueue(Samples.batch(1000)))
        exporter.shutdown(deadlineNanoseconds: inSeconds(30))
        #expect(receiver.taken == Samples.ids(1...1000))
        #expect(receiver.requests.map(\.spans.count).sorted() == [100, 300, 300, 300])
    }

    @Test func settingsThatCannotWorkAreAnErrorAtStart() {
        let broken: [(String, (inout OTLPHTTPSettings) -> Void)] = [
            ("endpoint", { $0.endpoint = "ftp://host/v1/traces" }), ("endpoint", { $0.endpoint = "localhost:4318" }),
            ("endpoint", { $0.endpoint = "" }), ("proxy_url", { $0.proxyURL = "" }),
            ("headers", { $0.headers = [("a", "b\r\nc: d")] }),
            ("headers", { $0.headers = [("a b", "c")] }), ("tls.ca_file", { $0.tls.caFile = "/nowhere.pem" }),
            ("tls.cert_file", { $0.tls.keyFile = "/nowhere.pem" }),
        ]
        for (key, change) in broken {
            var settings = OTLPHTTPSettings(endpoint: "http://localhost:4318/v1/traces")
            change(&settings)
            let error = #expect(throws: ExporterError.self) {
                try OTLPHTTPExporter(name: "x", settings: settings, log: recorder.log).start()
            }
            #expect(error?.description.hasPrefix(key + ":") == true)
        }
    }
}
