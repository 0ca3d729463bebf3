import OTLP
import Propagation
import Testing

@testable import Bridge

/// The OpenTelemetry specification's variables, one by one.
@Suite struct ConfigurationStandardVariableTests {
    typealias Support = ConfigurationTestSupport

    private static let prefix = "OTEL_EXPORTER_OTLP_"

    private func exporter(_ variables: [String: String], file: String? = nil) throws -> OTLPHTTPConfiguration {
        try Support.otlp(file, Dictionary(uniqueKeysWithValues: variables.map { (Self.prefix + $0.key, $0.value) }))
    }

    private static let section = "exporters: {otlp_http: {endpoint: 'http://file:1', timeout: 7s}}\n"

    // MARK: Which exporter

    @Test func tracesExporterChoosesTheExporter() throws {
        func exporters(_ value: String) throws -> [String] {
            try Support.load(nil, ["OTEL_TRACES_EXPORTER": value]).configuration.exporters.map(\.name)
        }
        #expect(try exporters("otlp") == ["otlp_http"])
        #expect(try exporters("console") == ["debug"])
        #expect(try exporters("none") == [])
        #expect(try exporters("") == ["otlp_http"])
        #expect(try exporters("zipkin") == ["otlp_http"])
        #expect(try Support.load(nil, ["OTEL_TRACES_EXPORTER": "zipkin"]).warnings.count == 1)
    }

    @Test func pipelinesWithExportersDoNotHeedTheTracesExporter() throws {
        let configuration = try Support.load(
            "service: {pipelines: {traces/a: {exporters: [debug]}, traces/b: }}", ["OTEL_TRACES_EXPORTER": "none"]
        ).configuration
        #expect(configuration.exporters == [.debug(name: "debug")])
        #expect(configuration.pipelines.map(\.exporters) == [["debug"], []])
    }

    @Test func protocolSetsTheEncoding() throws {
        #expect(try exporter([:]).encoding == .proto)
        #expect(try exporter(["PROTOCOL": "http/json"]).encoding == .json)
        #expect(try exporter(["PROTOCOL": "http/json", "TRACES_PROTOCOL": "http/protobuf"]).encoding == .proto)
        #expect(try exporter(["PROTOCOL": "smoke"]).encoding == .proto)
        #expect(try Support.load(nil, [Self.prefix + "PROTOCOL": "smoke"]).warnings.count == 1)
    }

    // MARK: Where to

    @Test(
        arguments: [
            ("http://a:4318", "http://a:4318/v1/traces"), ("http://a:4318/", "http://a:4318/v1/traces"),
            ("http://a:4318//", "http://a:4318/v1/traces"), ("https://a/otlp", "https://a/otlp/v1/traces"),
            ("https://a/otlp/", "https://a/otlp/v1/traces"), ("http://a/x?key=1", "http://a/x/v1/traces?key=1"),
            ("http://[::1]:4318", "http://[::1]:4318/v1/traces"), ("HTTP://a", "HTTP://a/v1/traces"),
            (" http://a ", "http://a/v1/traces"),
        ]) func theEndpointIsABase(_ value: String, _ url: String) throws
    {
        #expect(try exporter(["ENDPOINT": value]).url(for: .traces) == url)
    }

