import Testing

@testable import Bridge
@testable import Capture

/// What is telemetry, and what only looks like it.
@Suite struct TelemetryKindTests {
    typealias Request = TelemetryRequest

    private static let exporter = "OTel-OTLP-Exporter-Python/1.45.2"
    private static let scrapeTimeout = "X-Prometheus-Scrape-Timeout-Seconds"

    @Test(arguments: [
        ("opentelemetry.proto.collector.trace.v1.TraceService", TelemetryKind.otlp),
        ("opentelemetry.proto.collector.metrics.v1.MetricsService", .otlp),
        ("opentelemetry.proto.collector.logs.v1.LogsService", .otlp),
        ("opentelemetry.proto.collector.profiles.v1development.ProfilesService", .otlp),
        ("skywalking.v3.TraceSegmentReportService", .skywalking),
        ("skywalking.v3.ManagementService", .skywalking), ("jaeger.api_v2.CollectorService", .jaeger),
        ("jaeger.api_v2.SamplingManager", .jaeger), ("grpc.health.v1.Health", .probe),
    ]) func aCallIsWhatItsServiceIs(_ service: String, _ kind: TelemetryKind) {
        #expect(Request(call: service).kind == kind)
        // Of a connection that was met in the middle, not even the media type may be known.
        #expect(Request(http2: "POST", "/\(service)/Export").kind == kind)
    }

    @Test(arguments: [
        "", "shop.v1.TraceService", "opentelemetry.protocol.Shop",
        "Opentelemetry.Proto.collector.trace.v1.TraceService",
        "skywalking.v3", "skywalking.v30.Lifts", "jaeger.api_v2.QueryService", "jaeger.api_v2.CollectorServices",
        "grpc.health.v1.HealthInsurance", "grpc.health.v1", "GRPC.HEALTH.V1.HEALTH", "my.grpc.health.v1.Health",
    ]) func aCallOfAnApplicationIsNone(_ service: String) {
        #expect(Request(call: service).kind == nil)
    }

    @Test func ofAConnectionMetInTheMiddleTheBodyTells() {
        var request = Request(call: "")
        request.carriesTelemetry = true
        #expect(request.kind == .otlp)
        request.service = "shop.v1.Orders"
        #expect(request.kind == nil)
        request = Request(http2: "GET", "")
        request.carriesTelemetry = true
        #expect(request.kind == nil)
    }

    @Test func ofAConnectionMetInTheMiddleThePortTellsAndNothingElse() {
        #expect(Request(http2: "POST", "", port: 4317).kind == .otlp)
        #expect(Request(call: "", port: 4317).kind == .otlp)
        #expect(Request(call: "", port: 4318).kind == nil)
        #expect(Request(http2: "GET", "", port: 4317).kind == nil)
        #expect(Request(call: "shop.v1.Orders", port: 4317).kind == nil)
        #expect(Request(http2: "POST", "/orders", port: 4317).kind == nil)
        #expect(Request("POST", "", port: 4317).kind == nil)
    }

