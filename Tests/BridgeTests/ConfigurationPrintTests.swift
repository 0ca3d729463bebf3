import Foundation
import Testing

@testable import Bridge

@Suite struct ConfigurationPrintTests {
    typealias Support = ConfigurationTestSupport

    @Test func secretsAreMasked() throws {
        let text = """
            exporters:
              otlp_http:
                endpoint: http://user:hunter2@host:4318/x@y
                traces_endpoint: http://user:hunter2@host/t
                headers: {authorization: Bearer hunter2, x-key: "${env:KEY}"}
            """
        let printed = try Support.load(text, ["KEY": "hunter2"]).configuration.yaml
        #expect(!printed.contains("hunter2"))
        #expect(printed.contains("endpoint: \"http://user:[REDACTED]@host:4318/x@y\""))
        #expect(
            printed.contains("authorization\": \"[REDACTED]\"") || printed.contains("authorization: \"[REDACTED]\""))
        #expect(try Support.otlp(text, ["KEY": "hunter2"]).headers.map(\.value) == ["Bearer hunter2", "hunter2"])
    }

    @Test func textsOfCertificatesAreMasked() throws {
        let text = """
            receivers: {otlp: {protocols: {grpc: {tls: {cert_pem: hunter2, key_pem: "hunter2"}}}}}
            exporters:
              otlp_grpc: {tls: {ca_pem: "a\\nhunter2", cert_pem: hunter2, key_pem: hunter2}, headers: {a: hunter2}}
              otlp_http: {proxy_url: "http://user:hunter2@proxy:3128"}
            service: {pipelines: {traces: {receivers: [otlp], exporters: [otlp_grpc, otlp_http]}}}
            """
        let loaded = try Support.load(text)
        let printed = loaded.configuration.yaml
        #expect(!printed.contains("hunter2"))
        #expect(printed.components(separatedBy: "[REDACTED]").count == 8)
        #expect(try Support.load(printed).configuration.yaml == printed)
        #expect(try Support.grpc(text).tls.caPEM == "a\nhunter2")
        #expect(loaded.configuration.receivers.first?.protocols.grpc?.tls?.keyPEM == "hunter2")
    }

    @Test(arguments: Support.files("config")) func whatIsPrintedIsAConfigurationThatPrintsTheSame(_ path: String) throws
    {
        let printed = try Support.load(try Support.text(path)).configuration.yaml
        let again = try Support.load(printed)
        #expect(again.configuration.yaml == printed)
        #expect(again.warnings.isEmpty)
    }

    @Test func whatTheEnvironmentMakesPrintsAsAFileThatMakesTheSame() throws {
        let environment = [
            "OTEL_EXPORTER_OTLP_ENDPOINT": "http://tempo:4318", "OTEL_BSP_MAX_QUEUE_SIZE": "9",
            "INTERSPAN_PROCESSORS__CORRELATE__WINDOW": "90s",
        ]
        let printed = try Support.load(nil, environment).configuration.yaml
        #expect(try Support.load(printed).configuration.yaml == printed)
        #expect(printed.contains("compression: none"))
        #expect(printed.contains("window: 90s"))
    }

    @Test func theReferenceIsWhatTheDeclarationsSay() throws {
        let committed = try Support.text("docs/configuration.md")
        let same = committed == ConfigurationReference.markdown
        #expect(same, "docs/configuration.md is old: interspan config reference > docs/configuration.md")
    }
}
