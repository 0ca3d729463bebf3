internal import Logging
internal import OTLP
internal import Threading

/// Keeps over a restart which traces have become others, in the state directory: what comes of them later still follows.
struct KeptAliases {
    private let folder: String
    private let logger: Logger

    /// Nil where no spans come that could follow.
    init?(_ configuration: Configuration, logger: Logger) {
        guard configuration.joinsReceivedSpans, !configuration.receivers.isEmpty else { return nil }
        folder = configuration.stateDirectory
        self.logger = logger
    }

    /// Gives a merger what an earlier run has left. A file that cannot be used is none.
    func restore(_ merger: inout Merger) {
        let read = AliasFile.read(folder: folder, now: UInt64(clamping: WallTime.now()))
        if let problem = read.problem {
            logger.warning(
                "traces that were moved before are not known any more",
                metadata: ["folder": "\(folder)", "reason": "\(problem)"])
        }
        merger.restore(
            read.entries, at: merger.options.observes ? Monotonic.now() : UInt64(clamping: WallTime.now()))
    }

    /// Leaves them for the next run.
    func keep(_ aliases: [AliasFile.Entry]) {
        guard !aliases.isEmpty, let problem = AliasFile.write(aliases, folder: folder) else { return }
        logger.warning(
            "traces that were moved will not be known after a restart",
            metadata: ["folder": "\(folder)", "reason": "\(problem)"])
    }
}
