import Capture
import OTLP
import Testing

@testable import Bridge

@Suite struct ConfigurationDecodingTests {
    typealias Support = ConfigurationTestSupport

    @Test func noFileAndNoVariablesGiveAWorkingAgent() throws {
        let loaded = try Support.load()
        let configuration = loaded.configuration
        #expect(loaded.warnings.isEmpty)
        #expect(configuration.ebpf == EBPFReceiverConfiguration())
        #expect(configuration.correlate == CorrelateConfiguration())
        #expect(configuration.merge == MergeConfiguration())
        #expect(configuration.exporters.map(\.name) == ["otlp_http"])
        #expect(configuration.pipelines.map(\.name) == ["traces"])
        #expect(configuration.pipelines[0].exporters == ["otlp_http"])
        #expect(configuration.agentResource.map(\.1) == ["interspan"])
        #expect(!configuration.isDisabled)
        #expect(try Support.otlp().url(for: .traces) == "http://localhost:4318/v1/traces")
    }

    @Test func everyKeyIsRead() throws {
        let configuration = try Support.load(
            """
            receivers: {ebpf: {hook: SYSCALL, payload_limit: 1KiB, ring_buffer: 16 MiB}}
            processors:
              correlate: {enabled: False, window: 1m30s, min_confidence: 0.75, max_memory: 1GB}
              merge: {enabled: false, propagators: []}
            exporters:
              otlp_http:
                endpoint: https://a.example:443/otlp/
                headers: {x-a: 1, X-B: "two words"}
                compression: none
                timeout: 1.5s
                encoding: json
                tls: {insecure: true, ca_file: /ca, cert_file: /cert, key_file: /key, insecure_skip_verify: true}
                retry_on_failure:
                  {enabled: false, initial_interval: 1s, max_interval: 1m, max_elapsed_time: 0,
                   multiplier: 2, randomization_factor: 0}
                sending_queue:
                  {enabled: false, queue_size: 7, sizer: items, batch: {flush_timeout: 1s, min_size: 2, max_size: 3}}
              file: {path: /tmp/x}
              debug: {}
            service:
              pipelines: {traces: {receivers: [ebpf], processors: [merge], exporters: [otlp_http, file, debug]}}
              state_directory: /s
              telemetry: {logs: {level: WARNING, format: json}}
            """
        ).configuration
        #expect(configuration.stateDirectory == "/s")
        #expect(configuration.ebpf.hook == .syscall)
        #expect(configuration.ebpf.payloadLimit == 1024)
        #expect(configuration.ebpf.ringBuffer == 16 << 20)
        #expect(!configuration.correlate.isEnabled)
        #expect(configuration.correlate.window == 90_000_000_000)
        #expect(configuration.correlate.minimumConfidence == 0.75)
        #expect(configuration.correlate.maximumMemory == 1_000_000_000)
        #expect(!configuration.merge.isEnabled)
        #expect(configuration.merge.propagators.isEmpty)
        #expect(configuration.telemetry.logs.level == .warn)
        #expect(configuration.telemetry.logs.format == .json)
        #expect(configuration.pipelines[0].processors == ["merge"])
        var expected = OTLPHTTPConfiguration()
        expected.endpoint = "https://a.example:443/otlp/"
        expected.headers = [.init(name: "x-a", value: "1"), .init(name: "X-B", value: "two words")]
        expected.compression = .none
        expected.timeout = 1_500_000_000
        expected.encoding = .json
        expected.tls.isInsecure = true
        expected.tls.caFile = "/ca"
        expected.tls.certificateFile = "/cert"
        expected.tls.keyFile = "/key"
        expected.tls.skipsVerification = true
        expected.retry.isEnabled = false
        expected.retry.initialInterval = 1_000_000_000
        expected.retry.maximumInterval = 60_000_000_000
        expected.retry.maximumElapsedTime = 0
        expected.retry.multiplier = 2
        expected.retry.randomizationFactor = 0
        expected.queue.isEnabled = false
        expected.queue.size = 7
        expected.queue.sizer = .items
        expected.queue.batch.flushTimeout = 1_000_000_000
        expected.queue.batch.minimumSize = 2
        expected.queue.batch.maximumSize = 3
        var file = FileExporterConfiguration()
        file.path = "/tmp/x"
        #expect(
            configuration.exporters == [
                .otlpHTTP(name: "otlp_http", expected), .file(name: "file", file), .debug(name: "debug"),
            ])
        #expect(expected.url(for: .traces) == "https://a.example:443/otlp/v1/traces")
    }

    @Test func sectionsHaveTheCollectorsDefaults() throws {
        let section = try Support.otlp(
            "exporters: {otlp_http: }\nservice: {pipelines: {traces: {exporters: [otlp_http]}}}")
        #expect(section == OTLPHTTPConfiguration())
        #expect(section.compression == .gzip)
        #expect(section.timeout == 30_000_000_000)
        #expect(section.retry.initialInterval == 5_000_000_000)
        #expect(section.queue.size == 1000)
        #expect(section.queue.batch.flushTimeout == 200_000_000)
    }

    @Test func namedInstancesAreApartAndUnnamedOnesHaveDefaults() throws {
        let text = """
            exporters:
              otlp_http/a: {endpoint: "http://a:1"}
              otlphttp/b: {endpoint: "http://b:2"}
            service:
              pipelines:
                traces: {exporters: [otlp_http/a, otlp_http/b]}
                traces/more: {exporters: [otlphttp/b, otlp_http/c]}
            """
        let configuration = try Support.load(text).configuration
        #expect(configuration.exporters.map(\.name) == ["otlp_http/a", "otlp_http/b", "otlp_http/c"])
        #expect(configuration.pipelines.map(\.name) == ["traces", "traces/more"])
        #expect(configuration.pipelines[1].exporters == ["otlp_http/b", "otlp_http/c"])
        #expect(try Support.otlp(text, name: "otlp_http/a").endpoint == "http://a:1")
        #expect(try Support.otlp(text, name: "otlp_http/b").endpoint == "http://b:2")
        #expect(try Support.otlp(text, name: "otlp_http/c") == OTLPHTTPConfiguration())
    }

    @Test func aNamedInstanceOfWhatExistsOnceIsTaken() throws {
        let text = """
            processors: {correlate: {window: 1s}, correlate/mine: {window: 2s}}
            service: {pipelines: {traces: {processors: [correlate/mine, correlate/mine], exporters: [debug]}}}
            """
        let configuration = try Support.load(text).configuration
        #expect(configuration.correlate.window == 2_000_000_000)
        #expect(configuration.pipelines[0].processors == ["correlate"])
    }

    @Test func aSectionThatNoPipelineNamesIsAWarning() throws {
        let loaded = try Support.load(
            "exporters: {file: {path: /x}, debug: }\nservice: {pipelines: {traces: {exporters: [debug]}}}")
        #expect(loaded.configuration.exporters == [.debug(name: "debug")])
        #expect(loaded.warnings == ["exporters.file: no pipeline names it, nothing is sent there"])
    }

    @Test func theCollectorsListFormOfHeadersIsRead() throws {
        let section = try Support.otlp("exporters: {otlp_http: {headers: [{name: x-a, value: b}]}}")
        #expect(section.headers == [.init(name: "x-a", value: "b")])
    }

    @Test func errorsAreSortedByLineAndThoseWithoutComeLast() {
        let errors = Support.errors(
            "service: {nope: 1}\nreceivers:\n  ebpf: {hook: x}\nbad: 1", ["INTERSPAN_RECEIVERS__EBPF__RING_BUFFER": "x"]
        )
        #expect(errors.count == 4)
        #expect(errors[0].hasPrefix("service.nope: line 1: "))
        #expect(errors[1].hasPrefix("receivers.ebpf.hook: line 3: "))
        #expect(errors[2].hasPrefix("bad: line 4: "))
        #expect(errors[3].hasPrefix("INTERSPAN_RECEIVERS__EBPF__RING_BUFFER: expected a byte size"))
    }

    @Test func aFileOfManyMistakesIsAnsweredByTheFirstHundred() {
        let text = (0..<5000).map { "key\($0): 1" }.joined(separator: "\n")
        #expect(Support.errors(text).count == 100)
    }

    @Test func thereAreAtMostSixtyFourExporters() {
        func text(_ count: Int) -> String {
            let names = (0..<count).map { "otlp_http/\($0)" }.joined(separator: ", ")
            return "service: {pipelines: {traces: {exporters: [\(names)]}}}"
        }
        #expect(Support.errors(text(64)).isEmpty)
        #expect(Support.errors(text(65)) == ["service.pipelines: line 1: expected at most 64 exporters in all"])
    }

    @Test func namesWithControlCharactersStayOnOneLine() {
        let errors = Support.errors("\"a\\nb\\u001b[31m\": 1")
        #expect(errors.count == 1)
        #expect(errors[0].unicodeScalars.allSatisfy { $0.value >= 32 })
    }

    @Test(
        arguments: [
            ("hok", "hook"), ("payload-limit", "payload_limit"), ("ringbuffer", "ring_buffer"), ("HOOK", "hook"),
        ])
    func misspeltKeysGetASuggestion(_ written: String, _ meant: String) {
        let errors = Support.errors("receivers: {ebpf: {\(written): 1}}")
        #expect(errors == ["receivers.ebpf.\(written): line 1: unknown key, did you mean '\(meant)'?"])
    }

    @Test func aKeyLikeNoOtherGetsTheWholeChoice() {
        let errors = Support.errors("receivers: {ebpf: {zzzzzzzz: 1}}")
        #expect(
            errors == [
                "receivers.ebpf.zzzzzzzz: line 1: unknown key, "
                    + "expected one of select, exclude, hook, payload_limit, ring_buffer, peers, telemetry"
            ])
    }
}
