import Glibc
public import Logging

/// Writes logs as ``LogsConfiguration`` says.
public struct InterspanLogHandler: LogHandler {
    let sink: LogSink
    private var own: Logger.Level?
    /// The least severe level that is written: what the configuration says at the moment, unless it is set here.
    public var logLevel: Logger.Level {
        get { own ?? sink.level }
        set { own = newValue }
    }
    /// What every line has.
    public var metadata: Logger.Metadata = [:]
    /// Adds what the current task carries.
    public var metadataProvider: Logger.MetadataProvider?

    init(sink: LogSink) { self.sink = sink }

    /// One key of what every line has.
    public subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    /// Writes a line.
    public func log(event: LogEvent) {
        var all = metadata
        if let provided = metadataProvider?.get() { all.merge(provided) { _, new in new } }
        if let own = event.metadata { all.merge(own) { _, new in new } }
        let pairs = all.map { (key: $0.key, value: "\($0.value)") }.sorted { $0.key < $1.key }
        sink.write(LogLine(time: LogSink.wallClock, level: event.level, message: "\(event.message)", metadata: pairs))
    }
}

extension LogsConfiguration {
    /// A logger that writes to stderr as this configuration says. Loggers made from one another share what keeps the log
    /// from repeating itself.
    ///
    /// - Parameter environment: The process's variables; `NO_COLOR` and `TERM` are heeded.
    public func makeLogger(environment: [String: String]) -> Logger {
        let isColoured = Terminal.hasColours(STDERR_FILENO, environment: environment)
        let sink = LogSink(descriptor: STDERR_FILENO, self, isColoured: isColoured)
        return Logger(label: "interspan") { _ in InterspanLogHandler(sink: sink) }
    }
}

extension Logger {
    /// Writes as another configuration says from now on, and so do all that were made from it or that it was made from.
    func use(_ configuration: LogsConfiguration) { (handler as? InterspanLogHandler)?.sink.use(configuration) }
}

extension LogsConfiguration.Level {
    /// The same, as swift-log names it.
    var loggerLevel: Logger.Level {
        switch self {
        case .trace: .trace
        case .debug: .debug
        case .info: .info
        case .warn: .warning
        case .error: .error
        }
    }
}
