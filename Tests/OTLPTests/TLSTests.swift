import Foundation
import Testing

@testable import OTLP

/// TLS of OTLP/HTTP, with certificates of the test's own making.
@Suite struct TLSTests {
    private let certificates = Certificates()
    private let recorder = LogRecorder()

    private func exporter(to port: Int, host: String = "127.0.0.1", tls: TLSSettings) throws -> OTLPHTTPExporter {
        var settings = OTLPHTTPSettings(endpoint: "https://\(host):\(port)/v1/traces")
        settings.tls = tls
        settings.retry.enabled = false
        settings.queue.batch.flushTimeoutNanoseconds = 0
        let exporter = OTLPHTTPExporter(name: "tls", settings: settings, log: recorder.log)
        try exporter.start()
        return exporter
    }

    private func send(to port: Int, tls: TLSSettings) throws -> ExporterCounters {
        let exporter = try exporter(to: port, tls: tls)
        #expect(exporter.enqueue(Samples.batch(3)))
        exporter.shutdown(deadlineNanoseconds: inSeconds(30))
        return exporter.counters
    }

    private func receiver(_ name: String = "server", clients: String? = nil, _ more: [String] = []) throws
        -> FaultReceiver
    {
        let files = [certificates.pem(name), certificates.key(name)] + (clients.map { [certificates.pem($0)] } ?? [])
        return try FaultReceiver("200", options: more + ["--tls"] + files)
    }

    private func trusting(_ name: String, as client: String? = nil) -> TLSSettings {
        var tls = TLSSettings()
        tls.caFile = certificates.pem(name)
        tls.certFile = client.map(certificates.pem)
        tls.keyFile = client.map(certificates.key)
        tls.reloadIntervalNanoseconds = 0
        return tls
    }

    @Test func theBackendIsKnownByItsAuthority() throws {
        try certificates.make("server")
        let receiver = try receiver()
        var tls = TLSSettings()
        let unknown = try send(to: receiver.port, tls: tls)
        #expect(unknown.dropped(.retriesExhausted) == 3)
        #expect(recorder.lines.contains { $0.contains("certificate") })
        tls.insecureSkipVerify = true
        #expect(try send(to: receiver.port, tls: tls).sent == 3)
        #expect(try send(to: receiver.port, tls: trusting("server")).sent == 3)
        tls = TLSSettings()
        tls.caPEM = try certificates.text(certificates.pem("server"))
        #expect(try send(to: receiver.port, tls: tls).sent == 3)
        tls.includeSystemCACertsPool = true
        #expect(try send(to: receiver.port, tls: tls).sent == 3, "\(recorder.lines)")
        #expect(receiver.requests.count == 4)
    }

    @Test func weAreKnownByOurCertificate() throws {
        try certificates.make("server")
        try certificates.make("client")
        let receiver = try receiver(clients: "client")
        #expect(try send(to: receiver.port, tls: trusting("server")).dropped(.retriesExhausted) == 3)
        #expect(try send(to: receiver.port, tls: trusting("server", as: "client")).sent == 3)
        var tls = TLSSettings()
        tls.caPEM = try certificates.text(certificates.pem("server"))
        tls.certPEM = try certificates.text(certificates.pem("client"))
        tls.keyPEM = try certificates.text(certificates.key("client"))
        #expect(try send(to: receiver.port, tls: tls).sent == 3)
        #expect(receiver.requests.map(\.identity) == ["client", "client"])
    }

    @Test func whatChangesOnDiskCountsForTheNextRequest() throws {
        for name in ["server", "first", "second", "mine"] { try certificates.make(name) }
        try certificates.join(["first", "second"], as: "clients")
        try certificates.replace("mine", by: "first")
        let receiver = try receiver(clients: "clients")
        let exporter = try exporter(to: receiver.port, tls: trusting("server", as: "mine"))
        func send(_ id: UInt64) {
            #expect(exporter.enqueue(Samples.batch(1, first: id)))
            eventually { exporter.counters.queued == 0 }
        }
        send(1)
        send(2)
        try certificates.replace("mine", by: "second")
        send(3)
        send(4)
        // Half of a pair: the key is not the certificate's.
        try certificates.text(certificates.pem("first"))
            .write(toFile: certificates.pem("mine"), atomically: false, encoding: .utf8)
        send(5)
        // Half of a file.
        try String(try certificates.text(certificates.pem("second")).dropLast(100))
            .write(toFile: certificates.pem("mine"), atomically: false, encoding: .utf8)
        send(6)
        try certificates.replace("mine", by: "first")
        send(7)
        exporter.shutdown(deadlineNanoseconds: inSeconds(30))
        let identities = receiver.requests.map(\.identity)
        #expect(identities == ["first", "first", "second", "second", "second", "second", "first"])
        #expect(exporter.counters.sent == 7, "\(recorder.lines)")
        #expect(recorder.lines.filter { $0.contains("certificates it has") }.count == 1)
        let ports = receiver.requests.map(\.port)
        #expect(ports[0] == ports[1] && ports[1] != ports[2] && Set(ports[2...5]).count == 1)
    }

