import OTLP
import Testing

@testable import Bridge

/// Pipelines of every signal, and the Collector's processors that people have in them.
@Suite struct ConfigurationPipelineTests {
    typealias Support = ConfigurationTestSupport

    private func configuration(_ pipelines: String) throws -> Configuration {
        let text = """
            receivers: {otlp/b: {protocols: {grpc: {endpoint: "localhost:1"}}}}
            exporters: {file: {path: /x}}
            service: {pipelines: {PIPELINES}}
            """
        return try Support.load(text.replacing("PIPELINES", with: pipelines)).configuration
    }

    // MARK: Who sends where

    @Test func spansGoByThePipelinesThatNameTheirReceiver() throws {
        let configuration = try configuration(
            """
            traces: {receivers: [ebpf, otlp], exporters: [otlp_grpc, file]},
            traces/x: {receivers: [otlp/b], exporters: [otlp_http]},
            traces/y: {receivers: [otlp], exporters: [otlp_http, otlp_grpc]},
            logs: {receivers: [otlp], exporters: [otlp_http]}
            """)
        #expect(configuration.receivers.map(\.name) == ["otlp/b", "otlp"])
        #expect(configuration.exporters(for: .traces, from: "ebpf") == ["otlp_grpc", "file"])
        #expect(configuration.exporters(for: .traces, from: "otlp") == ["otlp_grpc", "file", "otlp_http"])
        #expect(configuration.exporters(for: .traces, from: "otlp/b") == ["otlp_http"])
        #expect(configuration.exporters(for: .traces, from: "otlp/c").isEmpty)
    }

    @Test func metricsAndLogsFollowTheOTLPExportersOfTraces() throws {
        let configuration = try configuration(
            "traces: {receivers: [ebpf, otlp], exporters: [debug, file, otlp_grpc, otlp_http]}")
        for signal in [Signal.metrics, .logs] {
            #expect(configuration.exporters(for: signal, from: "otlp") == ["otlp_grpc", "otlp_http"])
        }
        let none = try self.configuration("traces: {receivers: [otlp], exporters: [debug]}")
        #expect(none.exporters(for: .metrics, from: "otlp").isEmpty)
    }

    @Test func metricsGoByTheirOwnPipelinesWhereThereAreAny() throws {
        let configuration = try configuration(
            """
            traces: {receivers: [otlp, otlp/b], exporters: [otlp_grpc]},
            metrics: {receivers: [otlp], exporters: [otlp_http]}
            """)
        #expect(configuration.exporters(for: .metrics, from: "otlp") == ["otlp_http"])
        #expect(configuration.exporters(for: .metrics, from: "otlp/b").isEmpty)
        #expect(configuration.exporters(for: .logs, from: "otlp/b") == ["otlp_grpc"])
        #expect(configuration.pipelines.map(\.signal) == [.traces, .metrics])
    }

