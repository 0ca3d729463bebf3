import Glibc
import Logging
import Synchronization

/// Where log lines go: a file descriptor, one `write` a line so that lines of several threads never mix.
///
/// Equal messages (level and text, whatever their metadata) are limited to five in ten seconds.
final class LogSink: Sendable {
    private let descriptor: Int32
    private let isColoured: Bool
    private let isJSON: Atomic<Bool>
    private let least: Atomic<Int>
    private let limiter = Mutex(RepeatLimiter())

    /// A sink that writes to a descriptor, which stays open.
    ///
    /// - Parameter isColoured: whether text may have colours.
    init(descriptor: Int32, _ configuration: LogsConfiguration, isColoured: Bool) {
        self.descriptor = descriptor
        self.isColoured = isColoured
        isJSON = Atomic(configuration.format == .json)
        least = Atomic(configuration.level.severity)
    }

    /// Writes as another configuration says from now on.
    func use(_ configuration: LogsConfiguration) {
        isJSON.store(configuration.format == .json, ordering: .relaxed)
        least.store(configuration.level.severity, ordering: .relaxed)
    }

    /// The least severe level that is written.
    var level: Logger.Level { LogsConfiguration.Level.allCases[least.load(ordering: .relaxed)].loggerLevel }

    /// Writes a line, unless equal ones came too often.
    func write(_ line: LogLine) {
        var hasher = Hasher()
        hasher.combine(line.level)
        hasher.combine(line.message)
        let key = hasher.finalize()
        let now = Self.nanoseconds(CLOCK_MONOTONIC)
        guard case .write(let suppressed) = limiter.withLock({ $0.verdict(key, at: now) }) else { return }
        var line = line
        if suppressed > 0 { line.metadata.append(("suppressed", String(suppressed))) }
        emit(isJSON.load(ordering: .relaxed) ? line.json : line.text(coloured: isColoured))
    }

    /// The wall clock, ns since 1970.
    static var wallClock: UInt64 { nanoseconds(CLOCK_REALTIME) }

    private static func nanoseconds(_ clock: clockid_t) -> UInt64 {
        var time = timespec()
        clock_gettime(clock, &time)
        return UInt64(time.tv_sec) &* 1_000_000_000 &+ UInt64(time.tv_nsec)
    }

    private func emit(_ text: String) {
        var rest = Array((text + "\n").utf8)[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
            if count < 0 && errno == EINTR { continue }
            // A log that cannot be written is given up: there is nowhere to say so.
            guard count > 0 else { return }
            rest = rest.dropFirst(count)
        }
    }
}

extension LogsConfiguration.Level {
    /// Its place among all, the least severe first.
    fileprivate var severity: Int { Self.allCases.firstIndex(of: self) ?? 0 }
}