    @Test(arguments: [
        "/v1/traces", "/v1/metrics", "/v1/logs", "/v1development/profiles", "/otlp/v1/traces", "/v1/traces?x=/y",
    ])
    func aBinaryBodyWhereOTLPGoesIsOTLP(_ target: String) {
        #expect(Request("POST", target, type: "application/x-protobuf").kind == .otlp)
        #expect(Request("POST", "http://collector:4318" + target, type: "Application/X-Protobuf ;a=b").kind == .otlp)
        #expect(
            Request("POST", target, agent: "OpenTelemetry Collector Contrib/0.144.0", type: "application/json").kind
                == .otlp)
    }

    @Test(arguments: [
        TelemetryKindTests.exporter, "OTel OTLP Exporter Go/1.38.0", "OTel-OTLP-Exporter-JavaScript/0.200.0",
        "OTel Go OTLP over HTTP/protobuf logs exporter/0.14.0",
    ])
    func anExporterThatSaysSoIsOneWhereverItGoes(_ agent: String) {
        #expect(Request("POST", "/api/public/otel", agent: agent, type: "application/json").kind == .otlp)
        #expect(Request("POST", "/", agent: agent, type: "application/x-protobuf").kind == .otlp)
        #expect(Request("GET", "/v1/traces", agent: agent).kind == nil)
        #expect(Request("POST", "/v1/traces", agent: agent, type: "text/plain").kind == nil)
    }

    @Test(arguments: [
        Request("GET", "/v1/traces", agent: "curl/8.5.0"), Request("POST", "/v1/traces", agent: "curl/8.5.0"),
        Request("POST", "/v1/traces", agent: "curl/8.5.0", type: "application/json"),
        Request("POST", "/v1/metrics", type: "application/json"),
        Request("post", "/v1/traces", type: "application/x-protobuf"),
        Request("PUT", "/v1/traces", type: "application/x-protobuf"),
        Request("POST", "/v1/traces/7", type: "application/x-protobuf"),
        Request("POST", "/V1/TRACES", type: "application/x-protobuf"),
        Request("POST", "", type: "application/x-protobuf"),
        Request("POST", "/x?a=/v1/traces", type: "application/x-protobuf"),
        Request("POST", "/v1/traces", type: "application/x-protobuffer"),
        Request("POST", "/v1/traces", type: ""), Request("POST", "/v1/traces", type: " ; ;"),
        Request("POST", "/upload", agent: "otel-otlp-exporter-python/1.0", type: "application/json"),
        Request("POST", "/upload", agent: "My OTel-OTLP-Exporter-Python/1.0", type: "application/json"),
        Request("POST", "/upload", agent: "OpenTelemetry Collector/0.144", type: "application/json"),
        Request("", "", agent: "", type: ""),
    ]) func aPathAloneIsNothing(_ request: Request) {
        #expect(request.kind == nil, "\(request)")
    }

    @Test func whatJaegerAndZipkinTakeOverHTTP() {
        #expect(Request("POST", "/api/traces?format=jaeger.thrift", type: "application/x-thrift").kind == .jaeger)
        #expect(Request("POST", "/api/traces", type: "application/vnd.apache.thrift.binary").kind == .jaeger)
        #expect(Request("POST", "/api/v2/spans", type: "application/x-protobuf").kind == .zipkin)
        #expect(Request("POST", "/api/v1/spans", type: "application/x-thrift").kind == .zipkin)
        #expect(Request("POST", "/api/v2/spans", type: "application/json").kind == .zipkin)
        #expect(Request("POST", "/api/v2/spans?a=b", type: "application/json; charset=utf-8").kind == .zipkin)
        #expect(Request("POST", "/api/v2/spans", type: "application/json", contexts: [("B3", "0")]).kind == .zipkin)
    }

    @Test(arguments: [
        Request("POST", "/api/traces", type: "application/json"),
        Request("GET", "/api/traces", type: "application/x-thrift"),
        Request("POST", "/api/orders", type: "application/x-thrift"),
        Request("GET", "/api/v2/spans", type: "application/json"),
        Request("POST", "/api/v2/spans/events/search", type: "application/json"),
        Request("POST", "/bridges/api/v2/spans", type: "application/json"),
        Request("POST", "/api/v2/spans", type: "text/plain"), Request("POST", "/api/v2/spans"),
        Request(
            "POST", "/api/v2/spans", type: "application/json",
            contexts: [("traceparent", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01")]),
    ]) func otherThingsHaveSpansAndTracesAsWell(_ request: Request) {
        #expect(request.kind == nil, "\(request)")
    }

    @Test func aScrapeSaysWhoAsksOrHowLongItWaits() {
        #expect(Request("GET", "/metrics", agent: "Prometheus/2.45.0").kind == .scrape)
        #expect(
            Request("GET", "/actuator/prometheus", agent: "vm_promscrape", headers: [Self.scrapeTimeout]).kind
                == .scrape)
        #expect(Request("GET", "/metrics", headers: [Self.scrapeTimeout.uppercased()]).kind == .scrape)
        #expect(Request("GET", "/metrics", agent: "curl/8.5.0").kind == nil)
        #expect(Request("GET", "/metrics").kind == nil)
        #expect(Request("POST", "/api/v1/write", agent: "Prometheus/2.45.0").kind == nil)
        #expect(Request("HEAD", "/metrics", headers: [Self.scrapeTimeout]).kind == nil)
        #expect(Request("GET", "/", headers: ["X-Prometheus-Scrape-Timeout-Second"]).kind == nil)
        #expect(Request("GET", "/", answered: [Self.scrapeTimeout]).kind == nil)
        for agent in [
            "prometheus/2.45.0", "PROMETHEUS/2.45.0", "Prometheus", "Prometheus 2", " Prometheus/2",
            "Mozilla Prometheus/2",
        ] {
            #expect(Request("GET", "/metrics", agent: agent).kind == nil, "\(agent)")
        }
    }

    @Test(arguments: ["kube-probe/1.29", "ELB-HealthChecker/2.0", "GoogleHC/1.0", "Consul Health Check"])
    func aProbeSaysWhoAsks(_ agent: String) {
        #expect(Request("GET", "/anything", agent: agent).kind == .probe)
        #expect(Request("HEAD", "/", agent: agent).kind == .probe)
        #expect(Request(http2: "GET", "/health", agent: agent).kind == .probe)
        #expect(Request("GET", "/health", agent: agent, protocol: .fastcgi).kind == .probe)
        for method in ["POST", "get", "Head", "GE", "GETT", ""] {
            #expect(Request(method, "/health", agent: agent).kind == nil, "\(method)")
        }
        for other in [agent.uppercased(), "x" + agent, String(agent.dropLast(agent.count - 4)), "", " "] {
            #expect(Request("GET", "/health", agent: other).kind == nil, "\(other)")
        }
        #expect(Request("GET", "/health", agent: agent, protocol: .dubbo).kind == nil)
    }

    @Test func whoSaysTwoThingsSaysNothing() {
        var request = Request("GET", "/health", agent: "kube-probe/1.29")
        request.others = [(.userAgent, "shop/1.0")]
        #expect(request.kind == nil)
        request = Request("POST", "/v1/traces", type: "application/x-protobuf")
        request.others = [(.contentType, "text/plain")]
        #expect(request.kind == nil)
    }

    @Test func whateverBytesThereAreNothingTraps() {
        var random = SplitMix(state: 9)
        for _ in 0..<2000 {
            func text() -> String {
                let words = [
                    "/v1/traces", "POST", "GET", "/", "?", "#", "://", "Prometheus/", ";", " ", "\0", "é",
                    "grpc.health.v1.Health",
                ]
                return (0..<Int(random.next() % 4)).map { _ in words[Int(random.next() % UInt64(words.count))] }
                    .joined()
            }
            var request = Request(text(), text(), agent: text(), type: text())
            request.protocol =
                ApplicationProtocol.allCases[Int(random.next() % UInt64(ApplicationProtocol.allCases.count))]
            request.others = [(.service, text())]
            _ = request.kind
        }
    }
}
