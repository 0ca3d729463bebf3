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
        /// How many programs it has begun since it was put here: what was found of one holds for no other.
        var programs = 0
    }

    static let capacity = 1024
    /// Every record of a process that is not known yet asks for it: that must not depend on how many wait.
    private var entries: [UInt32: Entry] = [:]
    /// What could not be done and will not be tried again.
    private var abandoned: Set<ProcessKey> = []

    /// When there will be something to do.
    private(set) var due: UInt64?

    /// Adds a process unless it is there already; false when there is no room.
    mutating func add(_ entry: Entry) -> Bool {
        if entry.programs > 0 { abandoned.remove(ProcessKey(pid: entry.number, start: entry.start)) }
        if let known = entries[entry.number] {
            if entry.programs > 0 {
                var other = entry
                other.programs += known.programs
                // It may be due later than before.
                remove(entry.number)
                keep(other)
            } else if known.tries == 0, entry.due < known.due {
                // It was just started, and talks already.
                var sooner = known
                sooner.due = entry.due
                keep(sooner)
            }
            return true
        }
        if abandoned.contains(ProcessKey(pid: entry.number, start: entry.start)) { return true }
        guard entries.count < UnitQueue.capacity else { return false }
        keep(entry)
        return true
    }

    /// What is to be done now, the longest due first; it stays, so that nobody adds it meanwhile.
    func next(now: UInt64) -> Entry? {
        guard let due, due <= now else { return nil }
        return entries.values.min { ($0.due, $0.number) < ($1.due, $1.number) }
    }

    /// A process is done, unless it has begun another program meanwhile.
    ///
    /// - Parameter isAbandoned: it could not be, and must not be asked for again.
    mutating func finish(_ entry: Entry, isAbandoned: Bool) {
        guard !isAnother(entry) else { return }
        remove(entry.number)
        guard isAbandoned, entry.start != 0 else { return }
        if abandoned.count >= UnitQueue.capacity { abandoned.removeAll(keepingCapacity: true) }
        abandoned.insert(ProcessKey(pid: entry.number, start: entry.start))
    }

    /// A process is to be looked at again. (Unless it was added meanwhile, when the first look at all processes meets it.)
    mutating func postpone(_ entry: Entry, until due: UInt64) {
        guard !isAnother(entry) else { return }
        remove(entry.number)
        guard entries.count < UnitQueue.capacity else { return }
        var later = entry
        later.due = due
        later.tries += 1
        keep(later)
    }

    /// Whether a process has begun a program since this was taken from here, or, if it was not here, since it was looked at.
    private func isAnother(_ entry: Entry) -> Bool {
        (entries[entry.number]?.programs ?? entry.programs) != entry.programs
    }

    private mutating func keep(_ entry: Entry) {
        entries[entry.number] = entry
        due = min(due ?? .max, entry.due)
    }

    private mutating func remove(_ number: UInt32) {
        entries[number] = nil
        due = entries.values.lazy.map(\.due).min()
    }
}
