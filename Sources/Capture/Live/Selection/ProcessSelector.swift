internal import CInterspanBPF
internal import CLibBPF
internal import Glibc
internal import Synchronization

/// Has processes judged, and tells the kernel's programs which ones are watched. Works on a thread that is given to
/// ``run()``; whoever asks never waits, and what is not judged is not recorded.
public final class ProcessSelector: Sendable {
    /// How long ``runFirst()`` takes at most, ns.
    private static let firstLook: UInt64 = 2_000_000_000
    /// How often all processes are looked at again, ns: for what nobody tells, such as that one was moved to another cgroup.
    private static let round: UInt64 = 10_000_000_000

    private struct State {
        var judge: (any ProcessJudge)?
        var counters = SelectionCounters()
        var isStopped = false
        /// The judge is another: what was said before is to be said anew.
        var isChanged = false
    }

    /// What ``run()`` goes through.
    private struct Work {
        var again = LookAgain()
        /// Of the processes there are, those that this round has not come to.
        var others: [UInt32] = []
        var nextRound: UInt64 = 0
        /// Verdicts that are lasting are given anew as well.
        var isThorough = true
    }

    private let table: ProcessTable<interspan_verdict>
    private let switches: Mutex<SharedMemory>
    private let questions: Mutex<QuestionRing>
    private let state: Mutex<State>
    /// Ready when ``run()`` has something else to do.
    private let wake: CInt

    /// For the programs' maps.
    init(verdicts: CInt, questions: CInt, switches: CInt, judge: (any ProcessJudge)?) throws(SystemError) {
        table = try ProcessTable(descriptor: verdicts, switches: switches)
        self.switches = Mutex(
            try SharedMemory(descriptor: switches, size: MemoryLayout<interspan_selection>.size, isWritable: true))
        self.questions = Mutex(try QuestionRing(descriptor: questions))
        state = Mutex(State(judge: judge))
        wake = eventfd(0, CInt(EFD_CLOEXEC | EFD_NONBLOCK))
        guard wake >= 0 else { throw SystemError(number: errno) }
    }

    deinit { close(wake) }

    /// What became of the processes so far.
    public var counters: SelectionCounters { state.withLock { $0.counters } }

    /// What the programs are told for a judge; nil: everything in scope is watched.
    static func switches(for judge: (any ProcessJudge)?) -> interspan_selection {
        var switches = interspan_selection()
        guard let judge else { return switches }
        switches.is_on = 1
        switches.asks_listeners = judge.interests.contains(.listeners) ? 1 : 0
        switches.asks_children = judge.interests.contains(.users) ? 1 : 0
        return switches
    }

    /// Judges by another from now on; nil: everything in scope is watched. Looks at the processes that there are first, as
    /// ``runFirst()`` does: where everything was watched, none of them is to be missed meanwhile. Until a process was looked
    /// at again, what was said of it before holds.
    public func use(_ judge: (any ProcessJudge)?) {
        state.withLock {
            $0.judge = judge
            $0.isChanged = true
        }
        runFirst()
        let new = ProcessSelector.switches(for: judge)
        switches.withLock { switches in
            for (offset, value) in [(4, new.asks_listeners), (8, new.asks_children), (0, new.is_on)] {
                interspan_store_release_32(switches.address + offset, value)
            }
        }
        eventfd_write(wake, 1)
    }

    /// Judges the processes that there are, the newest first, so that they are seen from the beginning of the capture. Those
    /// that there is no time for are judged when they are met.
    public func runFirst() {
        guard state.withLock({ $0.judge != nil }) else { return }
        let begin = WallClock.monotonic()
        var others = ExaminedProcess.all()
        while WallClock.monotonic() &- begin < ProcessSelector.firstLook, let number = others.popLast() {
            _ = judge(number, port: nil, isThorough: true)
        }
    }

    /// Judges the processes that are asked about and, from time to time, all that there are, until ``stop()``.
    public func run() {
        var work = Work()
        work.nextRound = WallClock.monotonic() &+ ProcessSelector.round
        while true {
            let (isStopped, isChanged, judge) = state.withLock { state in
                defer { state.isChanged = false }
                return (state.isStopped, state.isChanged, state.judge)
            }
            if isStopped { return }
            if isChanged { work.nextRound = 0 }
            guard let judge else {
                // What was asked before there was nobody to answer.
                _ = questions.withLock { $0.take { _ in } }
                wait(until: nil)
                continue
            }
            if answer(&work, judge.interests) { continue }
            let now = WallClock.monotonic()
            if let number = work.again.next(now: now) {
                look(at: number, isThorough: true)
            } else if let number = work.others.popLast() {
                look(at: number, isThorough: work.isThorough)
            } else if now >= work.nextRound {
                work.isThorough = work.nextRound == 0
                work.others = ExaminedProcess.all()
                work.nextRound = now &+ ProcessSelector.round
            } else {
                wait(until: min(work.again.due ?? .max, work.nextRound))
            }
        }
    }

