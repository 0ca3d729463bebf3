internal import CInterspanBPF

/// What the programs counted, all CPUs together. `hooked` is `submitted` and what was dropped, always.
package struct KernelCounters: Sendable, Equatable {
    /// Calls and other events that passed the filters.
    package var hooked: UInt64 = 0
    /// Records handed to a ring.
    package var submitted: UInt64 = 0
    /// Records for which a ring had no room.
    package var droppedRingFull: UInt64 = 0
    /// Records for which there was no per-socket state.
    package var droppedNoState: UInt64 = 0
    /// Calls of connections that were left out under overload.
    package var droppedShed: UInt64 = 0
    /// How often an end of a connection began to be left out.
    package var shedConnections: UInt64 = 0
    /// Calls of our own.
    package var filteredSelf: UInt64 = 0
    /// Calls of processes that are not selected.
    package var filteredExcluded: UInt64 = 0
    /// Calls of processes that nobody has judged yet.
    package var filteredUnjudged: UInt64 = 0
    /// Questions about processes for which there was no room.
    package var unasked: UInt64 = 0
    /// Calls in other network namespaces.
    package var filteredNamespace: UInt64 = 0
    /// Calls on sockets that are ignored.
    package var filteredIgnored: UInt64 = 0
    /// Records whose bytes could not be read.
    package var unread: UInt64 = 0
    /// Calls made by io_uring.
    package var ioUring: UInt64 = 0
    /// Calls during which the kernel could not run a program, because it was running on that CPU already: not hooked.
    package var missed: UInt64 = 0

    /// Nothing yet.
    package init() {}

    /// From the sums of the kernel's rows.
    init(sums: [UInt64], missed: UInt64) {
        hooked = sums[Int(INTERSPAN_COUNTER_HOOKED.rawValue)]
        submitted = sums[Int(INTERSPAN_COUNTER_SUBMITTED.rawValue)]
        droppedRingFull = sums[Int(INTERSPAN_COUNTER_DROPPED_RING_FULL.rawValue)]
        droppedNoState = sums[Int(INTERSPAN_COUNTER_DROPPED_NO_STATE.rawValue)]
        droppedShed = sums[Int(INTERSPAN_COUNTER_DROPPED_SHED.rawValue)]
        shedConnections = sums[Int(INTERSPAN_COUNTER_SHED_CONNECTIONS.rawValue)]
        filteredSelf = sums[Int(INTERSPAN_COUNTER_FILTERED_SELF.rawValue)]
        filteredExcluded = sums[Int(INTERSPAN_COUNTER_FILTERED_EXCLUDED.rawValue)]
        filteredUnjudged = sums[Int(INTERSPAN_COUNTER_FILTERED_UNJUDGED.rawValue)]
        unasked = sums[Int(INTERSPAN_COUNTER_UNASKED.rawValue)]
        filteredNamespace = sums[Int(INTERSPAN_COUNTER_FILTERED_NAMESPACE.rawValue)]
        filteredIgnored = sums[Int(INTERSPAN_COUNTER_FILTERED_IGNORED.rawValue)]
        unread = sums[Int(INTERSPAN_COUNTER_UNREAD.rawValue)]
        ioUring = sums[Int(INTERSPAN_COUNTER_IO_URING.rawValue)]
        self.missed = missed
    }
}
