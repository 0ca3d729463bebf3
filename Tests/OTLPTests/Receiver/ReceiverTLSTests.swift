import Foundation
import Testing

@testable import OTLP

/// Both servers behind TLS, with certificates of the test's own making and curl as the peer.
@Suite struct ReceiverTLSTests {
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

    private func serverTLS() throws -> ServerTLSSettings {
        try makeCertificate("server")
        var tls = ServerTLSSettings(
            certificate: .file(directory.path("server.pem")), key: .file(directory.path("server.key")))
        tls.reloadIntervalNanoseconds = 0
        return tls
    }

    /// What curl shows of the answer to a request with one span, by HTTP/1.1.
    private func post(to port: Int, _ options: String...) throws -> String {
        try Data(Payload.traces(1)).write(to: URL(fileURLWithPath: directory.path("body")))
        return try run(
            "curl",
            ["-sS", "-i", "--http1.1", "--noproxy", "*", "-H", "content-type: application/x-protobuf"] + options
                + ["--data-binary", "@" + directory.path("body"), "https://127.0.0.1:\(port)/v1/traces"]
        ).output
    }

    @Test func bothServersAreKnownByTheirCertificate() throws {
        let tls = try serverTLS()
        let receiver = try TestReceiver { settings in
            settings.http?.tls = tls
            settings.grpc?.tls = tls
        }
        let ca = directory.path("server.pem")
        #expect(try post(to: receiver.http, "--cacert", ca).hasPrefix("HTTP/1.1 200"))
        #expect(!(try post(to: receiver.http)).hasPrefix("HTTP/1.1 200"))
        try Data(GRPCClient.message(Payload.traces(1))).write(to: URL(fileURLWithPath: directory.path("message")))
        let call = try run(
            "curl",
            [
                "-sS", "-i", "--http2", "--noproxy", "*", "--cacert", ca, "-H", "content-type: application/grpc",
                "-H", "te: trailers", "--data-binary", "@" + directory.path("message"), "-o", directory.path("out"),
                "-D", "-", "https://127.0.0.1:\(receiver.grpc)\(Signal.traces.method)",
            ])
        #expect(call.output.hasPrefix("HTTP/2 200"))
        #expect(call.output.contains("grpc-status: 0"))
        #expect(receiver.sink.items == 2)
    }

    @Test func aPeerWithoutTLSOrInTheMiddleOfItCostsItsConnectionOnly() throws {
        let tls = try serverTLS()
        let receiver = try TestReceiver(timeout: 0.5) { $0.http?.tls = tls }
        let plain = RawConnection(port: receiver.http)
        plain.send(OTLPTests.post(Payload.traces(1)))
        #expect(!plain.text().hasPrefix("HTTP"))
        // The beginning of a ClientHello, and nothing more.
        let slow = RawConnection(port: receiver.http)
        slow.send([0x16, 0x03, 0x01, 0x02, 0x00, 0x01])
        #expect(slow.receiveAll().isEmpty)
        eventually { receiver.counters.connectionsOpen == 0 }
        #expect(receiver.counters.connectionsOpen == 0)
        #expect(receiver.counters.tlsFailures >= 1)
        #expect(receiver.counters.timeouts == 1)
        #expect(try post(to: receiver.http, "--cacert", directory.path("server.pem")).hasPrefix("HTTP/1.1 200"))
    }

    @Test func anEarlyRefusalIsReadableThroughTLS() throws {
        let tls = try serverTLS()
        let receiver = try TestReceiver { settings in
            settings.http?.tls = tls
            settings.http?.maxBodySize = 10
        }
        #expect(try post(to: receiver.http, "--cacert", directory.path("server.pem")).contains("HTTP/1.1 413"))
        eventually { receiver.counters.connectionsOpen == 0 }
        #expect(receiver.counters.connectionsOpen == 0)
    }

    @Test func clientsAreKnownByTheirCertificateWhereThatIsAsked() throws {
        var tls = try serverTLS()
        try makeCertificate("client")
        try makeCertificate("stranger")
        tls.clientCA = .file(directory.path("client.pem"))
        let receiver = try TestReceiver { [tls] in $0.http?.tls = tls }
        let ca = directory.path("server.pem")
        func output(_ name: String) throws -> String {
            try post(
                to: receiver.http, "--cacert", ca, "--cert", directory.path("\(name).pem"), "--key",
                directory.path("\(name).key"))
        }
        #expect(!(try post(to: receiver.http, "--cacert", ca)).hasPrefix("HTTP/1.1 200"))
        #expect(!(try output("stranger")).hasPrefix("HTTP/1.1 200"))
        #expect(try output("client").hasPrefix("HTTP/1.1 200"))
        #expect(receiver.sink.items == 1)
        #expect(receiver.counters.tlsFailures == 2)
    }

    @Test func versionsOutsideTheRangeAreRefused() throws {
        var tls = try serverTLS()
        tls.minVersion = .tls13
        let receiver = try TestReceiver { [tls] in $0.http?.tls = tls }
        let ca = directory.path("server.pem")
        #expect(!(try post(to: receiver.http, "--cacert", ca, "--tls-max", "1.2")).hasPrefix("HTTP/1.1 200"))
        #expect(try post(to: receiver.http, "--cacert", ca, "--tlsv1.3").hasPrefix("HTTP/1.1 200"))
    }

    @Test func aChangedCertificateIsUsedAndABrokenOneIsNot() throws {
        let tls = try serverTLS()
        let receiver = try TestReceiver { $0.http?.tls = tls }
        try makeCertificate("other")
        for (kind, file) in [("pem", "server.pem"), ("key", "server.key")] {
            let data = try Data(contentsOf: URL(fileURLWithPath: directory.path("other.\(kind)")))
            try data.write(to: URL(fileURLWithPath: directory.path(file)))
        }
        let ca = directory.path("other.pem")
        #expect(try post(to: receiver.http, "--cacert", ca).hasPrefix("HTTP/1.1 200"))
        try Data("none".utf8).write(to: URL(fileURLWithPath: directory.path("server.pem")))
        for _ in 0..<3 { #expect(try post(to: receiver.http, "--cacert", ca).hasPrefix("HTTP/1.1 200")) }
        let complaints = receiver.recorder.lines.filter { $0.contains("the certificate that was there before") }
        #expect(complaints.count == 1)
        #expect(complaints.first?.contains("receivers.otlp.protocols.http.tls: cert") == true)
    }

    @Test func certificatesInTheConfigurationWorkAndBrokenOnesAreNamed() throws {
        _ = try serverTLS()
        let pem = try String(contentsOfFile: directory.path("server.pem"), encoding: .utf8)
        let key = try String(contentsOfFile: directory.path("server.key"), encoding: .utf8)
        let receiver = try TestReceiver {
            $0.http?.tls = ServerTLSSettings(certificate: .inline(pem), key: .inline(key))
        }
        #expect(try post(to: receiver.http, "--cacert", directory.path("server.pem")).hasPrefix("HTTP/1.1 200"))
        let error = #expect(throws: ReceiverError.self) {
            _ = try TestReceiver {
                $0.grpc?.tls = ServerTLSSettings(certificate: .file("/nonexistent"), key: .inline(key))
            }
        }
        #expect(error?.description.hasPrefix("receivers.otlp.protocols.grpc.tls: cert: ") == true)
    }
}
