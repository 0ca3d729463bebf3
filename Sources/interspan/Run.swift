import ArgumentParser
import Bridge

/// `interspan run`
struct Run: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Capture, merge and export until SIGINT or SIGTERM; what is in the queues is sent before it ends.",
        discussion: """
            EXAMPLES
              interspan run
              interspan run --config config/jaeger.yaml
              OTEL_EXPORTER_OTLP_ENDPOINT=http://tempo:4318 interspan run
              INTERSPAN_RECEIVERS__EBPF__HOOK=syscall interspan run

            Needs CAP_BPF and CAP_PERFMON, or root; `interspan doctor` says what is missing.
            """)

    @OptionGroup var options: ConfigurationOption

    func run() async throws {
        let loaded = try options.load()
        let logger = loaded.makeLogger()
        try await Agent(configuration: loaded.configuration, logger: logger).run()
    }
}