    @Test func theTracesEndpointIsUsedAsItIsAndWins() throws {
        #expect(try exporter(["TRACES_ENDPOINT": "http://t:1/"]).url(for: .traces) == "http://t:1/")
        #expect(
            try exporter(["TRACES_ENDPOINT": "http://t:1", "ENDPOINT": "http://b:2"]).url(for: .traces) == "http://t:1")
    }

    @Test func everySignalHasAnEndpointOfItsOwn() throws {
        let section = try exporter([
            "ENDPOINT": "http://b:2/", "METRICS_ENDPOINT": "http://m:1/x", "LOGS_ENDPOINT": "http://l:1",
        ])
        #expect(section.url(for: .traces) == "http://b:2/v1/traces")
        #expect(section.url(for: .metrics) == "http://m:1/x")
        #expect(section.url(for: .logs) == "http://l:1")
    }

    @Test(arguments: [
        "localhost:4318", "ftp://a", "http://", "http://a:99999", "http://a b", "http://:1", "http://a:1:2",
    ])
    func aBadEndpointIsAWarningAndTheDefault(_ value: String) throws {
        #expect(try exporter(["ENDPOINT": value]).url(for: .traces) == "http://localhost:4318/v1/traces")
        #expect(try exporter(["TRACES_ENDPOINT": value]).url(for: .traces) == "http://localhost:4318/v1/traces")
        let warnings = try Support.load(nil, [Self.prefix + "ENDPOINT": value]).warnings
        #expect(warnings.count == 1)
        #expect(warnings.first?.hasPrefix("OTEL_EXPORTER_OTLP_ENDPOINT: expected a URL") == true)
    }

    @Test func warningsNeverShowAPassword() throws {
        let warnings = try Support.load(nil, [Self.prefix + "ENDPOINT": "ftp://user:hunter2@host"]).warnings
        #expect(warnings.count == 1)
        #expect(!warnings[0].contains("hunter2"))
    }

    @Test func theEndpointVariableReplacesAFilesTracesEndpoint() throws {
        let file = "exporters: {otlp_http: {traces_endpoint: 'http://file:1/t', logs_endpoint: 'http://file:1/l'}}"
        #expect(try exporter([:], file: file).url(for: .traces) == "http://file:1/t")
        #expect(try exporter([:], file: file).url(for: .logs) == "http://file:1/l")
        #expect(try exporter(["ENDPOINT": "http://env:2"], file: file).url(for: .logs) == "http://env:2/v1/logs")
        #expect(try exporter(["ENDPOINT": "http://env:2"], file: file).url(for: .traces) == "http://env:2/v1/traces")
    }

    // MARK: How

    @Test func headersAreTrimmedAndDecoded() throws {
        let headers = try exporter(["HEADERS": " api-key = a%20b , x=1=2,,y= "]).headers
        #expect(
            headers == [
                .init(name: "api-key", value: "a b"), .init(name: "x", value: "1=2"), .init(name: "y", value: ""),
            ])
    }

    @Test func theTracesFormReplacesTheGeneralHeaders() throws {
        #expect(try exporter(["HEADERS": "a=1", "TRACES_HEADERS": "b=2"]).headers == [.init(name: "b", value: "2")])
        #expect(try exporter(["HEADERS": "a=1", "TRACES_HEADERS": ""]).headers == [.init(name: "a", value: "1")])
    }

    @Test(arguments: ["novalue", "=1", "a=%zz", "a=%4", "a b=1", "a=x%0d%0ay", "a=%ff"])
    func aMalformedHeaderIsLeftOutWithAWarningThatDoesNotShowIt(_ pair: String) throws {
        let environment = [Self.prefix + "HEADERS": pair + ",good=secret"]
        #expect(try Support.otlp(nil, environment).headers == [.init(name: "good", value: "secret")])
        let warnings = try Support.load(nil, environment).warnings
        #expect(warnings.count == 1)
        #expect(!warnings[0].contains("secret") && !warnings[0].contains(pair))
    }

    @Test func compressionIsNoneFromTheEnvironmentAndGzipInASection() throws {
        #expect(try exporter([:]).compression == .none)
        #expect(try exporter(["COMPRESSION": "gzip"]).compression == .gzip)
        #expect(try exporter(["COMPRESSION": "gzip", "TRACES_COMPRESSION": "none"]).compression == .none)
        #expect(try exporter([:], file: Self.section).compression == .gzip)
        #expect(try exporter(["COMPRESSION": "none"], file: Self.section).compression == .none)
        #expect(try exporter(["COMPRESSION": "zstd"]).compression == .none)
        #expect(try Support.load(nil, [Self.prefix + "COMPRESSION": "zstd"]).warnings.count == 1)
    }

    @Test func timeoutIsInMilliseconds() throws {
        #expect(try exporter([:]).timeout == 10_000_000_000)
        #expect(try exporter(["TIMEOUT": "1500"]).timeout == 1_500_000_000)
        #expect(try exporter(["TIMEOUT": "1500", "TRACES_TIMEOUT": "20"]).timeout == 20_000_000)
        #expect(try exporter(["TIMEOUT": "10s"], file: Self.section).timeout == 7_000_000_000)
        #expect(try Support.load(nil, [Self.prefix + "TIMEOUT": "10s"]).warnings.count == 1)
    }

    @Test func certificatesAreFiles() throws {
        let general = ["CERTIFICATE": "/ca", "CLIENT_CERTIFICATE": "/cert", "CLIENT_KEY": "/key"]
        let tls = try exporter(general).tls
        #expect([tls.caFile, tls.certificateFile, tls.keyFile] == ["/ca", "/cert", "/key"])
        let traces = [
            "TRACES_CERTIFICATE": "/ca2", "TRACES_CLIENT_CERTIFICATE": "/cert2", "TRACES_CLIENT_KEY": "/key2",
        ]
        let other = try exporter(general.merging(traces) { _, new in new }).tls
        #expect([other.caFile, other.certificateFile, other.keyFile] == ["/ca2", "/cert2", "/key2"])
    }

    @Test func batchProcessorVariablesActOnlyWhenSet() throws {
        #expect(try Support.otlp().queue == SendingQueueConfiguration())
        let delay = try Support.otlp(nil, ["OTEL_BSP_SCHEDULE_DELAY": "5000"])
        #expect(delay.queue.batch.flushTimeout == 5_000_000_000)
        let queue = try Support.otlp(nil, ["OTEL_BSP_MAX_QUEUE_SIZE": "2048"]).queue
        #expect(queue.size == 2048 && queue.sizer == .items && queue.batch.minimumSize == 512)
        let small = ["OTEL_BSP_MAX_QUEUE_SIZE": "100", "OTEL_BSP_MAX_EXPORT_BATCH_SIZE": "512"]
        #expect(try Support.otlp(nil, small).queue.batch.maximumSize == 100)
        let batch = try Support.otlp(nil, ["OTEL_BSP_MAX_EXPORT_BATCH_SIZE": "512"]).queue.batch
        #expect(batch.minimumSize == 512 && batch.maximumSize == 512)
        #expect(try Support.otlp(nil, ["OTEL_BSP_EXPORT_TIMEOUT": "30000"]).timeout == 30_000_000_000)
        let both = ["OTEL_BSP_EXPORT_TIMEOUT": "30000", Self.prefix + "TIMEOUT": "1000"]
        #expect(try Support.otlp(nil, both).timeout == 1_000_000_000)
        let bad = ["OTEL_BSP_SCHEDULE_DELAY": "-1", "OTEL_BSP_MAX_QUEUE_SIZE": "many"]
        #expect(try Support.otlp(nil, bad).queue == SendingQueueConfiguration())
        #expect(try Support.load(nil, bad).warnings.count == 2)
    }

    // MARK: Over the file

    @Test func variablesOverrideTheUnnamedSectionOnly() throws {
        let file = """
            exporters: {otlp_http: {endpoint: 'http://file:1'}, otlp_http/x: {endpoint: 'http://x:1'}}
            service: {pipelines: {traces: {exporters: [otlp_http, otlp_http/x]}}}
            """
        let environment = [Self.prefix + "ENDPOINT": "http://env:2", Self.prefix + "HEADERS": "a=1"]
        #expect(try Support.otlp(file, environment).endpoint == "http://env:2")
        #expect(try Support.otlp(file, environment).headers.count == 1)
        #expect(try Support.otlp(file, environment, name: "otlp_http/x").endpoint == "http://x:1")
        #expect(try Support.otlp(file, environment, name: "otlp_http/x").headers.isEmpty)
    }

    @Test func theAliasIsOverriddenToo() throws {
        let file =
            "exporters: {otlphttp: {endpoint: 'http://file:1'}}\nservice: {pipelines: {traces: {exporters: [otlphttp]}}}"
        #expect(try exporter([:], file: file).endpoint == "http://file:1")
        #expect(try exporter(["ENDPOINT": "http://env:2"], file: file).endpoint == "http://env:2")
    }

    @Test func variablesWithoutASectionToSetAreNoExporter() throws {
        let configuration = try Support.load(
            "service: {pipelines: {traces: {exporters: [debug]}}}", [Self.prefix + "ENDPOINT": "http://env:2"]
        ).configuration
        #expect(configuration.exporters == [.debug(name: "debug")])
    }

    @Test func emptyVariablesAreUnset() throws {
        let names = [
            "ENDPOINT", "TRACES_ENDPOINT", "METRICS_ENDPOINT", "LOGS_ENDPOINT", "PROTOCOL", "TRACES_PROTOCOL",
            "INSECURE",
            "HEADERS", "COMPRESSION", "TIMEOUT", "CERTIFICATE", "CLIENT_KEY", "CLIENT_CERTIFICATE",
        ].map { Self.prefix + $0 }
        let others = [
            "OTEL_TRACES_EXPORTER", "OTEL_SDK_DISABLED", "OTEL_SERVICE_NAME", "OTEL_RESOURCE_ATTRIBUTES",
            "OTEL_LOG_LEVEL",
            "OTEL_BSP_SCHEDULE_DELAY", "OTEL_BSP_EXPORT_TIMEOUT", "OTEL_BSP_MAX_QUEUE_SIZE",
            "OTEL_BSP_MAX_EXPORT_BATCH_SIZE", "OTEL_TRACES_SAMPLER", "OTEL_PROPAGATORS",
            "INTERSPAN_RECEIVERS__EBPF__HOOK",
        ]
        let environment = Dictionary(uniqueKeysWithValues: (names + others).map { ($0, "") })
        let loaded = try Support.load(nil, environment)
        #expect(loaded.warnings.isEmpty)
        #expect(loaded.configuration.yaml == (try Support.load()).configuration.yaml)
    }

    // MARK: The agent

    @Test func resourceAttributesAndServiceNameAreTheAgents() throws {
        func resource(_ environment: [String: String]) throws -> [String: String] {
            let pairs = try Support.load(nil, environment).configuration.agentResource
            return Dictionary(uniqueKeysWithValues: pairs)
        }
        #expect(try resource([:]) == ["service.name": "interspan"])
        #expect(
            try resource(["OTEL_RESOURCE_ATTRIBUTES": "a=1, b=%2C ,service.name=x"])
                == ["a": "1", "b": ",", "service.name": "x"])
        #expect(
            try resource(["OTEL_RESOURCE_ATTRIBUTES": "service.name=x", "OTEL_SERVICE_NAME": "y"]) == [
                "service.name": "y"
            ])
        #expect(try resource(["OTEL_RESOURCE_ATTRIBUTES": "a=1,b", "OTEL_SERVICE_NAME": "y"]) == ["service.name": "y"])
        #expect(try Support.load(nil, ["OTEL_RESOURCE_ATTRIBUTES": "a=1,b"]).warnings.count == 1)
    }

    @Test func disabledIsTrueOnlyForTrue() throws {
        for (value, isDisabled) in [
            ("true", true), ("TRUE", true), ("True", true), ("1", false), ("yes", false), ("false", false),
        ] {
            #expect(try Support.load(nil, ["OTEL_SDK_DISABLED": value]).configuration.isDisabled == isDisabled)
        }
    }

    @Test func logLevelIsOverTheFile() throws {
        let file = "service: {telemetry: {logs: {level: error}}}"
        func level(_ value: String) throws -> LogsConfiguration.Level {
            try Support.load(file, ["OTEL_LOG_LEVEL": value]).configuration.telemetry.logs.level
        }
        #expect(try level("debug") == .debug)
        #expect(try level("WARNING") == .warn)
        #expect(try level("loud") == .error)
        #expect(try Support.load(file, ["OTEL_LOG_LEVEL": "loud"]).warnings.count == 1)
    }

    @Test func whatThisVersionDoesNotDoIsAWarning() throws {
        #expect(try Support.load(nil, ["OTEL_TRACES_SAMPLER": "always_off"]).warnings.count == 1)
        #expect(try Support.load(nil, ["OTEL_TRACES_SAMPLER": "parentbased_always_on"]).warnings.isEmpty)
    }

    // MARK: Propagators

    @Test(
        arguments: [
            ("tracecontext,baggage", [.tracecontext]), (" b3multi, jaeger ,b3", [.b3, .jaeger]),
            ("SW8,xray,ottrace", [.sw8, .xray, .ottrace]), ("none", []), ("baggage", []),
            ("datadog,cloudtrace,brpc", [.datadog, .cloudtrace, .brpc]),
        ] as [(String, [Propagator])]) func propagatorsAreThoseOfMerge(_ value: String, _ expected: [Propagator]) throws
    {
        let loaded = try Support.load(nil, ["OTEL_PROPAGATORS": value])
        #expect(loaded.configuration.merge.propagators == expected)
        #expect(loaded.warnings.isEmpty)
    }

    @Test func aPropagatorThatNobodyKnowsIsAWarningAndTheOthersHold() throws {
        let some = try Support.load(nil, ["OTEL_PROPAGATORS": "b3,zipkin,keys"])
        #expect(some.configuration.merge.propagators == [.b3])
        #expect(some.warnings.count == 2)
        #expect(some.warnings.first?.hasPrefix("OTEL_PROPAGATORS: expected tracecontext, sw8,") == true)
        let none = try Support.load(nil, ["OTEL_PROPAGATORS": "zipkin"])
        #expect(none.configuration.merge == MergeConfiguration())
        #expect(none.warnings.count == 1)
    }

    @Test func propagatorsAreOverTheFileWhateverMergeIsCalled() throws {
        let variables = ["OTEL_PROPAGATORS": "b3"]
        for name in ["merge", "merge/x"] {
            let file = "processors: {\(name): {propagators: [sw8], ttl: 7s}}"
            let merge = try Support.load(file, variables).configuration.merge
            #expect(merge.propagators == [.b3])
            #expect(merge.timeToLive == 7_000_000_000)
        }
        let named = "service: {pipelines: {traces: {processors: [merge/x]}}}"
        #expect(try Support.load(named, variables).configuration.merge.propagators == [.b3])
        let key = variables.merging(["INTERSPAN_PROCESSORS__MERGE__PROPAGATORS": "jaeger"]) { old, _ in old }
        #expect(try Support.load(nil, key).configuration.merge.propagators == [.jaeger])
    }
}
