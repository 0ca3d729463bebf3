import OTLP
import Testing

@testable import Bridge

/// `otlp` receivers.
@Suite struct ConfigurationReceiverTests {
    typealias Support = ConfigurationTestSupport

    private func load(_ section: String) throws -> ReceiverProtocols {
        let text =
            "receivers: {otlp: \(section)}\nservice: {pipelines: {traces: {receivers: [otlp], exporters: [debug]}}}"
        let configuration = try Support.load(text).configuration
        #expect(configuration.receivers.map(\.name) == ["otlp"])
        return try #require(configuration.receivers.first).protocols
    }

    @Test(arguments: ["", "{}", "{protocols: }", "{protocols: {}}", "{protocols: {grpc: , http: }}"])
    func bothProtocolsListenUnlessOneIsNamed(_ section: String) throws {
        let protocols = try load(section)
        #expect(protocols == ReceiverProtocols())
        #expect(protocols.grpc?.address == HostPort(host: "127.0.0.1", port: 4317))
        #expect(protocols.http?.address == HostPort(host: "127.0.0.1", port: 4318))
    }

    @Test func thoseThatAreNamedListenAlone() throws {
        for nothing in ["", "{}"] {
            #expect(try load("{protocols: {grpc: \(nothing)}}").grpc == GRPCProtocolConfiguration())
            #expect(try load("{protocols: {grpc: \(nothing)}}").http == nil)
            #expect(try load("{protocols: {http: \(nothing)}}").http == HTTPProtocolConfiguration())
            #expect(try load("{protocols: {http: \(nothing)}}").grpc == nil)
        }
    }

    @Test func aReceiverWithoutASectionHasItsDefaults() throws {
        let text = "service: {pipelines: {traces: {receivers: [ebpf, otlp], exporters: [debug]}}}"
        let configuration = try Support.load(text).configuration
        #expect(configuration.receivers == [OTLPReceiverConfiguration()])
        #expect(configuration.usesCapture)
        #expect(try Support.load().configuration.receivers.isEmpty)
    }

    @Test func everyKeyIsRead() throws {
        let protocols = try load(
            """
            {protocols: {grpc: {endpoint: "[::]:1", transport: tcp, max_recv_msg_size_mib: 16, max_concurrent_streams: 9,
              tls: {cert_file: /c, key_pem: secret, client_ca_file: /ca, min_version: "1.3", max_version: "1.3",
              reload_interval: 0}}, http: {endpoint: "localhost:0", max_request_body_size: 20MiB, traces_url_path: /t,
              metrics_url_path: /m, logs_url_path: /l, tls: {cert_pem: a, key_file: /k}}}}
            """)
        var grpc = GRPCProtocolConfiguration()
        grpc.endpoint = "[::]:1"
        grpc.maximumMessageMebibytes = 16
        grpc.maximumStreams = 9
        var tls = ServerTLSConfiguration()
        tls.certificateFile = "/c"
        tls.keyPEM = "secret"
        tls.clientCAFile = "/ca"
        tls.minimumVersion = .tls13
        tls.maximumVersion = .tls13
        tls.reloadInterval = 0
        grpc.tls = tls
        #expect(protocols.grpc == grpc)
        #expect(protocols.grpc?.address == HostPort(host: "::", port: 1))
        let http = try #require(protocols.http)
        #expect(http.address == HostPort(host: "localhost", port: 0))
        #expect(http.maximumBodyBytes == 20 << 20)
        #expect(Signal.allCases.map { http.path(for: $0) } == ["/t", "/m", "/l"])
        #expect(http.tls?.certificatePEM == "a" && http.tls?.keyFile == "/k")
    }

    @Test func zeroIsTheDefaultSize() throws {
        let protocols = try load("{protocols: {grpc: {max_recv_msg_size_mib: 0}, http: {max_request_body_size: 0}}}")
        #expect(protocols.grpc?.maximumMessageBytes == 4 << 20)
        #expect(protocols.http?.maximumBodyBytes == 4 << 20)
    }

    @Test func anEmptyTLSIsPlainText() throws {
        #expect(try load("{protocols: {grpc: {tls: }}}").grpc?.tls == nil)
    }

    @Test(
        arguments: [
            ("127.0.0.1:4317", "127.0.0.1", 4317), ("0.0.0.0:4317", "0.0.0.0", 4317), ("[::]:4317", "::", 4317),
            ("localhost:65535", "localhost", 65535), (":4317", "", 4317), ("host:0", "host", 0),
        ] as [(String, String, UInt16)]) func addressesAreTakenApart(_ text: String, _ host: String, _ port: UInt16)
    {
        #expect(HostPort(text) == HostPort(host: host, port: port))
    }

