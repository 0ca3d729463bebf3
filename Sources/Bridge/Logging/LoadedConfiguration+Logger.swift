public import Logging

extension LoadedConfiguration {
    /// The logger that this configuration asks for; what was odd about the configuration is its first lines.
    public func makeLogger() -> Logger {
        let logger = configuration.telemetry.logs.makeLogger(environment: ProcessEnvironment.current)
        for warning in warnings { logger.warning("\(warning)") }
        return logger
    }
}