    /// Lets ``run()`` end.
    public func stop() {
        state.withLock { $0.isStopped = true }
        eventfd_write(wake, 1)
    }

    /// Answers what is asked; false when nothing is.
    private func answer(_ work: inout Work, _ interests: JudgeInterests) -> Bool {
        var asked: [interspan_question] = []
        let count = questions.withLock { $0.take { asked.append($0) } }
        for question in asked {
            let kind = interspan_question_kind(UInt32(question.kind))
            let listens = kind == INTERSPAN_QUESTION_LISTENS
            if kind != INTERSPAN_QUESTION_FORKED {
                look(at: question.process, port: listens ? question.port : nil, isThorough: true)
            }
            // What is chosen by the kernel is told by /proc a moment later; who has just begun may become another.
            let changes = kind == INTERSPAN_QUESTION_EXEC || kind == INTERSPAN_QUESTION_FORKED
            guard listens && question.port == 0 || changes && interests.contains(.users) else { continue }
            if !work.again.add(question.process, now: WallClock.monotonic()) {
                state.withLock { $0.counters.refused += 1 }
            }
        }
        if count > 0 { state.withLock { $0.counters.questions += UInt64(count) } }
        return count > 0
    }

    private func wait(until due: UInt64?) {
        var events = [
            pollfd(fd: wake, events: Int16(POLLIN), revents: 0),
            pollfd(fd: questions.withLock { $0.descriptor }, events: Int16(POLLIN), revents: 0),
        ]
        let now = WallClock.monotonic()
        let milliseconds = due.map { CInt(clamping: ($0 > now ? $0 - now : 0) / 1_000_000 + 1) } ?? -1
        poll(&events, 2, milliseconds)
        var value: eventfd_t = 0
        eventfd_read(wake, &value)
    }

    /// Most processes of one family that are looked at together.
    private static let maximumFamily = 4096

    /// Has a process judged and, where it is not what it was, the processes that it has made: those that it made before it
    /// was judged have begun as what it was. (Those that it makes from now on begin as what it is.)
    private func look(at number: UInt32, port: UInt16? = nil, isThorough: Bool) {
        guard judge(number, port: port, isThorough: isThorough) else { return }
        var family = ExaminedProcess.children(of: number)
        var next = 0
        while next < family.count, next < ProcessSelector.maximumFamily {
            if judge(family[next], port: nil, isThorough: true) {
                family += ExaminedProcess.children(of: family[next])
            }
            next += 1
        }
    }

    /// Has a process judged. What is said holds for the program that it runs and its user, which are therefore read before
    /// and after: where they changed meanwhile, the programs ask again.
    ///
    /// - Parameter isThorough: a lasting verdict that holds is given anew as well.
    /// - Returns: whether it has become watched, or is not any more.
    private func judge(_ number: UInt32, port: UInt16?, isThorough: Bool) -> Bool {
        guard number != UInt32(getpid()), let judge = state.withLock({ $0.judge }) else { return false }
        guard let process = ExaminedProcess(number: number), let stamp = ProcessStamp(of: number) else {
            state.withLock { $0.counters.gone += 1 }
            return false
        }
        let before = table.verdict(of: process)
        if !isThorough, let before, before.is_lasting != 0, before.isFor(stamp) { return false }
        let verdict = judge.judge(MetProcess(number: number, user: stamp.user, port: port))
        guard ProcessStamp(of: number) == stamp else {
            table.forget(process)
            return false
        }
        guard let verdict else {
            // What cannot be told any more is not watched any more.
            if before != nil { table.forget(process) }
            state.withLock { $0.counters.undecided += 1 }
            return before != nil
        }
        let new = interspan_verdict(verdict, for: stamp)
        if let before, before.isSame(as: new) { return false }
        let isWritten = table.set(new, of: process)
        state.withLock {
            if !isWritten { $0.counters.refused += 1 }
            if verdict.isWatched { $0.counters.watched += 1 } else { $0.counters.leftOut += 1 }
        }
        return before?.kind != new.kind
    }
}