    @Test(
        arguments: [
            "", "4317", "a", "a:", "a:b", "a:-1", "a:65536", "a:٣", "[::1]", "[]:1", "[1]:1", "::1:1", "http://a:1",
            "a/b:1",
            "a b:1", String(repeating: "a", count: 2000) + ":1",
        ]) func whatIsNoAddressIsNone(_ text: String)
    {
        #expect(HostPort(text) == nil)
    }

    @Test(
        arguments: [
            ("127.0.0.1:1", "127.0.0.1:1", true), ("127.0.0.1:1", "127.0.0.1:2", false),
            ("127.0.0.1:1", "10.0.0.1:1", false), ("0.0.0.0:1", "10.0.0.1:1", true), ("a:1", "[::]:1", true),
            ("localhost:1", "127.0.0.1:1", true), (":1", "b:1", true), ("a:0", "a:0", false), ("A:1", "a:1", true),
        ]) func noTwoReceiversListenAtTheSamePlace(_ one: String, _ other: String, _ collides: Bool) throws
    {
        let text = """
            receivers:
              otlp/a: {protocols: {grpc: {endpoint: "\(one)"}}}
              otlp/b: {protocols: {http: {endpoint: "\(other)"}}}
            service: {pipelines: {traces: {receivers: [otlp/a], exporters: [debug]},
              traces/b: {receivers: [otlp/b], exporters: [debug]}}}
            """
        let message =
            "receivers.otlp/b.protocols.http.endpoint: line 3: expected an address of its own, "
            + "receivers.otlp/a.protocols.grpc.endpoint listens there as well"
        #expect(Support.errors(text) == (collides ? [message] : []))
    }

    @Test func bothProtocolsOfOneReceiverNeedAnAddress() {
        let text = "receivers: {otlp: {protocols: {grpc: , http: {endpoint: '127.0.0.1:4317'}}}}\n"
        let errors = Support.errors(text + "service: {pipelines: {traces: {receivers: [otlp], exporters: [debug]}}}")
        #expect(errors.count == 1)
        // One that nobody uses does not listen.
        #expect(Support.errors(text).isEmpty)
    }

    @Test func aReceiverThatNoPipelineNamesIsAWarning() throws {
        let text =
            "receivers: {ebpf: , otlp: }\nservice: {pipelines: {traces: {receivers: [NAME], exporters: [debug]}}}"
        #expect(
            try Support.load(text.replacing("NAME", with: "ebpf")).warnings
                == ["receivers.otlp: no pipeline names it, it does not listen"])
        #expect(
            try Support.load(text.replacing("NAME", with: "otlp")).warnings
                == ["receivers.ebpf: no pipeline names it, nothing is captured"])
    }

    @Test func tuningOfTheCollectorIsAcceptedWithAWarning() throws {
        let text = """
            receivers:
              otlp:
                protocols:
                  grpc: {keepalive: {server_parameters: {max_connection_age: 1m}}, include_metadata: true}
                  http: {read_header_timeout: 1s, tls: {cert_file: /c, key_file: /k, client_ca_file_reload: true}}
            service: {pipelines: {traces: {receivers: [otlp], exporters: [debug]}}}
            """
        let paths = [
            "grpc.keepalive", "grpc.include_metadata", "http.read_header_timeout", "http.tls.client_ca_file_reload",
        ]
        #expect(
            try Support.load(text).warnings == paths.map { "receivers.otlp.protocols.\($0): has no effect here" })
    }

    @Test func aVariableForOneProtocolLeavesTheOther() throws {
        let variables = [
            "INTERSPAN_SERVICE__PIPELINES__TRACES__RECEIVERS": "ebpf,otlp",
            "INTERSPAN_RECEIVERS__OTLP__PROTOCOLS__GRPC__ENDPOINT": "0.0.0.0:4317",
        ]
        for file in [nil, "receivers: {otlp: }", "receivers: {otlp: {protocols: }}"] {
            let protocols = try Support.load(file, variables).configuration.receivers.first?.protocols
            #expect(protocols?.grpc?.endpoint == "0.0.0.0:4317")
            #expect(protocols?.http == HTTPProtocolConfiguration())
        }
        let file = "receivers: {otlp: {protocols: {http: {endpoint: 'localhost:1'}}}}"
        let protocols = try Support.load(file, variables).configuration.receivers.first?.protocols
        #expect(protocols?.grpc?.endpoint == "0.0.0.0:4317")
        #expect(protocols?.http?.endpoint == "localhost:1")
    }
}
