internal import CInterspanBPF
internal import CLibBPF
internal import Glibc

/// The programs of one way of hooking, loaded and attached, and the rings they write to.
struct LoadedPrograms: ~Copyable {
    /// The way of hooking.
    let hook: CaptureOptions.Hook
    /// The rings' descriptors, in the order of their CPUs.
    let rings: [CInt]
    /// How many of the calls that wait for readiness are watched.
    let watchedWaits: Int
    private var object: BPFObject
    /// The calls in which servers receive datagrams, and their tracepoints where there are any.
    private let datagramCalls: [(call: interspan_datagram_call, name: String, tracepoint: UInt64?)]

    /// Loads and attaches.
    init(
        hook: CaptureOptions.Hook, options: CaptureOptions, layout: RingLayout, types: borrowing KernelTypes
    ) throws(CaptureError) {
        var object = try BPFObject(hook: hook, types: types)
        object.configure(
            LoadedPrograms.settings(hook: hook, options: options, layout: layout, types: types),
            selection: ProcessSelector.switches(for: options.judge), processors: layout.count)
        do { try object.load() } catch { throw LoadFailure.loading(hook, error) }

        var rings: [CInt] = []
        do throws(SystemError) {
            for index in 0..<layout.count {
                rings.append(try layout.makeRing())
                var key = UInt32(index)
                var value = rings[index]
                let result = bpf_map_update_elem(object.descriptor(of: "rings"), &key, &value, 0)
                if result != 0 { throw SystemError(number: -result) }
            }
        } catch {
            for ring in rings { close(ring) }
            throw LoadFailure.ring(error)
        }

        OwnListeners.note(options.ownListeners, in: object.descriptor(of: "own_listeners"))
        // Turns first: a record that came before they are told would be taken for one of a thread that never waits.
        let watchedWaits = hook == .syscall ? 0 : LoadedPrograms.watchWaits(&object)
        for program in BPFProgram.all where program.hooks.contains(hook) && program.calls.isEmpty {
            do { try object.attach(program) } catch {
                if program.isOptional { continue }
                for ring in rings { close(ring) }
                throw LoadFailure.attaching(program, error)
            }
        }
        self.hook = hook
        self.watchedWaits = watchedWaits
        datagramCalls = hook == .sock ? DatagramCalls.all() : []
        self.rings = rings
        self.object = object
    }

    deinit { for ring in rings { close(ring) } }

    /// Watches the returns of calls in which servers receive datagrams, which costs each such call of any process a little:
    /// so not before a server was met that makes them.
    ///
    /// - Parameter calls: bits of `interspan_datagram_call`.
    /// - Returns: those that are watched now.
    mutating func watchReturns(of calls: UInt32) -> UInt32 {
        var watched: UInt32 = 0
        for (call, name, tracepoint) in datagramCalls where calls & call.rawValue != 0 {
            if (try? object.attach(.datagrams, to: name, tracepoint: tracepoint)) != nil { watched |= call.rawValue }
        }
        return watched
    }

    /// Detaches everything: no program is called any more.
    mutating func detach() { object.detach() }

    /// The descriptor of a map.
    func descriptor(of map: String) -> CInt { object.descriptor(of: map) }

    /// What the programs counted so far.
    func counters(processors: Int) -> KernelCounters {
        let counters = Int(INTERSPAN_COUNTERS.rawValue)
        let shape = object.shape(of: "counters")
        let row = shape.valueSize / MemoryLayout<UInt64>.size
        var sums = [UInt64](repeating: 0, count: counters)
        var rows = [UInt64](repeating: 0, count: processors * row)
        for program in 0..<shape.entries {
            var key = program
            guard bpf_map_lookup_elem(object.descriptor(of: "counters"), &key, &rows) == 0 else { continue }
            for index in rows.indices where index % row < counters { sums[index % row] &+= rows[index] }
        }
        return KernelCounters(sums: sums, missed: object.missed)
    }

    /// What the programs are told. Also used to try them one by one.
    static func settings(
        hook: CaptureOptions.Hook, options: CaptureOptions, layout: RingLayout, types: borrowing KernelTypes
    ) -> interspan_settings {
        var settings = interspan_settings()
        settings.agent_pid = UInt32(getpid())
        settings.payload_limit = min(options.payloadLimit, 65_536)
        settings.payload_bound = layout.payloadBound
        settings.network_namespace = options.networkNamespace ?? 0
        settings.wake_mark = UInt32(layout.size / 4)
        settings.scratch_slots = BPFProgram.scratchSlots(of: hook)
        settings.receive_arguments = types.argumentCount(of: "tcp_recvmsg") ?? 0
        if let processes = NetworkScope.identity("/proc/self/ns/pid") {
            settings.pid_namespace_dev = processes.device
            settings.pid_namespace_ino = processes.inode
        }
        return settings
    }

    /// Watches the calls that wait for readiness; the kernel takes some 60 ms for each tracepoint. Where single calls cannot be
    /// watched, turns of event loops are not told apart: less evidence, no error.
    ///
    /// - Returns: how many of them are watched.
    private static func watchWaits(_ object: inout BPFObject) -> Int {
        let tracefs = Tracefs()
        var watched = 0
        for call in CallReturns.turns.calls {
            let tracepoint = tracefs?.id(ofReturn: call)
            if (try? object.attach(.turns, to: call, tracepoint: tracepoint)) != nil { watched += 1 }
        }
        return watched
    }
}
