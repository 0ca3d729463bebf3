import OTLP
import Testing

@testable import Bridge

/// `otlp_grpc` and `otlp_http` in a file.
@Suite struct ConfigurationOTLPExporterTests {
    typealias Support = ConfigurationTestSupport

    private func grpc(_ section: String) throws -> OTLPGRPCConfiguration { try Support.grpc(text(section)) }

    private func text(_ section: String) -> String {
        "exporters: {otlp_grpc: {\(section)}}\nservice: {pipelines: {traces: {exporters: [otlp_grpc]}}}"
    }

    @Test func everyKeyOfGRPCIsRead() throws {
        let section = try grpc(
            """
            endpoint: "a:1", headers: {x-a: b}, authority: "other:443", compression: none, timeout: 1s,
            tls: {insecure: false, server_name_override: sni, min_version: "1.0", max_version: 1.3, reload_interval: 5m,
                  include_system_ca_certs_pool: true, ca_pem: ca, cert_pem: cert, key_pem: key},
            sending_queue: {num_consumers: 3, wait_for_result: false, block_on_overflow: true, sizer: bytes,
                            queue_size: 20000000, batch: {sizer: items, min_size: 0}}
            """)
        var expected = OTLPGRPCConfiguration()
        expected.endpoint = "a:1"
        expected.headers = [.init(name: "x-a", value: "b")]
        expected.authority = "other:443"
        expected.compression = .none
        expected.timeout = 1_000_000_000
        expected.tls.serverName = "sni"
        expected.tls.minimumVersion = .tls10
        expected.tls.maximumVersion = .tls13
        expected.tls.reloadInterval = 300_000_000_000
        expected.tls.includesSystemCAs = true
        expected.tls.caPEM = "ca"
        expected.tls.certificatePEM = "cert"
        expected.tls.keyPEM = "key"
        expected.queue.consumers = 3
        expected.queue.blocksOnOverflow = true
        expected.queue.sizer = .bytes
        expected.queue.size = 20_000_000
        expected.queue.batch.sizer = .items
        expected.queue.batch.minimumSize = 0
        #expect(section == expected)
    }

    @Test func sectionsHaveTheCollectorsDefaults() throws {
        let section = try grpc("")
        #expect(section == OTLPGRPCConfiguration())
        #expect(section.compression == .gzip)
        #expect(section.timeout == 5_000_000_000)
        #expect(section.queue.consumers == 10)
        #expect(section.tls.minimumVersion == .tls12)
        #expect(section.retry.maximumElapsedTime == 300_000_000_000)
    }

    @Test(
        arguments: [
            ("a:4317", "", true), ("a:4317", "tls: {insecure: true}", false),
            ("dns:///a:4317", "", true), ("dns://a:4317", "tls: {insecure: true}", false),
            ("http://a:4317", "", false), ("http://a:4317", "tls: {insecure: false}", false),
            ("https://a:4317", "tls: {insecure: true}", true), ("HTTPS://a:4317", "", true),
            // The Collector speaks TLS where a CA is given, whatever insecure says.
            ("a:4317", "tls: {insecure: true, ca_file: /ca}", true),
        ]) func whetherTLSIsSpoken(_ endpoint: String, _ more: String, _ usesTLS: Bool) throws
    {
        let section = try grpc("endpoint: '\(endpoint)', \(more)")
        #expect(section.usesTLS == usesTLS)
        #expect(section.address == HostPort(host: "a", port: 4317))
    }

    @Test(
        arguments: [
            ("[::1]:4317", "::1"), ("[fe80::1%eth0]:4317", "fe80::1%eth0"),
            ("http://[2001:db8::2]:4317", "2001:db8::2"),
            ("10.0.0.1:4317", "10.0.0.1"), ("a_b-c.d:4317", "a_b-c.d"), ("dns:///[::1]:4317", "::1"),
        ]) func hostsAreTakenApart(_ endpoint: String, _ host: String) throws
    {
        #expect(try grpc("endpoint: '\(endpoint)'").address == HostPort(host: host, port: 4317))
    }

