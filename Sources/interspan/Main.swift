import ArgumentParser
import Bridge
import Glibc

/// Sees every request that a host's processes exchange and turns it into OpenTelemetry spans.
@main struct Interspan: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "interspan",
        abstract: "Sees every request that a host's processes exchange and turns it into OpenTelemetry spans.",
        discussion: """
            EXAMPLES
              interspan doctor                         what does this machine allow?
              interspan run                            export to localhost:4318
              OTEL_TRACES_EXPORTER=console interspan run        print the traces
              interspan run --config /etc/interspan.yaml
              interspan replay traffic.pcap            spans of a tcpdump file
              interspan correlate spans.jsonl --across find the parents of spans in a file

            Logs go to stderr, data to stdout. Exit status: 0 good, 1 failed while
            running, 2 the arguments or the configuration were wrong.
            """,
        subcommands: [
            Run.self, ReplayCommand.self, CorrelateCommand.self, DoctorCommand.self, ConfigCommand.self,
            ProtocolsCommand.self, VersionCommand.self,
        ])

    @MainActor static func main() async {
        do {
            var command = try parseAsRoot()
            if let command = command as? Run {
                // By its own name: by the protocol's, it would first be sent to another thread.
                try await command.run()
            } else if var command = command as? any AsyncParsableCommand {
                try await command.run()
            } else {
                try command.run()
            }
        } catch {
            fail(error)
        }
    }

    /// Says what went wrong, one line each, and ends with the status of the contract.
    private static func fail(_ error: any Error) -> Never {
        switch error {
        case let errors as ConfigurationErrors:
            Output.error(errors.description)
            Glibc.exit(2)
        case let error as ArgumentsError:
            Output.error("interspan: \(error)")
            Glibc.exit(2)
        case let code as ExitCode:
            Glibc.exit(code.rawValue)
        default: break
        }
        let code = exitCode(for: error)
        switch code {
        case .success:
            Output.data(fullMessage(for: error) + "\n")
            Glibc.exit(0)
        case .validationFailure:
            Output.error(fullMessage(for: error))
            Glibc.exit(2)
        default:
            Output.error("interspan: \(error)")
            Glibc.exit(1)
        }
    }
}
