import Capture
import Testing

@testable import Bridge

/// `INTERSPAN_...` variables.
@Suite struct ConfigurationKeyVariableTests {
    typealias Support = ConfigurationTestSupport

    @Test func defaultThenFileThenStandardVariableThenKeyVariable() throws {
        let file = "exporters: {otlp_http: {timeout: 2s}}"
        let standard = ["OTEL_EXPORTER_OTLP_TIMEOUT": "3000"]
        let key = ["INTERSPAN_EXPORTERS__OTLP_HTTP__TIMEOUT": "4s"]
        #expect(try Support.otlp().timeout == 10_000_000_000)
        #expect(try Support.otlp(file).timeout == 2_000_000_000)
        #expect(try Support.otlp(file, standard).timeout == 3_000_000_000)
        #expect(try Support.otlp(file, standard.merging(key) { old, _ in old }).timeout == 4_000_000_000)
        #expect(try Support.otlp(nil, key).timeout == 4_000_000_000)
        #expect(try Support.otlp(nil, key).compression == .none)
    }

    @Test func everyDocumentedVariableSetsItsKey() throws {
        let values = DocumentedVariables.values
        let documented = ConfigurationReference.markdown.matches(of: /`(INTERSPAN_[A-Z_]+__[A-Z_]+)`/).map {
            String($0.1)
        }
        #expect(Set(documented).symmetricDifference(values.keys).isEmpty)

        // Each alone is accepted and changes what is in effect, unless it can say one thing only.
        let standard = try Support.load(nil, DocumentedVariables.base).configuration.yaml
        for (name, value) in values {
            let loaded = try Support.load(nil, DocumentedVariables.environment(setting: name, to: value))
            let isChanged = loaded.configuration.yaml != standard
            #expect(isChanged == !DocumentedVariables.withoutEffect.contains(name), "\(name)")
        }
    }

    @Test func namedInstancesAreReachedWithUnderscores() throws {
        let file = """
            exporters: {otlp_http/my-tempo.eu: {endpoint: 'http://a:1'}}
            service: {pipelines: {traces/x-y: {exporters: [otlp_http/my-tempo.eu, otlp_http/bare]}}}
            """
        let environment = [
            "INTERSPAN_EXPORTERS__OTLP_HTTP_MY_TEMPO_EU__ENDPOINT": "http://v:2",
            "INTERSPAN_EXPORTERS__OTLP_HTTP_BARE__TIMEOUT": "1s",
        ]
        #expect(try Support.otlp(file, environment, name: "otlp_http/my-tempo.eu").endpoint == "http://v:2")
        #expect(try Support.otlp(file, environment, name: "otlp_http/bare").timeout == 1_000_000_000)
        let pipeline = ["INTERSPAN_SERVICE__PIPELINES__TRACES_X_Y__EXPORTERS": "debug"]
        #expect(try Support.load(file, pipeline).configuration.pipelines.map(\.exporters) == [["debug"]])
    }

    @Test func aComponentThatOnlyAVariableNamesIsReached() throws {
        let environment = [
            "INTERSPAN_SERVICE__PIPELINES__TRACES__EXPORTERS": "otlp_http/a",
            "INTERSPAN_EXPORTERS__OTLP_HTTP_A__TIMEOUT": "1s",
        ]
        #expect(try Support.otlp(nil, environment, name: "otlp_http/a").timeout == 1_000_000_000)
    }

    @Test(
        arguments: [
            ("INTERSPAN_RECEIVERS__EBPF__HOK", "unknown key, did you mean 'hook'?"),
            ("INTERSPAN_RECIEVERS__EBPF", "unknown key, did you mean 'receivers'?"),
            (
                "INTERSPAN_RECEIVERS__EBPF__PEERS",
                "expected a range of addresses such as 10.0.0.0/8 or fd00::/8, found 'kprobe'"
            ),
            ("INTERSPAN_EXPORTERS__OTLP_GRPC__AUTH__AUTHENTICATOR", "not available in this version"),
            ("INTERSPAN_RECEIVERS__OTLP__PROTOCOLS__HTTP__CORS", "not available in this version"),
            ("INTERSPAN_SERVICE__ROUTES__X", "expected the name of a single key, service.routes is not one"),
            ("INTERSPAN_CONNECTORS__FORWARD", "not available in this version"),
            (
                "INTERSPAN_EXTENSIONS__FILE_STORAGE",
                "expected the name of a single key, extensions.file_storage is not one"
            ),
            (
                "INTERSPAN_RECEIVERS__OTLP__PROTOCOLS__GRPC",
                "expected the name of a single key, receivers.otlp.protocols.grpc is not one"
            ),
            (
                "INTERSPAN_EXPORTERS__OTLP_HTTP_A__TIMEOUT",
                "nothing in exporters has this name, known are debug, file, otlp_grpc, otlp_http"
            ),
            ("INTERSPAN_RECEIVERS__EBPF", "expected the name of a single key, receivers.ebpf is not one"),
            ("INTERSPAN_RECEIVERS__EBPF__HOOK__X", "expected the name of a single key, receivers.ebpf.hook is not one"),
            ("INTERSPAN_RECEIVERS__EBPF__HOOK", "expected auto, sock, fexit or syscall, found 'kprobe'"),
        ]) func aWrongVariableIsAnErrorThatNamesIt(_ name: String, _ message: String)
    {
        #expect(Support.errors(nil, [name: "kprobe"]) == ["\(name): \(message)"])
    }

    @Test(arguments: [
        "INTERSPAN_EXPORTERS__OTLP_GRPC__KEEPALIVE__TIME", "INTERSPAN_EXPORTERS__OTLP_HTTP__MAX_IDLE_CONNS",
        "INTERSPAN_RECEIVERS__OTLP__PROTOCOLS__GRPC__INCLUDE_METADATA",
    ]) func aVariableOfAKeyWithoutEffectIsAWarningThatNamesIt(_ name: String) throws {
        #expect(try Support.load(nil, [name: "1"]).warnings == [name + ": has no effect here"])
    }

    @Test func variablesThatKubernetesSetsAreNotOurs() throws {
        let loaded = try Support.load(
            nil, ["INTERSPAN_SERVICE_HOST": "10.0.0.1", "INTERSPAN_PORT_4318_TCP": "tcp://10.0.0.1:4318"])
        #expect(loaded.warnings.isEmpty)
    }

    @Test func headersInAVariableThatAreMalformedAreAnErrorWithoutTheirValue() {
        let name = "INTERSPAN_EXPORTERS__OTLP_HTTP__HEADERS"
        let errors = Support.errors(nil, [name: "a=hunter2,b"])
        #expect(errors == ["\(name): expected a mapping of header names to values, at most 256"])
    }
}
