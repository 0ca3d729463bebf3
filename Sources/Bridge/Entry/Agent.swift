internal import Capture
internal import Correlate
internal import OTLP
internal import Synchronization
public import Logging
internal import ServiceLifecycle
internal import UnixSignals

/// The agent: live capture until SIGINT or SIGTERM, then what is left is delivered and everything ends.
public struct Agent: Sendable {
    /// How long delivery may take once the end was asked for, ns.
    static let drainTime: UInt64 = 15_000_000_000

    private let configuration: Configuration
    private let logger: Logger

    /// An agent with its effective configuration.
    public init(configuration: Configuration, logger: Logger) {
        self.configuration = configuration
        self.logger = logger
    }

    /// Runs until a signal ends it or capturing fails.
    ///
    /// - Throws: ``AgentError`` when it could not start or had to give up.
    public func run() async throws {
        let pipeline = AgentPipeline(configuration: configuration, logger: logger)
        let group = ServiceGroup(
            configuration: ServiceGroupConfiguration(
                services: [
                    .init(
                        service: pipeline, successTerminationBehavior: .gracefullyShutdownGroup,
                        failureTerminationBehavior: .gracefullyShutdownGroup)
                ],
                gracefulShutdownSignals: [.sigint, .sigterm],
                logger: Logger(label: "lifecycle") { _ in SwiftLogNoOpLogHandler() }))
        try await group.run()
    }

    /// `telemetry.sdk.*` of every resource: who made the spans.
    static var sdkAttributes: [(key: String, value: ResourceValue)] {
        [
            ("telemetry.sdk.name", .string("interspan")), ("telemetry.sdk.language", .string("swift")),
            ("telemetry.sdk.version", .string(Version.number)),
        ]
    }
}

/// Why the agent could not start or had to give up: one line that says what to do.
public struct AgentError: Error, CustomStringConvertible, Sendable {
    /// One line.
    public let description: String

    init(_ description: String) { self.description = description }
}
