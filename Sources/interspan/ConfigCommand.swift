import ArgumentParser
import Bridge

/// `interspan config`
struct ConfigCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "config",
        abstract: "Check a configuration, or show what is in effect.",
        subcommands: [Validate.self, Print.self, Schema.self, Reference.self])

    /// `interspan config validate`
    struct Validate: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Check a configuration; every error is listed, one a line.",
            discussion: """
                EXAMPLES
                  interspan config validate --config config/jaeger.yaml

                Exit status 2 when anything is wrong.
                """)

        @OptionGroup var options: ConfigurationOption

        func run() throws {
            let loaded = try options.load()
            for warning in loaded.warnings { Output.error("warning: " + warning) }
            Output.data((options.path ?? "the environment") + " is a valid configuration\n")
        }
    }

    /// `interspan config print`
    struct Print: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Show what is in effect: defaults, file and environment together, with secrets masked.",
            discussion: """
                EXAMPLES
                  interspan config print
                  OTEL_EXPORTER_OTLP_ENDPOINT=http://tempo:4318 interspan config print --config config/file.yaml
                """)

        @OptionGroup var options: ConfigurationOption

        func run() throws {
            let loaded = try options.load()
            for warning in loaded.warnings { Output.error("warning: " + warning) }
            Output.data(loaded.configuration.yaml)
        }
    }

    /// `interspan config schema`
    struct Schema: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Write a JSON Schema of the configuration, by which editors complete it.",
            discussion: """
                EXAMPLES
                  interspan config schema > interspan.schema.json

                In a file, for the YAML language server:
                  # yaml-language-server: $schema=interspan.schema.json
                """)

        func run() { Output.data(ConfigurationSchema.json) }
    }

    /// `interspan config reference`, which makes `docs/configuration.md`.
    struct Reference: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Write the reference of every key, as Markdown.", shouldDisplay: false)

        func run() { Output.data(ConfigurationReference.markdown) }
    }
}
