import Testing

@testable import OTLP

@Suite struct GRPCEndpointTests {
    @Test(arguments: [
        ("localhost:4317", false, "https://localhost:4317/x"), ("localhost:4317", true, "http://localhost:4317/x"),
        ("http://tempo:4317", false, "http://tempo:4317/x"), ("https://tempo:443", true, "https://tempo:443/x"),
        ("http://tempo:4317/", false, "http://tempo:4317/x"), ("dns:///tempo:4317", true, "http://tempo:4317/x"),
        ("dns:tempo:4317", false, "https://tempo:4317/x"), ("[::1]:4317", true, "http://[::1]:4317/x"),
    ]) func everyFormIsUnderstood(text: String, insecure: Bool, url: String) throws {
        #expect(try GRPCEndpoint(text, insecure: insecure).url("/x") == url)
    }

    @Test(arguments: [
        "", ":4317", "localhost", "http://localhost", "http://localhost:4317/v1/traces", "unix:///run/otlp.sock",
        "dns://8.8.8.8/tempo:4317", "ftp://host:1", "localhost:0x1", "localhost:70000", "user:pw@host:4317",
        "host:4317?x=y", "a b:4317", "http://",
    ]) func whatIsNoEndpointIsAnErrorThatSaysSo(text: String) {
        let error = #expect(throws: ExporterError.self) { try GRPCEndpoint(text, insecure: true) }
        #expect(error?.description.hasPrefix("endpoint: ") == true)
    }

    @Test func anotherNameIsAskedForWhereTheEndpointIs() throws {
        var settings = OTLPGRPCSettings(endpoint: "127.0.0.1:4317")
        settings.tls.serverNameOverride = "backend.test"
        let grpc = try GRPCBinding(settings, .logs).options
        #expect(grpc.url == "https://backend.test:4317/opentelemetry.proto.collector.logs.v1.LogsService/Export")
        #expect(grpc.connectTo == "::127.0.0.1:4317")
        #expect(grpc.headers.contains("host: backend.test"))
        var http = OTLPHTTPSettings(endpoint: "https://[::1]/v1/traces")
        http.tls.serverNameOverride = "backend.test"
        let options = try HTTPBinding(http).options
        #expect(options.url == "https://backend.test/v1/traces")
        #expect(options.connectTo == "::[::1]:443")
        #expect(options.headers.contains("Host: [::1]"))
    }

    @Test func withoutTLSTheNameMeansNothing() throws {
        var settings = OTLPGRPCSettings(endpoint: "http://127.0.0.1:4317")
        settings.tls.serverNameOverride = "backend.test"
        #expect(try GRPCBinding(settings, .traces).options.connectTo == nil)
        var http = OTLPHTTPSettings(endpoint: "http://127.0.0.1:4318/v1/traces")
        http.tls.serverNameOverride = "backend.test"
        #expect(try HTTPBinding(http).options.url == "http://127.0.0.1:4318/v1/traces")
    }
}
