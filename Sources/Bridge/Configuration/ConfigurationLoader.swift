/// A configuration with what was odd about it.
public struct LoadedConfiguration: Sendable {
    /// The effective configuration.
    public var configuration: Configuration
    /// What was odd and was helped, a line each: to be logged once.
    public var warnings: [String]
}

/// Puts a configuration together: built-in defaults, then the file, then the environment, each over the one before.
public enum ConfigurationLoader {
    /// Reads a file and the environment.
    ///
    /// - Parameters:
    ///   - path: The file; nil for none, when the environment alone gives a working agent.
    ///   - environment: The process's variables.
    /// - Throws: ``ConfigurationErrors`` with everything that is wrong.
    public static func load(
        path: String?, environment: [String: String]
    ) throws(ConfigurationErrors) -> LoadedConfiguration {
        guard let path else { return try load(nil, file: "", environment: environment) }
        do {
            return try load(try ConfigurationFile.read(path), file: path, environment: environment)
        } catch let error as ConfigurationErrors {
            throw error
        } catch {
            let problem = ConfigurationErrors.Problem(
                path: ConfigurationProblems.printable(path), line: nil, message: "\(error)")
            throw ConfigurationErrors(problems: [problem])
        }
    }

    /// Reads a text and the environment.
    ///
    /// - Parameters:
    ///   - text: YAML; nil for none.
    ///   - file: Its name, for errors that belong to no key.
    ///   - environment: The process's variables.
    static func load(
        _ text: String?, file: String, environment: [String: String]
    ) throws(ConfigurationErrors) -> LoadedConfiguration {
        var problems = ConfigurationProblems()
        var root = ConfigurationNode(.empty, .builtIn)
        if let text {
            do throws(YAMLError) {
                root = try YAMLDocument.parse(text)
            } catch {
                let name = ConfigurationProblems.printable(file)
                throw ConfigurationErrors(problems: [.init(path: name, line: error.line, message: error.message)])
            }
            var substitution = Substitution(environment: environment)
            substitution.apply(to: &root, path: "", &problems)
        }
        var overlay = ConfigurationOverlay(variables: StandardVariables(environment), problems: problems)
        overlay.apply(to: &root, environment: environment)
        ConfigurationConsequences(variables: overlay.variables).apply(to: &root)
        var assembly = ConfigurationAssembly(variables: overlay.variables, problems: overlay.problems)
        let configuration = assembly.assemble(root)
        guard assembly.problems.errors.isEmpty else { throw assembly.problems.sorted }
        return LoadedConfiguration(configuration: configuration, warnings: assembly.problems.warnings)
    }
}
