/// Processes that are to be looked at, each when its time has come. At most 1024 of them.
struct UnitQueue {
    /// A process that somebody asked for.
    struct Entry {
        var number: UInt32
        /// With the number, which process it is; 0 when that is not known.
        var start: UInt64
        /// When, ns of CLOCK_MONOTONIC.
        var due: UInt64
        /// How often it was looked at.
        var tries = 0
    }

    static let capacity = 1024
    private var entries: [Entry] = []
    /// What could not be done and will not be tried again.
    private var abandoned: Set<ProcessKey> = []

    /// When there will be something to do.
    var due: UInt64? { entries.lazy.map(\.due).min() }

    /// Adds a process unless it is there already; false when there is no room.
    mutating func add(_ entry: Entry) -> Bool {
        if let index = entries.firstIndex(where: { $0.number == entry.number }) {
            // It was just started, and talks already.
            if entries[index].tries == 0 { entries[index].due = min(entries[index].due, entry.due) }
            return true
        }
        if abandoned.contains(ProcessKey(pid: entry.number, start: entry.start)) { return true }
        guard entries.count < UnitQueue.capacity else { return false }
        entries.append(entry)
        return true
    }

    /// What is to be done now; it stays, so that nobody adds it meanwhile.
    func next(now: UInt64) -> Entry? { entries.first { $0.due <= now } }

    /// A process is done.
    ///
    /// - Parameter isAbandoned: it could not be, and must not be asked for again.
    mutating func finish(_ entry: Entry, isAbandoned: Bool) {
        entries.removeAll { $0.number == entry.number }
        guard isAbandoned, entry.start != 0 else { return }
        if abandoned.count >= UnitQueue.capacity { abandoned.removeAll(keepingCapacity: true) }
        abandoned.insert(ProcessKey(pid: entry.number, start: entry.start))
    }

    /// A process is to be looked at again. (Unless it was added meanwhile, when the first look at all processes meets it.)
    mutating func postpone(_ entry: Entry, until due: UInt64) {
        entries.removeAll { $0.number == entry.number }
        var later = entry
        later.due = due
        later.tries += 1
        if entries.count < UnitQueue.capacity { entries.append(later) }
    }
}
