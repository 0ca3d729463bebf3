import Foundation
import Testing

@testable import OTLP

/// Against exporters that others wrote. `Tests/Peers/run` sets it up.
@Suite(.enabled(if: peersPython != nil, "run by Tests/Peers/run"))
struct ReceiverPeerTests {
    private let directory = TemporaryDirectory()

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

    @Test func theSDKOfPythonExportsEverySignalEveryWay() throws {
        try makeCertificate("server")
        try makeCertificate("client")
        var tls = ServerTLSSettings(
            certificate: .file(directory.path("server.pem")), key: .file(directory.path("server.key")))
        tls.clientCA = .file(directory.path("client.pem"))
        let clear = try TestReceiver()
        let secured = try TestReceiver { [tls] settings in
            settings.grpc?.tls = tls
            settings.http?.tls = tls
        }
        let ports = [clear.grpc, clear.http, secured.grpc, secured.http].map { "\($0)" }
        let script = peers.appendingPathComponent("otlp_send.py").path
        let sent = try run(try #require(peersPython), [script] + ports + [directory.url.path])
        #expect(sent.output.split(separator: "\n").last == "done", "\(sent.output)")
        #expect(!sent.output.contains("FAILURE"), "\(sent.output)")
        // Twelve requests with 600 spans each in the clear, two of them secured.
        #expect(clear.counters[.traces].accepted == 12 * 600)
        #expect(secured.counters[.traces].accepted == 2 * 600)
        #expect(clear.counters[.metrics].accepted == 2 * 3)
        #expect(clear.counters[.logs].accepted == 2)
        for receiver in [clear, secured] {
            #expect(receiver.counters.malformed == 0)
            #expect(receiver.counters.protocolErrors == 0)
            #expect(receiver.counters.tlsFailures == 0)
        }
    }
}
