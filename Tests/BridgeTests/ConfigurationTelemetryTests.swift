import Testing

@testable import Bridge
@testable import OTLP

/// `service.telemetry`: where the agent's own servers listen.
@Suite struct ConfigurationTelemetryTests {
    typealias Support = ConfigurationTestSupport

    private func telemetry(_ text: String, _ environment: [String: String] = [:]) throws -> TelemetryConfiguration {
        try Support.load("service: {telemetry: {\(text)}}", environment).configuration.telemetry
    }

    @Test func bothListenOnLoopbackUnlessToldOtherwise() throws {
        for telemetry in [try Support.load().configuration.telemetry, try telemetry("metrics: , health: {address: }")] {
            #expect(telemetry.health.place == HostPort(host: "127.0.0.1", port: 13133))
            #expect(telemetry.metrics.place == HostPort(host: "127.0.0.1", port: 8889))
            #expect(!telemetry.metrics.isDerived && !telemetry.derives)
        }
    }

    @Test(arguments: ["none", "None", "\"\""]) func eachCanBeSwitchedOff(_ nothing: String) throws {
        let off = try telemetry("metrics: {address: \(nothing), derived: true}, health: {address: \(nothing)}")
        #expect(off.metrics.place == nil && off.health.place == nil)
        #expect(!off.derives, "nobody could ask")
    }

    @Test func theEnvironmentReachesThem() throws {
        let telemetry = try telemetry(
            "metrics: {derived: true}",
            [
                "INTERSPAN_SERVICE__TELEMETRY__METRICS__ADDRESS": "0.0.0.0:9000",
                "INTERSPAN_SERVICE__TELEMETRY__HEALTH__ADDRESS": "none",
            ])
        #expect(telemetry.metrics.place == HostPort(host: "0.0.0.0", port: 9000))
        #expect(telemetry.health.place == nil)
        #expect(telemetry.derives)
    }

    /// As the Collector's documentation has it.
    private static let readers = """
        metrics:
          level: detailed
          readers:
          - periodic:
              interval: 60000
              timeout: 5000
              exporter:
                otlp:
                  protocol: http/protobuf
                  endpoint: https://backend:4318
                  headers: {api-key: secret}
          - pull: {exporter: {prometheus: {host: 0.0.0.0, port: 8888, without_units: true}}}
          - periodic:
              exporter: {otlp: {protocol: grpc, endpoint: "backend:4317", insecure: true, compression: gzip, headers: [{name: a, value: b}]}}
        """

    @Test func readersOfTheCollectorAreTakenAsTheyAre() throws {
        let text = "service:\n  telemetry:\n" + Self.readers.split(separator: "\n").map { "    \($0)\n" }.joined()
        let configuration = try Support.load(text).configuration
        let metrics = configuration.telemetry.metrics
        #expect(metrics.place == HostPort(host: "0.0.0.0", port: 8888) && metrics.isRead)
        #expect(metrics.readers[0].periodic?.interval == 60_000)
        guard case .otlpHTTP("x", let http)? = metrics.readers[0].periodic?.exporter.otlp?.exporter("x"),
            case .otlpGRPC("y", let grpc)? = metrics.readers[2].periodic?.exporter.otlp?.exporter("y")
        else {
            Issue.record("other exporters")
            return
        }
        #expect(http.url(for: .metrics) == "https://backend:4318/v1/metrics" && http.headers.count == 1)
        #expect(grpc.address == HostPort(host: "backend", port: 4317) && !grpc.usesTLS && grpc.compression == .gzip)
        #expect(!configuration.yaml.contains("secret"))
        #expect(try Support.load(configuration.yaml).configuration.telemetry.metrics.readers.count == 3)
    }

    @Test func aPathOfAnEndpointIsUsedAsItIs() throws {
        var section = MetricsExporterConfiguration()
        for (endpoint, url) in [
            ("http://a:1", "http://a:1/v1/metrics"), ("http://a:1/", "http://a:1/v1/metrics"),
            ("http://a:1/otlp/m", "http://a:1/otlp/m"),
        ] {
            section.endpoint = endpoint
            guard case .otlpHTTP(_, let http) = section.exporter("x") else { continue }
            #expect(http.url(for: .metrics) == url)
        }
    }

    @Test func whatIsPrintedGivesTheSame() throws {
        let first = try Support.load("service: {telemetry: {health: {address: none}, metrics: {derived: true}}}")
        let second = try Support.load(first.configuration.yaml)
        #expect(second.configuration.telemetry == first.configuration.telemetry)
        #expect(first.configuration.telemetry.health.place == nil)
    }
}
