import OTLP
import Testing

@testable import Bridge

/// The OpenTelemetry specification's variables where they describe, or override, an OTLP/gRPC exporter.
@Suite struct ConfigurationGRPCVariableTests {
    typealias Support = ConfigurationTestSupport

    private static let prefix = "OTEL_EXPORTER_OTLP_"
    private static let file = "service: {pipelines: {traces: {exporters: [otlp_grpc]}}}"

    private func environment(_ variables: [String: String]) -> [String: String] {
        Dictionary(uniqueKeysWithValues: variables.map { (Self.prefix + $0.key, $0.value) })
    }

    /// The exporter that the variables alone describe.
    private func exporter(_ variables: [String: String]) throws -> OTLPGRPCConfiguration {
        try Support.grpc(nil, environment(variables.merging(["PROTOCOL": "grpc"]) { own, _ in own }))
    }

    @Test func theProtocolChoosesTheExporter() throws {
        func exporters(_ variables: [String: String]) throws -> [String] {
            try Support.load(nil, environment(variables)).configuration.exporters.map(\.name)
        }
        #expect(try exporters(["PROTOCOL": "grpc"]) == ["otlp_grpc"])
        #expect(try exporters(["PROTOCOL": "GRPC"]) == ["otlp_grpc"])
        #expect(try exporters(["TRACES_PROTOCOL": "grpc"]) == ["otlp_grpc"])
        #expect(try exporters(["PROTOCOL": "grpc", "TRACES_PROTOCOL": "http/json"]) == ["otlp_http"])
        #expect(try exporters(["PROTOCOL": "http/json", "TRACES_PROTOCOL": "grpc"]) == ["otlp_grpc"])
        #expect(try exporters(["PROTOCOL": "grpc", "TRACES_PROTOCOL": ""]) == ["otlp_grpc"])
        #expect(try exporters(["PROTOCOL": "grp"]) == ["otlp_http"])
    }

    @Test func theTracesExporterIsHeededBeforeTheProtocol() throws {
        for (value, names) in [("none", []), ("console", ["debug"]), ("otlp", ["otlp_grpc"])] {
            let variables = ["OTEL_TRACES_EXPORTER": value, Self.prefix + "PROTOCOL": "grpc"]
            #expect(try Support.load(nil, variables).configuration.exporters.map(\.name) == names)
        }
    }

    @Test func theSpecificationsDefaultsHoldWhereVariablesDescribeTheExporter() throws {
        let section = try exporter([:])
        #expect(section.endpoint == "http://localhost:4317")
        #expect(section.compression == .none)
        #expect(section.timeout == 10_000_000_000)
        #expect(!section.usesTLS)
    }

    @Test(
        arguments: [
            ("http://a:4317", "a", 4317, false), ("https://a:4317", "a", 4317, true), ("https://a", "a", 443, true),
            ("http://a", "a", 80, false), ("a:4317", "a", 4317, true), ("http://a:4317/", "a", 4317, false),
            ("https://a:1/v1/traces?x=y", "a", 1, true), ("http://[::1]:4317", "::1", 4317, false),
            ("dns:///a:1", "a", 1, true),
        ] as [(String, String, UInt16, Bool)]) func theEndpointHasNoPath(
            _ value: String, _ host: String, _ port: UInt16, _ usesTLS: Bool
        ) throws
    {
        let section = try exporter(["ENDPOINT": value])
        #expect(section.address == HostPort(host: host, port: port))
        #expect(section.usesTLS == usesTLS)
        #expect(!section.endpoint.contains("v1"))
        // What is in effect can be written into a file.
        let printed = try Support.load(nil, environment(["ENDPOINT": value, "PROTOCOL": "grpc"])).configuration.yaml
        #expect(try Support.load(printed).configuration.yaml == printed)
    }

    @Test func theTracesEndpointWins() throws {
        #expect(try exporter(["TRACES_ENDPOINT": "http://t:1", "ENDPOINT": "http://b:2"]).address.host == "t")
        #expect(try exporter(["TRACES_ENDPOINT": "", "ENDPOINT": "http://b:2"]).address.host == "b")
        #expect(try exporter(["TRACES_ENDPOINT": "no port", "ENDPOINT": "http://b:2"]).address.host == "b")
    }

    @Test(arguments: ["localhost", "a:b", "http://", "http://a:99999", "::1", "a:0", "unix:///x", "http://a b:1"])
    func aBadEndpointIsAWarningAndTheDefault(_ value: String) throws {
        #expect(try exporter(["ENDPOINT": value]).endpoint == "http://localhost:4317")
        let warnings = try Support.load(nil, environment(["ENDPOINT": value, "PROTOCOL": "grpc"])).warnings
        #expect(warnings.count == 1)
        #expect(warnings.first?.hasPrefix("OTEL_EXPORTER_OTLP_ENDPOINT: expected an endpoint such as") == true)
    }

