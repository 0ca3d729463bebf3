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

            SIGHUP has it read the configuration again; what cannot change while it runs is named in
            the log, and a wrong file changes nothing. SIGTERM drains for at most 15 s.

            Needs CAP_BPF and CAP_PERFMON, or root; `interspan doctor` says what is missing.
            """)

    @OptionGroup var options: ConfigurationOption

    /// On the main thread: privileges are given up while there is no other.
    @MainActor func run() async throws {
        let loaded = try options.load()
        let agent = Agent(configuration: loaded.configuration, logger: loaded.makeLogger())
        agent.giveUpPrivileges()
        try await agent.run { [options] in try options.load() }
    }
}
