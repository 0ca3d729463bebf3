import Threading

/// The connections that are open: how many there may be, and when each is looked at. On the event loop.
final class Connections {
    private var open: [ObjectIdentifier: any ServedConnection] = [:]
    /// Taken, but not yet part of the table, or part of it.
    private var count = 0
    private let limit: Int
    private let counters: SharedReceiverCounters
    private let log: ReceiverLog
    private var isStopping = false

    /// - Parameter limit: most of them.
    init(limit: Int, counters: SharedReceiverCounters, log: ReceiverLog) {
        self.limit = limit
        self.counters = counters
        self.log = log
    }

    /// Whether none is left.
    var isEmpty: Bool { count == 0 }

    /// Takes one more, unless there are too many.
    func admit() -> Bool {
        guard count < limit, !isStopping else {
            counters.update { $0.connectionsRefused &+= 1 }
            if !isStopping { log.warn(.connections, "a connection was closed: \(limit) are open") }
            return false
        }
        count += 1
        counters.update {
            $0.connectionsAccepted &+= 1
            $0.connectionsOpen += 1
        }
        return true
    }

    /// One that was taken is closed.
    func closed() {
        count -= 1
        counters.update { $0.connectionsOpen -= 1 }
    }

    /// Watches over one.
    func add(_ connection: any ServedConnection) { open[ObjectIdentifier(connection)] = connection }

    /// Forgets one.
    func remove(_ connection: any ServedConnection) { open[ObjectIdentifier(connection)] = nil }

    /// Looks at each.
    func tick() {
        let now = Monotonic.now()
        // A copy: they leave the table while it is gone through.
        for connection in Array(open.values) { connection.tick(now: now) }
    }

    /// Ends each once what is owed has been answered; takes no more.
    func stop() {
        isStopping = true
        for connection in Array(open.values) { connection.stop() }
    }

    /// Ends each now.
    func abort() { for connection in Array(open.values) { connection.abort() } }
}
