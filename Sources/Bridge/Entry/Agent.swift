internal import Capture
internal import Correlate
internal import Glibc
internal import OTLP
internal import Synchronization
public import Logging
internal import ServiceLifecycle
internal import Threading
internal import UnixSignals

/// The agent: live capture until SIGINT or SIGTERM, then what is left is delivered and everything ends.
public struct Agent: Sendable {
    private let configuration: Configuration
    private let logger: Logger
    private let raiser = PriorityRaiser()

    /// An agent with its effective configuration.
    public init(configuration: Configuration, logger: Logger) {
        // Before there are threads to speak of.
        HeapArenas.limit()
        // It would end the process until somebody listens for it.
        signal(SIGHUP, SIG_IGN)
        self.configuration = configuration
        self.logger = logger
    }

    /// Gives up what privileges it will not need. To be called before ``run(reloading:)``, on the main thread, while there is
    /// no other thread in the process: those that were there would keep theirs.
    public func giveUpPrivileges() {
        guard PrivilegeDrop.keep(captures: configuration.usesCapture, lowPorts: configuration.listensAtLowPorts) else {
            return logger.warning("the kernel does not let privileges be given up: they all remain")
        }
    }

    /// Runs until a signal ends it or capturing fails. SIGHUP has it take over its configuration anew.
    ///
    /// - Parameter load: reads the configuration, as it was read at the start.
    /// - Throws: ``AgentError`` when it could not start or had to give up.
    public func run(reloading load: @escaping @Sendable () throws -> LoadedConfiguration) async throws {
        let pipeline = AgentPipeline(configuration: configuration, raiser: raiser, logger: logger)
        let group = ServiceGroup(
            configuration: ServiceGroupConfiguration(
                services: [
                    .init(
                        service: pipeline, successTerminationBehavior: .gracefullyShutdownGroup,
                        failureTerminationBehavior: .gracefullyShutdownGroup),
                    .init(service: ReloadSignal { pipeline.reload(load) }),
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
