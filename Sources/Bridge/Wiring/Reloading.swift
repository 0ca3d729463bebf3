internal import Logging
internal import Threading

/// A new configuration for an agent that runs. What can change while spans are on their way is taken over at once; the rest is
/// named, and stays as it is until the next start. A configuration that is wrong changes nothing.
///
/// `@unchecked Sendable`: everything mutable is only touched with `lock` held.
final class Reloading: @unchecked Sendable {
    private let logger: Logger
    private let lock = Lock()
    private var current: Configuration
    private var parts: ReloadableParts?

    init(from configuration: Configuration, logger: Logger) {
        current = configuration
        self.logger = logger
    }

    /// From here on configurations are taken over: everything runs.
    func begin(_ parts: ReloadableParts) { lock.withLock { self.parts = parts } }

    /// From here on none is taken over any more; one that is being taken over is waited for.
    func end() { lock.withLock { parts = nil } }

    /// Takes a configuration over.
    ///
    /// - Parameter load: reads it; what it throws is said, and nothing changes.
    func reload(_ load: () throws -> LoadedConfiguration) {
        lock.withLock {
            guard let parts else { return }
            do {
                let loaded = try load()
                for warning in loaded.warnings { logger.warning("\(warning)") }
                let plan = ReloadPlan(loaded.configuration, over: current)
                try parts.change(from: current, to: plan.next)
                current = plan.next
                for left in plan.left { logger.warning("\(left.key): takes effect at the next start (\(left.reason))") }
                logger.info("configuration reloaded")
            } catch let errors as ConfigurationErrors {
                for problem in errors.problems { logger.error("\(problem)") }
                logger.error("configuration not reloaded: the former one goes on")
            } catch {
                logger.error("configuration not reloaded, the former one goes on: \(error)")
            }
        }
    }
}
