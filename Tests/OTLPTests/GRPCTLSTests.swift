import Foundation
import Testing

@testable import OTLP

/// TLS of OTLP/gRPC, against grpcio's server. `Tests/Peers/run` sets it up.
@Suite(.enabled(if: peersPython != nil, "run by Tests/Peers/run"))
struct GRPCTLSTests {
    private let certificates = Certificates()
    private let recorder = LogRecorder()

    private func exporter(to port: Int, tls: TLSSettings) throws -> OTLPGRPCExporter {
        var settings = OTLPGRPCSettings(endpoint: "127.0.0.1:\(port)")
        settings.tls = tls
        settings.retry.initialIntervalNanoseconds = 20_000_000
        settings.retry.maxIntervalNanoseconds = 50_000_000
        settings.queue.batch.flushTimeoutNanoseconds = 0
        let exporter = OTLPGRPCExporter(name: "tls", settings: settings, log: recorder.log)
        try exporter.start()
        return exporter
    }

    private func trusting(_ name: String, as client: String? = nil) -> TLSSettings {
        var tls = TLSSettings()
        tls.caFile = certificates.pem(name)
        tls.certFile = client.map(certificates.pem)
        tls.keyFile = client.map(certificates.key)
        tls.reloadIntervalNanoseconds = 0
        return tls
    }

    private func options(_ name: String, clients: String? = nil) -> [String] {
        ["--tls", certificates.pem(name), certificates.key(name)] + (clients.map { [certificates.pem($0)] } ?? [])
    }

    @Test func bothSidesAreKnownAndManyRequestsShareTheConnection() throws {
        try certificates.make("server")
        try certificates.make("client")
        let receiver = try GRPCReceiver("gather:32", options: options("server", clients: "client"))
        var settings = OTLPGRPCSettings(endpoint: "https://127.0.0.1:\(receiver.port)")
        settings.tls = trusting("server", as: "client")
        settings.queue.consumers = 32
        settings.queue.batch.minSize = 1
        settings.queue.batch.maxSize = 2
        let exporter = OTLPGRPCExporter(name: "tls", settings: settings, log: recorder.log)
        try exporter.start()
        #expect(exporter.enqueue(Samples.batch(64)))
        exporter.shutdown(deadlineNanoseconds: inSeconds(30))
        #expect(receiver.taken == Samples.ids(1...64), "\(recorder.lines)")
        #expect(receiver.connections == 1)
        #expect(Set(receiver.calls.map(\.identity)) == ["client"])
        #expect(exporter.counters.sent == 64, "\(recorder.lines)")
    }

    @Test func whoIsNotKnownGetsNothing() throws {
        try certificates.make("server")
        try certificates.make("client")
        let receiver = try GRPCReceiver("OK", options: options("server", clients: "client"))
        for tls in [TLSSettings(), trusting("server"), trusting("client", as: "client")] {
            let exporter = try exporter(to: receiver.port, tls: tls)
            #expect(exporter.enqueue(Samples.batch(2)))
            eventually { exporter.counters.retries >= 2 }
            exporter.shutdown(deadlineNanoseconds: inSeconds(0))
            #expect(exporter.counters.dropped(.shutdown) == 2)
        }
        #expect(receiver.calls.isEmpty)
    }

    @Test func whatChangesOnDiskCountsForTheNextRequest() throws {
        for name in ["server", "next", "first", "second", "mine", "trusted"] { try certificates.make(name) }
        try certificates.join(["first", "second"], as: "clients")
        try certificates.join(["server"], as: "trusted")
        try certificates.replace("mine", by: "first")
        let receiver = try GRPCReceiver("OK", options: options("server", clients: "clients"))
        let exporter = try exporter(to: receiver.port, tls: trusting("trusted", as: "mine"))
        func send(_ id: UInt64) {
            #expect(exporter.enqueue(Samples.batch(1, first: id)))
            eventually { exporter.counters.queued == 0 }
        }
        send(1)
        send(2)
        try certificates.replace("mine", by: "second")
        send(3)
        send(4)
        #expect(receiver.calls.map(\.identity) == ["first", "first", "second", "second"], "\(recorder.lines)")
        #expect(receiver.connections == 2)
        // The backend gets a certificate of an authority that we do not know yet.
        receiver.kill()
        try certificates.replace("server", by: "next")
        try receiver.startAgain("OK")
        let retries = exporter.counters.retries
        #expect(exporter.enqueue(Samples.batch(1, first: 5)))
        eventually { exporter.counters.retries >= retries + 3 }
        #expect(exporter.counters.sent == 4)
        try certificates.join(["next"], as: "trusted")
        eventually { exporter.counters.sent == 5 }
        exporter.shutdown(deadlineNanoseconds: inSeconds(30))
        #expect(receiver.taken == Samples.ids(1...5))
        #expect(exporter.counters.dropped == 0)
    }

    @Test func anotherNameCanBeAskedFor() throws {
        try certificates.make("server", for: "DNS:backend.test")
        let receiver = try GRPCReceiver("OK", options: options("server"))
        var tls = trusting("server")
        let wrong = try exporter(to: receiver.port, tls: tls)
        #expect(wrong.enqueue(Samples.batch(3)))
        eventually { wrong.counters.retries >= 2 }
        wrong.shutdown(deadlineNanoseconds: inSeconds(0))
        #expect(wrong.counters.sent == 0)
        tls.serverNameOverride = "backend.test"
        let right = try exporter(to: receiver.port, tls: tls)
        #expect(right.enqueue(Samples.batch(3)))
        right.shutdown(deadlineNanoseconds: inSeconds(30))
        #expect(right.counters.sent == 3, "\(recorder.lines)")
        #expect(receiver.calls.map(\.authority) == ["backend.test"])
    }

    @Test func aServerWithoutHTTP2IsNoBackend() throws {
        try certificates.make("server")
        let receiver = try FaultReceiver(
            "200", options: ["--most-tls12", "--tls", certificates.pem("server"), certificates.key("server")])
        for (version, words) in [(TLSSettings.Version.tls12, "not by HTTP/2"), (.tls13, "alert protocol version")] {
            var tls = trusting("server")
            tls.minVersion = version
            let exporter = try exporter(to: receiver.port, tls: tls)
            #expect(exporter.enqueue(Samples.batch(3)))
            eventually { exporter.counters.retries >= 1 }
            exporter.shutdown(deadlineNanoseconds: inSeconds(0))
            #expect(exporter.counters.dropped(.shutdown) == 3)
            #expect(recorder.lines.contains { $0.contains(words) }, "\(recorder.lines)")
        }
    }
}
