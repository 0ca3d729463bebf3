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
        let values: [String: String] = [
            "INTERSPAN_RECEIVERS__EBPF__HOOK": "fexit", "INTERSPAN_RECEIVERS__EBPF__PAYLOAD_LIMIT": "512",
            "INTERSPAN_RECEIVERS__EBPF__RING_BUFFER": "1MiB", "INTERSPAN_PROCESSORS__CORRELATE__ENABLED": "false",
            "INTERSPAN_PROCESSORS__CORRELATE__WINDOW": "3s", "INTERSPAN_PROCESSORS__CORRELATE__MIN_CONFIDENCE": "0.25",
            "INTERSPAN_PROCESSORS__CORRELATE__MAX_MEMORY": "2MiB", "INTERSPAN_PROCESSORS__MERGE__ENABLED": "false",
            "INTERSPAN_PROCESSORS__MERGE__PROPAGATORS": "tracecontext,tracecontext",
            "INTERSPAN_EXPORTERS__OTLP_HTTP__ENDPOINT": "http://v:1",
            "INTERSPAN_EXPORTERS__OTLP_HTTP__TRACES_ENDPOINT": "http://v:2/t",
            "INTERSPAN_EXPORTERS__OTLP_HTTP__HEADERS": "a=1,b=%20",
            "INTERSPAN_EXPORTERS__OTLP_HTTP__COMPRESSION": "none", "INTERSPAN_EXPORTERS__OTLP_HTTP__TIMEOUT": "9s",
            "INTERSPAN_EXPORTERS__OTLP_HTTP__ENCODING": "json", "INTERSPAN_EXPORTERS__OTLP_HTTP__TLS__INSECURE": "true",
            "INTERSPAN_EXPORTERS__OTLP_HTTP__TLS__CA_FILE": "/ca",
            "INTERSPAN_EXPORTERS__OTLP_HTTP__TLS__CERT_FILE": "/c",
            "INTERSPAN_EXPORTERS__OTLP_HTTP__TLS__KEY_FILE": "/k",
            "INTERSPAN_EXPORTERS__OTLP_HTTP__TLS__INSECURE_SKIP_VERIFY": "true",
            "INTERSPAN_EXPORTERS__OTLP_HTTP__RETRY_ON_FAILURE__ENABLED": "false",
            "INTERSPAN_EXPORTERS__OTLP_HTTP__RETRY_ON_FAILURE__INITIAL_INTERVAL": "1s",
            "INTERSPAN_EXPORTERS__OTLP_HTTP__RETRY_ON_FAILURE__MAX_INTERVAL": "7s",
            "INTERSPAN_EXPORTERS__OTLP_HTTP__RETRY_ON_FAILURE__MAX_ELAPSED_TIME": "8s",
            "INTERSPAN_EXPORTERS__OTLP_HTTP__RETRY_ON_FAILURE__MULTIPLIER": "3",
            "INTERSPAN_EXPORTERS__OTLP_HTTP__RETRY_ON_FAILURE__RANDOMIZATION_FACTOR": "0.125",
            "INTERSPAN_EXPORTERS__OTLP_HTTP__SENDING_QUEUE__ENABLED": "false",
            "INTERSPAN_EXPORTERS__OTLP_HTTP__SENDING_QUEUE__QUEUE_SIZE": "11",
            "INTERSPAN_EXPORTERS__OTLP_HTTP__SENDING_QUEUE__SIZER": "items",
            "INTERSPAN_EXPORTERS__OTLP_HTTP__SENDING_QUEUE__BATCH__FLUSH_TIMEOUT": "6s",
            "INTERSPAN_EXPORTERS__OTLP_HTTP__SENDING_QUEUE__BATCH__MIN_SIZE": "12",
            "INTERSPAN_EXPORTERS__OTLP_HTTP__SENDING_QUEUE__BATCH__MAX_SIZE": "13",
            "INTERSPAN_EXPORTERS__FILE__PATH": "/x.jsonl",
            "INTERSPAN_SERVICE__PIPELINES__TRACES__RECEIVERS": "ebpf",
            "INTERSPAN_SERVICE__PIPELINES__TRACES__PROCESSORS": "merge,correlate",
            "INTERSPAN_SERVICE__PIPELINES__TRACES__EXPORTERS": "otlp_http,file",
            "INTERSPAN_SERVICE__TELEMETRY__LOGS__LEVEL": "error", "INTERSPAN_SERVICE__TELEMETRY__LOGS__FORMAT": "json",
        ]
        let documented = ConfigurationReference.markdown.matches(of: /`(INTERSPAN_[A-Z_]+__[A-Z_]+)`/).map {
            String($0.1)
        }
        #expect(Set(documented) == Set(values.keys))

        // Each alone is accepted and changes what is in effect, unless it needs another to be valid.
        let together = ["TLS__CERT_FILE": ("TLS__KEY_FILE", "/k"), "TLS__KEY_FILE": ("TLS__CERT_FILE", "/c")]
        let base = [
            "INTERSPAN_EXPORTERS__FILE__PATH": "/default",
            "INTERSPAN_SERVICE__PIPELINES__TRACES__EXPORTERS": "otlp_http,file,debug",
            "INTERSPAN_EXPORTERS__OTLP_HTTP__SENDING_QUEUE__BATCH__MIN_SIZE": "5",
        ]
        let standard = try Support.load(nil, base).configuration.yaml
        for (name, value) in values where name != "INTERSPAN_SERVICE__PIPELINES__TRACES__RECEIVERS" {
            var environment = base
            environment[name] = value
            for (suffix, (other, text)) in together where name.hasSuffix(suffix) {
                environment["INTERSPAN_EXPORTERS__OTLP_HTTP__" + other] = text
            }
            let loaded = try Support.load(nil, environment)
            #expect(loaded.configuration.yaml != standard, "\(name) changes nothing")
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
            ("INTERSPAN_RECEIVERS__EBPF__SELECT", "not available in this version"),
            ("INTERSPAN_EXPORTERS__OTLP_HTTP__SENDING_QUEUE__STORAGE", "not available in this version"),
            ("INTERSPAN_SERVICE__STATE_DIRECTORY", "not available in this version"),
            ("INTERSPAN_EXTENSIONS__FILE_STORAGE", "not available in this version"),
            (
                "INTERSPAN_EXPORTERS__OTLP_HTTP_A__TIMEOUT",
                "nothing in exporters has this name, known are debug, file, otlp_http"
            ),
            ("INTERSPAN_RECEIVERS__EBPF", "expected the name of a single key, receivers.ebpf is not one"),
            ("INTERSPAN_RECEIVERS__EBPF__HOOK__X", "expected the name of a single key, receivers.ebpf.hook is not one"),
            ("INTERSPAN_RECEIVERS__EBPF__HOOK", "expected auto, sock, fexit or syscall, found 'kprobe'"),
        ]) func aWrongVariableIsAnErrorThatNamesIt(_ name: String, _ message: String)
    {
        #expect(Support.errors(nil, [name: "kprobe"]) == ["\(name): \(message)"])
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