    @Test func nothingGoesAnywhereWhenTheAgentIsDisabled() throws {
        let text = "service: {pipelines: {traces: {receivers: [otlp], exporters: [otlp_grpc]}}}"
        #expect(try Support.load(text).configuration.exporters(for: .logs, from: "otlp") == ["otlp_grpc"])
        let configuration = try Support.load(text, ["OTEL_SDK_DISABLED": "true"]).configuration
        for signal in Signal.allCases { #expect(configuration.exporters(for: signal, from: "otlp").isEmpty) }
    }

    @Test func withoutTheCaptureReceiverNothingIsCaptured() throws {
        #expect(try Support.load().configuration.usesCapture)
        let configuration = try configuration("traces: {receivers: [otlp], exporters: [debug]}")
        #expect(!configuration.usesCapture)
        #expect(!configuration.yaml.contains("ebpf"))
        #expect(try !self.configuration("metrics: {exporters: [otlp_grpc]}").usesCapture)
    }

    @Test func pipelinesOfOtherSignalsHaveDefaultsToo() throws {
        let configuration = try Support.load("service: {pipelines: {metrics: , logs/x: }}").configuration
        #expect(configuration.pipelines.map(\.receivers) == [["otlp"], ["otlp"]])
        #expect(configuration.pipelines.map(\.exporters) == [["otlp_http"], ["otlp_http"]])
        #expect(configuration.receivers.count == 1)
        // A tree for people cannot show metrics.
        let console = try Support.load(
            "service: {pipelines: {traces: , metrics: }}", ["OTEL_TRACES_EXPORTER": "console"])
        #expect(console.configuration.pipelines.map(\.exporters) == [["debug"], []])
    }

    @Test func aNamedCaptureReceiverIsCapture() throws {
        let configuration = try configuration("traces: {receivers: [ebpf/mine, otlp], exporters: [debug]}")
        #expect(configuration.pipelines[0].receivers == ["ebpf", "otlp"])
        #expect(configuration.exporters(for: .traces, from: "ebpf") == ["debug"])
    }

    // MARK: The Collector's processors

    private func batch(_ processor: String, _ queue: String = "", pipelines: String? = nil) throws -> BatchConfiguration
    {
        let pipelines = pipelines ?? "traces: {processors: [memory_limiter, batch], exporters: [otlp_grpc]}"
        let text = """
            processors: {batch: {\(processor)}}
            exporters: {otlp_grpc: {sending_queue: {\(queue)}}}
            service: {pipelines: {\(pipelines)}}
            """
        return try Support.grpc(text).queue.batch
    }

    @Test func theBatchProcessorSetsTheQueuesBatches() throws {
        let batch = try batch("timeout: 5s, send_batch_size: 100, send_batch_max_size: 200")
        #expect(batch.flushTimeout == 5_000_000_000)
        #expect(batch.minimumSize == 100)
        #expect(batch.maximumSize == 200)
        #expect(try self.batch("") == BatchConfiguration())
    }

    @Test func whatTheQueueSaysItselfWins() throws {
        let time = try batch("timeout: 5s, send_batch_size: 100", "batch: {flush_timeout: 1s}")
        #expect(time.flushTimeout == 1_000_000_000)
        #expect(time.minimumSize == 100)
        let size = try batch("timeout: 5s, send_batch_size: 100, send_batch_max_size: 200", "batch: {min_size: 1000}")
        #expect(size.flushTimeout == 5_000_000_000)
        #expect(size.minimumSize == 1000)
        #expect(size.maximumSize == 0)
    }

    @Test func aBatchFitsIntoAQueueOfSpans() throws {
        #expect(try batch("", "sizer: items, queue_size: 500").minimumSize == 500)
        #expect(try batch("", "sizer: items").minimumSize == 1000)
        #expect(try batch("send_batch_size: 700", "sizer: items, queue_size: 500").minimumSize == 500)
        #expect(try batch("send_batch_size: 300", "sizer: items, queue_size: 500").minimumSize == 300)
        #expect(try batch("", "sizer: requests, queue_size: 5").minimumSize == 8192)
    }

    @Test func withoutATimeoutWhateverIsThereLeaves() throws {
        let batch = try batch("timeout: 0s, send_batch_size: 100")
        #expect(batch.flushTimeout == 1_000_000)
        #expect(batch.minimumSize == 0)
    }

    @Test func onlyPipelinesThatNameTheProcessorAreSet() throws {
        let other = "traces: {exporters: [otlp_grpc]}, traces/b: {processors: [batch], exporters: [otlp_http]}"
        #expect(try batch("timeout: 5s", pipelines: other) == BatchConfiguration())
        let text = "processors: {batch/b: {timeout: 5s}}\nservice: {pipelines: {metrics: {processors: [batch/b]}}}"
        #expect(try Support.otlp(text).queue.batch.flushTimeout == 5_000_000_000)
        #expect(try Support.otlp(text).compression == .none)
    }

    @Test func theMemoryLimiterHasNoEffectAndIsToldOnce() throws {
        let text = """
            processors: {memory_limiter: {check_interval: 1s, limit_percentage: 80, spike_limit_percentage: 20}}
            service: {pipelines: {traces: {processors: [memory_limiter, batch, merge], exporters: [debug]}}}
            """
        let loaded = try Support.load(text)
        #expect(loaded.warnings == ["processors.memory_limiter: has no effect here"])
        #expect(loaded.configuration.pipelines[0].processors == ["merge"])
        #expect(Support.errors(text.replacing("check_interval", with: "check_intervall")).count == 1)
    }
}
