internal import Logging
internal import Synchronization
internal import Threading

/// Keeps over a restart what was learned. Whoever learns copies it out now and then and goes on; a thread of its own writes it,
/// since a disk may take its time.
final class KeptLearning: Sendable {
    /// How often what was learned is taken, ns.
    static let interval: UInt64 = 60_000_000_000

    /// What happened to the file so far.
    struct Counters: Sendable, Equatable {
        /// Files that could not be used when the agent began.
        var unusable: UInt64 = 0
        /// How often something was written, and could not be.
        var written: UInt64 = 0
        var failed: UInt64 = 0
        /// How often something gave way to what came later before it was written.
        var overtaken: UInt64 = 0
    }

    private let file: LearnedFile
    private let folder: String
    private let logger: Logger
    /// What is on its way to the disk: the latest.
    private let next = Mutex<[UInt8]?>(nil)
    private let wake: BoundedQueue<Void>
    private let counted = Mutex(Counters())
    private let last = Mutex<[UInt8]>([])

    /// - Parameters:
    ///   - file: what it is.
    ///   - folder: the state directory.
    init(_ file: LearnedFile, folder: String, logger: Logger) {
        self.file = file
        self.folder = folder
        self.logger = logger
        wake = BoundedQueue(capacity: 1)
    }

    /// What happened so far.
    var counters: Counters { counted.withLock { $0 } }

    /// What an earlier run has left; nil if there is nothing, or it cannot be used.
    func read() -> [UInt8]? {
        let (learned, problem) = file.read(folder: folder)
        if let problem { unusable(problem) }
        return learned
    }

    /// What was read is not what its reader understands.
    func unusable(_ problem: String) {
        counted.withLock { $0.unusable += 1 }
        logger.warning(
            "\(file.lost)",
            metadata: ["folder": "\(folder)", "reason": "\(problem)"])
    }

    /// Starts the thread, which ends after ``end()``.
    func start() throws(ThreadError) -> OSThread {
        try OSThread(name: "learned") { [self] in
            while wake.pop() != nil { write() }
            write()
        }
    }

    /// Hands over what is to be kept. Never waits; nothing to keep is nothing to do.
    func keep(_ learned: [UInt8]) {
        guard !learned.isEmpty else { return }
        let isOvertaken = next.withLock { next in
            defer { next = learned }
            return next != nil
        }
        if isOvertaken { counted.withLock { $0.overtaken += 1 } }
        _ = wake.push(())
    }

    /// Nothing more is handed over: what is there is still written.
    func end() { wake.close() }

    private func write() {
        let taken = next.withLock { next -> [UInt8]? in
            defer { next = nil }
            return next
        }
        guard let taken, taken != last.withLock({ $0 }) else { return }
        guard let problem = file.write(taken, folder: folder) else {
            last.withLock { $0 = taken }
            counted.withLock { $0.written += 1 }
            return
        }
        let isFirst = counted.withLock { counted in
            counted.failed += 1
            return counted.failed == 1
        }
        // Once is enough: it is tried again every minute.
        guard isFirst else { return }
        logger.warning(
            "\(file.unkept)",
            metadata: ["folder": "\(folder)", "reason": "\(problem)"])
    }
}
