package import CInterspanBPF
internal import CLibBPF
internal import Glibc

/// The kernel's half of live capture: loads the programs, and hands over their records in the order of the kernel's
/// clock. Used by one thread.
package struct LiveRecords: ~Copyable {
    /// How long a record is held back, ns, so that those stamped earlier on other CPUs come before it.
    static let holdBack: UInt64 = 10_000_000
    /// The same while a ring is more than half full, or connections are left out: losing order is better than losing records.
    static let holdBackUnderPressure: UInt64 = 1_000_000

    /// The way of hooking that is in use; never `auto`.
    package let hook: CaptureOptions.Hook
    /// Finds out what units of execution processes have, on whatever thread runs it.
    package let units: UnitExaminer
    /// Which processes are at the other ends of connections with us.
    let callers: CallerTable
    /// Has processes judged, on whatever thread runs it.
    package let selector: ProcessSelector
    private var programs: LoadedPrograms
    private let layout: RingLayout
    private var rings: RingSet
    private let modes: ModeTable
    private let datagramCalls: DatagramCalls
    private let overload: OverloadSwitch
    private var shedding = LoadShedding()
    /// Whether the pass before this one held records back for no longer than under pressure.
    private var isBrief = false
    /// Calls whose returns we have tried to watch.
    private var triedCalls: UInt32 = 0
    private let poll: CInt
    private var pressure = RingSet.Pressure.none

    /// Loads and attaches the programs.
    ///
    /// - Throws: one line that says what is missing and what to do about it.
    package init(options: CaptureOptions) throws(CaptureError) {
        let types = KernelTypes()
        if let failure = LoadFailure.precondition(Privileges(), hasTypes: types != nil) { throw failure }
        guard let types else { throw CaptureError("the kernel does not tell its types") }
        if let failure = LoadFailure.age(types) { throw failure }
        // Without rings every way of hooking would fail, and each say so in libbpf's words.
        do { try RingLayout.tryRing() } catch { throw LoadFailure.ring(error) }
        let layout = RingLayout(total: options.ringBufferSize)
        let programs = try LiveRecords.load(options: options, layout: layout, types: types)
        let rings = try mapping { () throws(SystemError) in
            try RingSet(descriptors: programs.rings, size: layout.size)
        }
        let modes = try mapping { () throws(SystemError) in
            try ModeTable(descriptor: programs.descriptor(of: "modes"))
        }
        let selector = try mapping { () throws(SystemError) in
            try ProcessSelector(
                verdicts: programs.descriptor(of: "verdicts"), questions: programs.descriptor(of: "questions"),
                switches: programs.descriptor(of: ".data.selection"), judge: options.judge)
        }
        let datagramCalls = try mapping { () throws(SystemError) in
            try DatagramCalls(descriptor: programs.descriptor(of: ".data.datagrams"))
        }
        let overload = try mapping { () throws(SystemError) in
            try OverloadSwitch(descriptor: programs.descriptor(of: ".data.overload"))
        }
        let units = try mapping { () throws(SystemError) in
            try UnitExaminer(
                table: programs.descriptor(of: "units"), switches: programs.descriptor(of: ".data.selection"))
        }
        let callers = try mapping { () throws(SystemError) in
            try CallerTable(descriptor: programs.descriptor(of: "callers"))
        }
        let poll = try mapping { () throws(SystemError) in try LiveRecords.watch(programs.rings) }
        hook = programs.hook
        self.units = units
        self.callers = callers
        self.layout = layout
        self.programs = programs
        self.rings = rings
        self.modes = modes
        self.selector = selector
        self.datagramCalls = datagramCalls
        self.overload = overload
        self.poll = poll
    }

    deinit { close(poll) }

    /// Waits until a ring fills up, or for a moment: 10 ms while records are held back, 50 ms while there are none.
    package mutating func wait() {
        var event = epoll_event()
        epoll_wait(poll, &event, 1, pressure == .none ? 50 : 10)
        let missing = datagramCalls.missing & ~triedCalls
        guard missing != 0 else { return }
        triedCalls |= missing
        datagramCalls.setWatched(programs.watchReturns(of: missing))
    }

    /// Hands over what is old enough, in order. A record's memory is the ring's until the call returns.
    ///
    /// - Parameter shareChanged: told from when on another share of the connections is left out, before any record that is
    ///   stamped later.
    /// - Returns: the moment, of CLOCK_MONOTONIC, before which everything has been handed over.
    package mutating func pass(_ shareChanged: (ShareStep) -> Void = { _ in }, _ body: (Record) -> Void) -> UInt64 {
        let now = WallClock.monotonic()
        // Before the rings are looked at: what has found no room is behind everything that lies in them.
        let fullSince = overload.fullSince
        pressure = rings.beginPass()
        if fullSince != 0 {
            shareChanged(ShareStep(share: UInt32(INTERSPAN_CONNECTION_PLACES), time: fullSince))
        }
        shedding.found(fill: rings.fullest, isLate: fullSince != 0, isHeldBack: !isBrief, at: now)
        if fullSince == 0, shedding.share > overload.share {
            overload.set(share: shedding.share)
            shareChanged(ShareStep(share: shedding.share, time: now))
        }
        isBrief = pressure == .high || shedding.share > 0
        let limit = now - (isBrief ? LiveRecords.holdBackUnderPressure : LiveRecords.holdBack)
        let units = units
        rings.endPass(limit: limit) { record in
            if record.header.pointee.unexamined != 0 { units.ask(record.header) }
            body(record)
        }
        if fullSince != 0 || shedding.share < overload.share {
            overload.set(share: shedding.share)
            if fullSince != 0 { overload.clearFull() }
            shareChanged(ShareStep(share: shedding.share, time: WallClock.monotonic()))
        }
        return limit
    }

    /// The part of all connections that is left out at the moment, 0...1.
    package var shedShare: Double { Double(shedding.share) / Double(INTERSPAN_CONNECTION_PLACES) }

    /// Ends the capture: the programs are called no more. Their records are still to be drained.
    package mutating func stop() { programs.detach() }

    /// Hands over everything there is, without holding anything back: at the end, after ``stop()``.
    package mutating func drain(_ body: (Record) -> Void) {
        // A program that was running when it was detached has its record ready within a moment.
        for _ in 0..<100 {
            pressure = rings.beginPass()
            rings.endPass(limit: .max, body)
            if counters.submitted == consumed { return }
            usleep(1_000)
        }
    }

    /// What the programs counted so far.
    package var counters: KernelCounters { programs.counters(processors: layout.count) }

    /// Whether turns of event loops are told apart; for ``CaptureOptions/Hook/sock`` and `fexit` not before the first
    /// few passes.
    package var tellsTurns: Bool { hook == .syscall || programs.watchedWaits > 0 }

    /// Records that were handed over.
    package var consumed: UInt64 { rings.consumed }

    /// Records that came after others stamped later had been handed over.
    package var stragglers: UInt64 { rings.stragglers }

    /// Sets how much of a socket's bytes is wanted.
    package func set(mode: interspan_socket_mode) { modes.set(mode) }

    /// The asked-for way of hooking, or the first that this kernel takes.
    private static func load(
        options: CaptureOptions, layout: RingLayout, types: borrowing KernelTypes
    ) throws(CaptureError) -> LoadedPrograms {
        let hooks = options.hook == .auto ? BPFProgram.hooks : [options.hook]
        var failures: [CaptureError] = []
        for hook in hooks {
            if let failure = LoadFailure.unavailable(hook, types) {
                failures.append(failure)
                continue
            }
            do throws(CaptureError) {
                return try LoadedPrograms(hook: hook, options: options, layout: layout, types: types)
            } catch {
                failures.append(error)
            }
        }
        if failures.count == 1 { throw failures[0] }
        throw CaptureError("no way of hooking works: " + failures.map(\.description).joined(separator: "; "))
    }

    /// A descriptor that is ready when a program wakes us. Edges alone: records that are held back stay in their rings.
    private static func watch(_ rings: [CInt]) throws(SystemError) -> CInt {
        let poll = epoll_create1(CInt(EPOLL_CLOEXEC))
        guard poll >= 0 else { throw SystemError(number: errno) }
        for ring in rings {
            var event = epoll_event(events: EPOLLIN.rawValue | EPOLLET.rawValue, data: epoll_data_t(fd: ring))
            guard epoll_ctl(poll, EPOLL_CTL_ADD, ring, &event) == 0 else {
                let number = errno
                close(poll)
                throw SystemError(number: number)
            }
        }
        return poll
    }
}

/// Says of a failure that it was in getting at the programs' maps.
private func mapping<Value: ~Copyable>(_ body: () throws(SystemError) -> Value) throws(CaptureError) -> Value {
    do {
        return try body()
    } catch {
        throw CaptureError("the BPF maps cannot be mapped: \(error); a limit on memory or descriptors may be too low")
    }
}
