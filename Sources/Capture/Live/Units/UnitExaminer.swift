internal import CInterspanBPF
internal import CLibBPF
internal import Glibc
internal import Synchronization

/// Looks at processes, and tells the kernel's programs how to find what runs on their threads. Works on a thread that is
/// given to ``run()``; whoever asks never waits.
public final class UnitExaminer: Sendable {
    /// How long a program that was just started is given before it is looked at, ns: most are over by then.
    private static let settling: UInt64 = 50_000_000
    /// How long a runtime that has not started is given, at first, ns; each time twice as long.
    private static let patience: UInt64 = 10_000_000
    /// How often a process is looked at: for 80 s in all, since a runtime on a busy machine takes its time to start.
    private static let tries = 13

    private struct State {
        var queue = UnitQueue()
        var counters = UnitCounters()
        var isStopped = false
        /// The processes there were at the beginning which have not been looked at; nil until they are listed.
        var others: [UInt32]?
    }

    let table: ProcessTable<interspan_unit_layout>
    private let state = Mutex(State())
    /// Ready when there is something new.
    private let wake: CInt

    /// For the programs' table.
    init(table descriptor: CInt, switches: CInt) throws(SystemError) {
        table = try ProcessTable(descriptor: descriptor, switches: switches)
        wake = eventfd(0, CInt(EFD_CLOEXEC | EFD_NONBLOCK))
        guard wake >= 0 else { throw SystemError(number: errno) }
    }

    deinit { close(wake) }

    /// What became of the processes so far.
    public var counters: UnitCounters { state.withLock { $0.counters } }

    /// How long ``runFirst()`` takes at most, ns.
    private static let firstLook: UInt64 = 300_000_000

    /// Looks at the processes that there are, the newest first, for as long as nobody minds: what they do from now on is then
    /// known from its beginning.
    public func runFirst() {
        let begin = WallClock.monotonic()
        while WallClock.monotonic() &- begin < UnitExaminer.firstLook, let number = nextOther() {
            examine(UnitQueue.Entry(number: number, start: 0, due: 0))
        }
    }

    private func nextOther() -> UInt32? {
        let isListed = state.withLock { $0.others != nil }
        let all = isListed ? [] : ExaminedProcess.all()
        return state.withLock { state in
            if state.others == nil { state.others = all }
            return state.others?.popLast()
        }
    }

    /// Looks at the processes that are asked for and, while none is, at all others that there are, until ``stop()``.
    public func run() {
        while true {
            let now = WallClock.monotonic()
            let (entry, due, isStopped) = state.withLock { ($0.queue.next(now: now), $0.queue.due, $0.isStopped) }
            if isStopped { return }
            if let entry {
                examine(entry)
                continue
            }
            if let number = nextOther() {
                examine(UnitQueue.Entry(number: number, start: 0, due: 0))
                continue
            }
            wait(until: due, now: now)
        }
    }

    /// Lets ``run()`` end.
    public func stop() {
        state.withLock { $0.isStopped = true }
        eventfd_write(wake, 1)
    }

    /// Asks for the process that made a record.
    func ask(_ header: UnsafePointer<interspan_record>) {
        let isNew = UInt32(header.pointee.kind) == INTERSPAN_KIND_EXEC.rawValue
        let entry = UnitQueue.Entry(
            number: header.pointee.namespace_pid, start: header.pointee.process_start,
            due: isNew ? header.pointee.time &+ UnitExaminer.settling : 0, programs: isNew ? 1 : 0)
        let isSooner = state.withLock { state in
            let before = state.queue.due ?? .max
            if !state.queue.add(entry) { state.counters.refused += 1 }
            return state.queue.due ?? .max < before
        }
        if isSooner { eventfd_write(wake, 1) }
    }

    private func wait(until due: UInt64?, now: UInt64) {
        var event = pollfd(fd: wake, events: Int16(POLLIN), revents: 0)
        let milliseconds = due.map { CInt(clamping: ($0 > now ? $0 - now : 0) / 1_000_000 + 1) } ?? -1
        poll(&event, 1, milliseconds)
        var value: eventfd_t = 0
        eventfd_read(wake, &value)
    }

    private func examine(_ entry: UnitQueue.Entry) {
        // A kernel's thread has no program; a process whose program we may not see has threads at least.
        guard let process = ExaminedProcess(number: entry.number),
            process.programIdentity != nil || entry.start != 0
        else { return state.withLock { $0.queue.finish(entry, isAbandoned: true) } }
        let before = process.programIdentity
        var finding = UnitExamination.find(in: process)
        // It may have replaced its program meanwhile: what was found may be of either.
        if !isUnchanged(process, since: before) { finding = .notYet }
        if case .notYet = finding {
            if entry.tries < UnitExaminer.tries {
                let due = WallClock.monotonic() &+ UnitExaminer.patience << UInt64(entry.tries)
                return state.withLock { $0.queue.postpone(entry, until: due) }
            }
            finding = .none(.neverStarted)
        }
        let layout = if case .layout(let layout) = finding { layout } else { interspan_unit_layout.threads }
        let isWritten = table.set(layout, of: process)
        // Then its next record asks again.
        if !isUnchanged(process, since: before) { table.forget(process) }
        state.withLock {
            $0.queue.finish(entry, isAbandoned: !isWritten)
            if isWritten { $0.counters.count(finding) } else { $0.counters.unwritten += 1 }
        }
    }

    /// Whether a process has the program that it had.
    private func isUnchanged(
        _ process: borrowing ExaminedProcess, since before: (device: UInt64, inode: UInt64)?
    ) -> Bool {
        guard let before, let now = process.programIdentity else { return true }
        return before == now
    }
}
