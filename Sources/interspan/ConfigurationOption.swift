import ArgumentParser
import Bridge

/// `--config FILE`, for every command that reads a configuration.
struct ConfigurationOption: ParsableArguments {
    @Option(
        name: .customLong("config"),
        help: ArgumentHelp(
            "The configuration. Without one, environment variables alone say what is done.", valueName: "file"))
    var path: String?

    /// The configuration that is in effect.
    func load() throws -> LoadedConfiguration {
        try ConfigurationLoader.load(path: path, environment: ProcessEnvironment.current)
    }
}
