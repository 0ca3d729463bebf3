import Foundation
import Testing

@testable import OTLP

/// TLS with certificates of the test's own making.
@Suite struct TLSTests {
    private let directory = TemporaryDirectory()

    /// A certificate for 127.0.0.1 that signs itself.
    private func makeCertificate(_ name: String) throws {
        let made = try run(
            "openssl",
            [
                "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2",
                "-subj", "/CN=\(name)", "-addext", "subjectAltName=IP:127.0.0.1", "-keyout",
                directory.path("\(name).key"), "-out", directory.path("\(name).pem"),
            ])
        try #require(made.isGood, "\(made.output)")
    }

    private func send(to port: Int, tls: TLSSettings) throws -> (ExporterCounters, [String]) {
        var settings = OTLPHTTPSettings(endpoint: "https://127.0.0.1:\(port)/v1/traces")
        settings.tls = tls
        settings.retry.enabled = false
        settings.queue.batch.flushTimeoutNanoseconds = 0
        let recorder = LogRecorder()
        let exporter = OTLPHTTPExporter(name: "tls", settings: settings, log: recorder.log)
        try exporter.start()
        #expect(exporter.enqueue(Samples.batch(3)))
        exporter.shutdown(deadlineNanoseconds: inSeconds(30))
        return (exporter.counters, recorder.lines)
    }

    @Test func theBackendIsKnownByItsAuthority() throws {
        try makeCertificate("server")
        let receiver = try FaultReceiver(
            "200", options: ["--tls", directory.path("server.pem"), directory.path("server.key")])
        var tls = TLSSettings()
        let (unknown, lines) = try send(to: receiver.port, tls: tls)
        #expect(unknown.dropped(.retriesExhausted) == 3)
        #expect(lines.contains { $0.contains("certificate") })
        tls.insecureSkipVerify = true
        #expect(try send(to: receiver.port, tls: tls).0.sent == 3)
        tls = TLSSettings()
        tls.caFile = directory.path("server.pem")
        #expect(try send(to: receiver.port, tls: tls).0.sent == 3)
        #expect(receiver.requests.count == 2)
    }

    @Test func weAreKnownByOurCertificate() throws {
        try makeCertificate("server")
        try makeCertificate("client")
        let receiver = try FaultReceiver(
            "200",
            options: [
                "--tls", directory.path("server.pem"), directory.path("server.key"), directory.path("client.pem"),
            ])
        var tls = TLSSettings()
        tls.caFile = directory.path("server.pem")
        #expect(try send(to: receiver.port, tls: tls).0.dropped(.retriesExhausted) == 3)
        tls.certFile = directory.path("client.pem")
        tls.keyFile = directory.path("client.key")
        #expect(try send(to: receiver.port, tls: tls).0.sent == 3)
        #expect(receiver.requests.count == 1)
    }
}
