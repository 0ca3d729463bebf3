import Capture

/// Whose exchanges they are: what one process does is tied together by its threads, by ids and values, by delays. One id goes
/// through many processes, so that it ties together only what one of them does.
struct OwnerKey: SlabKey {
    private var high: UInt64
    private var low: UInt64

    /// A process.
    init(_ process: ProcessKey) { (high, low) = (process.start, UInt64(process.pid)) }

    /// The process at this end of an exchange; where none is known (a packet capture), the host by its address. Nil where
    /// neither tells one process from another.
    init?(_ exchange: borrowing Exchange) {
        let point = exchange.requestStart.process
        let process = point == .none ? exchange.process.key : point
        if process != .none {
            self.init(process)
            return
        }
        guard !exchange.local.isLoopback, !exchange.local.isUnspecified else { return nil }
        var hash = Mixer(seed: UInt64(exchange.local.family.rawValue))
        hash.absorb(exchange.local.high)
        hash.absorb(exchange.local.low)
        self.init(hash.finish())
    }

    private init(_ words: (UInt64, UInt64)) { (high, low) = words }

    var slabHash: UInt64 { high ^ low }
}