    @Test(
        arguments: [
            "a", ":4317", "a:", "a:x", "a:+1", "a:65536", "[::1]", "[a]:1", "::1:1", "unix:///a", "ftp://a:1", "a b:1",
            "http://a:1/x", "http://u@a:1", "dns:///a", "a:1:2", "é:1",
        ]) func whatIsNoEndpointIsRefused(_ endpoint: String)
    {
        let errors = Support.errors(text("endpoint: '\(endpoint)'"))
        #expect(errors.count == 1)
        #expect(errors.first?.hasPrefix("exporters.otlp_grpc.endpoint: line 1: expected an endpoint such as") == true)
    }

    @Test func plainTextThatIsToldOfCertificatesIsAWarning() throws {
        let loaded = try Support.load(text("endpoint: 'http://a:1', tls: {ca_file: /ca}"))
        #expect(loaded.warnings == ["exporters.otlp_grpc.tls: has no effect, since http:// is plain text"])
        #expect(try Support.load(text("endpoint: 'http://a:1', tls: {insecure: true}")).warnings.isEmpty)
    }

    @Test func theNameOfOldIsTaken() throws {
        let text = """
            exporters: {otlp: {endpoint: "a:1"}, otlp/b: {endpoint: "b:1"}}
            service: {pipelines: {traces: {exporters: [otlp, otlp_grpc/b, otlp/c]}}}
            """
        let configuration = try Support.load(text).configuration
        #expect(configuration.exporters.map(\.name) == ["otlp_grpc", "otlp_grpc/b", "otlp_grpc/c"])
        #expect(try Support.grpc(text, name: "otlp_grpc/b").endpoint == "b:1")
    }

    @Test func tuningOfTheCollectorIsAcceptedWithAWarning() throws {
        let keys = [
            (
                "otlp_grpc",
                ["keepalive: {time: 10s}", "read_buffer_size: 1", "wait_for_ready: true", "balancer_name: x"]
            ),
            ("otlp_http", ["max_idle_conns: 10", "http2_ping_timeout: 1s", "compression_params: {level: 1}"]),
            ("debug", ["verbosity: detailed", "sampling_initial: 5"]),
        ]
        for (type, keys) in keys {
            for key in keys {
                let text = "exporters: {\(type): {\(key)}}\nservice: {pipelines: {traces: {exporters: [\(type)]}}}"
                let name = key.prefix { $0 != ":" }
                #expect(try Support.load(text).warnings == ["exporters.\(type).\(name): has no effect here"])
            }
        }
    }

    @Test func noTimeoutIsTheLongest() throws {
        #expect(try grpc("timeout: 0").timeout == 3_600_000_000_000)
        #expect(try grpc("timeout: 0s").timeout == 3_600_000_000_000)
        #expect(Support.errors(text("timeout: 1us")).count == 1)
    }

    @Test func anEmptyTextIsAsNone() throws {
        #expect(try grpc("authority: '', tls: {ca_file: '', key_pem: '', max_version: ''}") == OTLPGRPCConfiguration())
    }

    @Test func aFileMayRotate() throws {
        func file(_ section: String) throws -> FileExporterConfiguration? {
            let text = "exporters: {file: {path: /x, \(section)}}\nservice: {pipelines: {traces: {exporters: [file]}}}"
            guard case .file(_, let section)? = try Support.load(text).configuration.exporters.first else { return nil }
            return section
        }
        #expect(try file("")?.rotation == nil)
        #expect(try file("rotation: ")?.rotation == nil)
        #expect(try file("rotation: {}, format: json")?.rotation == FileRotationConfiguration())
        let rotation = try file(
            "rotation: {max_megabytes: 1, max_days: 2, max_backups: 3, localtime: true}, append: true")?.rotation
        var expected = FileRotationConfiguration()
        expected.maximumMegabytes = 1
        expected.maximumDays = 2
        expected.maximumBackups = 3
        expected.usesLocalTime = true
        #expect(rotation == expected)
    }

    @Test func signalsHavePathsOfTheirOwn() throws {
        let section = try Support.otlp(
            "exporters: {otlp_http: {endpoint: 'http://a/x/', metrics_endpoint: 'http://m', proxy_url: 'http://p:3128'}}"
        )
        #expect(section.url(for: .traces) == "http://a/x/v1/traces")
        #expect(section.url(for: .metrics) == "http://m")
        #expect(section.url(for: .logs) == "http://a/x/v1/logs")
        #expect(section.proxyURL == "http://p:3128")
    }
}