    @Test func anAuthorityThatIsTakenAwayCountsNoMore() throws {
        try certificates.make("server")
        try certificates.make("other")
        try certificates.join(["server"], as: "trusted")
        let receiver = try receiver()
        let exporter = try exporter(to: receiver.port, tls: trusting("trusted"))
        #expect(exporter.enqueue(Samples.batch(1)))
        eventually { exporter.counters.queued == 0 }
        #expect(exporter.counters.sent == 1)
        try certificates.join(["other"], as: "trusted")
        // The kept connection was made in trust that is gone.
        #expect(exporter.enqueue(Samples.batch(1)))
        exporter.shutdown(deadlineNanoseconds: inSeconds(30))
        #expect(exporter.counters.sent == 1)
        #expect(exporter.counters.dropped(.retriesExhausted) == 1)
    }

    @Test func anotherNameCanBeAskedFor() throws {
        try certificates.make("server", for: "DNS:backend.test")
        let receiver = try receiver()
        var tls = trusting("server")
        #expect(try send(to: receiver.port, tls: tls).sent == 0)
        tls.serverNameOverride = "other.test"
        #expect(try send(to: receiver.port, tls: tls).sent == 0)
        tls.serverNameOverride = "backend.test"
        #expect(try send(to: receiver.port, tls: tls).sent == 3, "\(recorder.lines)")
        #expect(receiver.requests.map(\.serverName) == ["backend.test"])
        #expect(receiver.requests.map { $0.headers["host"] } == ["127.0.0.1:\(receiver.port)"])
    }

    @Test func versionsAreHeldTo() throws {
        try certificates.make("server")
        let old = try receiver("server", ["--most-tls12"])
        var tls = trusting("server")
        #expect(try send(to: old.port, tls: tls).sent == 3)
        tls.minVersion = .tls13
        #expect(try send(to: old.port, tls: tls).dropped(.retriesExhausted) == 3)
        let new = try receiver()
        #expect(try send(to: new.port, tls: tls).sent == 3)
        tls.minVersion = .tls12
        tls.maxVersion = .tls12
        #expect(try send(to: new.port, tls: tls).sent == 3)
    }

    @Test func settingsThatCannotWorkAreAnErrorAtStart() throws {
        for name in ["server", "other"] { try certificates.make(name) }
        try "no certificate".write(toFile: certificates.pem("text"), atomically: false, encoding: .utf8)
        let pem = try certificates.text(certificates.pem("server"))
        let broken: [(String, (inout TLSSettings) -> Void)] = [
            ("tls.ca_file", { $0.caFile = "/nowhere.pem" }), ("tls.ca_file", { $0.caFile = certificates.pem("text") }),
            ("tls.ca_file", { $0.caFile = "/" }), ("tls.ca_file", { $0.caPEM = String(pem.dropLast(60)) }),
            (
                "tls.ca_pem",
                {
                    $0.caFile = certificates.pem("server")
                    $0.caPEM = pem
                }
            ),
            ("tls.key_file", { $0.certFile = certificates.pem("server") }),
            ("tls.cert_file", { $0.keyFile = certificates.key("server") }),
            (
                "tls.key_file",
                {
                    $0.certFile = certificates.pem("server")
                    $0.keyFile = certificates.key("other")
                }
            ),
            (
                "tls.key_file",
                {
                    $0.certFile = certificates.pem("server")
                    $0.keyFile = certificates.pem("text")
                }
            ),
            ("tls.max_version", { $0.maxVersion = .tls11 }),
            ("tls.server_name_override", { $0.serverNameOverride = "" }),
            ("tls.server_name_override", { $0.serverNameOverride = "a b" }),
        ]
        for (key, change) in broken {
            var tls = TLSSettings()
            change(&tls)
            let error = #expect(throws: ExporterError.self) { try exporter(to: 1, tls: tls) }
            #expect(error?.description.hasPrefix(key + ":") == true, "\(String(describing: error))")
            var grpc = OTLPGRPCSettings(endpoint: "localhost:4317")
            grpc.tls = tls
            #expect(throws: ExporterError.self) {
                try OTLPGRPCExporter(name: "x", settings: grpc, log: recorder.log).start()
            }
        }
    }
}