    @Test func anEndpointIsJudgedByTheProtocolThatItIsFor() throws {
        let variables = environment(["ENDPOINT": "a:4317"])
        #expect(try Support.load(nil, variables).warnings.count == 1)
        #expect(try Support.load(nil, variables.merging([Self.prefix + "PROTOCOL": "grpc"]) { $1 }).warnings.isEmpty)
        #expect(try Support.load(Self.file, variables).warnings.isEmpty)
    }

    @Test func insecureCountsWithoutASchemeOnly() throws {
        #expect(try !exporter(["ENDPOINT": "a:1", "INSECURE": "true"]).usesTLS)
        #expect(try !exporter(["ENDPOINT": "a:1", "INSECURE": "TRUE"]).usesTLS)
        #expect(try exporter(["ENDPOINT": "a:1", "INSECURE": "1"]).usesTLS)
        #expect(try exporter(["ENDPOINT": "a:1", "INSECURE": ""]).usesTLS)
        #expect(try exporter(["ENDPOINT": "https://a:1", "INSECURE": "true"]).usesTLS)
        #expect(try !exporter(["ENDPOINT": "http://a:1", "INSECURE": "false"]).usesTLS)
        #expect(try exporter(["ENDPOINT": "a:1", "INSECURE": "true", "TRACES_INSECURE": "false"]).usesTLS)
    }

    @Test func whatHTTPAndGRPCHaveInCommonIsSet() throws {
        let section = try exporter([
            "HEADERS": "a=1", "TRACES_HEADERS": "b=%202", "COMPRESSION": "gzip", "TIMEOUT": "1500",
            "CERTIFICATE": "/ca", "TRACES_CERTIFICATE": "/ca2", "CLIENT_CERTIFICATE": "/cert", "CLIENT_KEY": "/key",
        ])
        #expect(section.headers == [.init(name: "b", value: " 2")])
        #expect(section.compression == .gzip)
        #expect(section.timeout == 1_500_000_000)
        #expect(section.tls.caFile == "/ca2")
        #expect(section.tls.certificateFile == "/cert")
        #expect(section.tls.keyFile == "/key")
    }

    @Test func aCertificateOfAVariableReplacesTheFilesText() throws {
        let file = "exporters: {otlp_grpc: {tls: {ca_pem: a, cert_pem: b, key_pem: c}}}\n" + Self.file
        let variables = environment(["CERTIFICATE": "/ca", "CLIENT_CERTIFICATE": "/cert", "CLIENT_KEY": "/key"])
        let tls = try Support.grpc(file, variables).tls
        #expect([tls.caFile, tls.certificateFile, tls.keyFile] == ["/ca", "/cert", "/key"])
        #expect([tls.caPEM, tls.certificatePEM, tls.keyPEM] == [nil, nil, nil])
    }

    @Test func batchProcessorVariablesAreHeeded() throws {
        let section = try Support.grpc(
            Self.file, ["OTEL_BSP_SCHEDULE_DELAY": "5000", "OTEL_BSP_MAX_QUEUE_SIZE": "2048"])
        #expect(section.queue.batch.flushTimeout == 5_000_000_000)
        #expect(section.queue.size == 2048)
        #expect(section.queue.sizer == .items)
        #expect(section.queue.batch.minimumSize == 512)
    }

    @Test func variablesOverrideTheUnnamedSectionsOfBothKinds() throws {
        let file = """
            exporters:
              otlp: {endpoint: "file:1", tls: {insecure: true}}
              otlp_grpc/x: {endpoint: "x:1"}
              otlp_http: {endpoint: "http://file:2"}
            service: {pipelines: {traces: {exporters: [otlp, otlp/x, otlp_http]}}}
            """
        let variables = environment(["ENDPOINT": "http://env:3", "HEADERS": "a=1", "INSECURE": "false"])
        #expect(try Support.grpc(file, variables).endpoint == "http://env:3")
        #expect(try Support.grpc(file, variables).tls.isInsecure == false)
        #expect(try Support.grpc(file, variables).headers.count == 1)
        #expect(try Support.grpc(file, variables).compression == .gzip)
        #expect(try Support.grpc(file, variables, name: "otlp_grpc/x") == Support.grpc(file, name: "otlp_grpc/x"))
        #expect(try Support.otlp(file, variables).url(for: .traces) == "http://env:3/v1/traces")
    }

    @Test func aProtocolThatAFileDoesNotSpeakIsAWarning() throws {
        let http = "service: {pipelines: {traces: {exporters: [otlp_http]}}}"
        let warning = "OTEL_EXPORTER_OTLP_PROTOCOL: has no effect on"
        #expect(
            try Support.load(http, environment(["PROTOCOL": "grpc"])).warnings
                == [warning + " otlp_http, which is named whatever the protocol"])
        #expect(
            try Support.load(Self.file, environment(["PROTOCOL": "http/json"])).warnings
                == [warning + " otlp_grpc, which is named whatever the protocol"])
        #expect(try Support.load(http, environment(["PROTOCOL": "http/json"])).warnings.isEmpty)
        #expect(try Support.load(Self.file, environment(["PROTOCOL": "grpc"])).warnings.isEmpty)
        #expect(try Support.load(Self.file).warnings.isEmpty)
    }
}
