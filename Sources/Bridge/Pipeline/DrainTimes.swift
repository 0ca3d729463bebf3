/// Until when each part may go on with what it has once the end was asked for. They end one after the other, in the order
/// in which data flows, and whoever is held up by somebody else (a sender that does not finish its request, a queue that
/// stays full) leaves time to those behind it. CLOCK_MONOTONIC, ns.
struct DrainTimes: Equatable {
    /// How long everything together may take, ns.
    static let all: UInt64 = 15_000_000_000
    /// The same where nothing has run yet that there could be much of, ns.
    static let brief: UInt64 = 1_000_000_000

    /// Until when what was captured may wait for room in the exporters' queues.
    let observed: UInt64
    /// Until when receivers answer what is owed.
    let received: UInt64
    /// Until when exporters deliver.
    let exported: UInt64

    /// The times of an end that begins now.
    init(from now: UInt64, _ all: UInt64 = Self.all) {
        observed = now &+ all / 3
        received = now &+ all / 3 * 2
        exported = now &+ all
    }
}
