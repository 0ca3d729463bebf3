/// What a request does.
indirect enum Step: Sendable {
    case work(Delay)
    /// A call of an operation that takes so long.
    case call(UInt64, Delay)
    /// At once, and on when the last is done.
    case parallel([[Step]])
    case maybe(Double, [Step])
    /// So many times, evenly drawn.
    case times(ClosedRange<Int>, [Step])
    /// Again while it fails, with that probability each time.
    case retried(Double, [Step])
    /// Nobody waits for it: begun here, ends some time.
    case detached([Step])
}

/// What one process does: which requests come, and what it does for them.
struct Workload: Sendable {
    /// An incoming operation.
    struct Incoming: Sendable {
        var operation: UInt64
        var share: Double
        var script: [Step]
    }

    var name: String
    var incoming: [Incoming]
    /// Calls that belong to no request, for each request.
    var background: [(operation: UInt64, rate: Double, duration: Delay)] = []
    /// One worker does all work between calls, in the order in which it becomes due: an event loop.
    var isLoop = false
    /// Share of the calls, and of the requests, that are not seen.
    var missingCalls = 0.0
    var missingRequests = 0.0
    /// Noise of the clock, ns.
    var noise = 0.0
    /// By how much all work slows down from the beginning to the end.
    var drift = 1.0
}

extension Workload {
    private static func cpu(_ median: Double, _ sigma: Double = 0.6) -> Step {
        .work(.lognormal(median: median, sigma: sigma))
    }

    /// One call after the other.
    static let chain = Workload(
        name: "chain",
        incoming: [
            Incoming(
                operation: 1, share: 1,
                script: [
                    cpu(200), .call(101, .exponential(mean: 5000)), cpu(150),
                    .call(102, .lognormal(median: 3000, sigma: 0.8)), cpu(100),
                    .call(103, .lognormal(median: 1000, sigma: 0.5)), cpu(200),
                ])
        ])
    /// Several at once.
    static let fanOut = Workload(
        name: "fan-out",
        incoming: [
            Incoming(
                operation: 1, share: 0.7,
                script: [
                    cpu(150),
                    .parallel([
                        [cpu(20), .call(101, .lognormal(median: 4000, sigma: 0.7))],
                        [cpu(40), .call(102, .exponential(mean: 6000))],
                        [cpu(60), .call(103, .lognormal(median: 2000, sigma: 1))],
                    ]), cpu(200),
                ]),
            Incoming(
                operation: 2, share: 0.3,
                script: [
                    cpu(100),
                    .parallel([
                        [.call(104, .exponential(mean: 3000))], [cpu(10), .call(104, .exponential(mean: 3000))],
                        [cpu(20), .call(104, .exponential(mean: 3000))],
                    ]), cpu(100), .call(101, .lognormal(median: 4000, sigma: 0.7)), cpu(100),
                ]),
        ])
    /// A cache before a database.
    static let cache = Workload(
        name: "cache",
        incoming: [
            Incoming(
                operation: 1, share: 1,
                script: [
                    cpu(120), .call(101, .lognormal(median: 300, sigma: 0.4)), cpu(50),
                    .maybe(
                        0.3,
                        [
                            .call(102, .lognormal(median: 8000, sigma: 0.6)), cpu(80),
                            .call(103, .lognormal(median: 300, sigma: 0.4)), cpu(50),
                        ]), .call(104, .lognormal(median: 5000, sigma: 0.5)), cpu(150),
                ])
        ])
    /// Incoming operations that share outgoing ones.
    static let shared = Workload(
        name: "shared",
        incoming: [
            Incoming(
                operation: 1, share: 0.5,
                script: [cpu(150), .call(101, .lognormal(median: 4000, sigma: 0.7)), cpu(150)]),
            Incoming(
                operation: 2, share: 0.3,
                script: [
                    cpu(400), .call(101, .lognormal(median: 4000, sigma: 0.7)), cpu(200),
                    .call(102, .exponential(mean: 4000)), cpu(100),
                ]),
            Incoming(operation: 3, share: 0.2, script: [cpu(3000, 0.8)]),
        ])
    /// Heavy tails everywhere.
    static let heavy = Workload(
        name: "heavy tails",
        incoming: [
            Incoming(
                operation: 1, share: 1,
                script: [
                    .work(.pareto(least: 60, shape: 1.5)), .call(101, .pareto(least: 2000, shape: 1.3)),
                    .work(.pareto(least: 50, shape: 1.5)), .call(102, .pareto(least: 1000, shape: 1.5)),
                    .work(.pareto(least: 60, shape: 1.5)),
                ])
        ])
    /// A loop of queries, some of them again.
    static let repeated = Workload(
        name: "repeated",
        incoming: [
            Incoming(
                operation: 1, share: 1,
                script: [
                    cpu(150), .times(1...4, [.call(101, .lognormal(median: 2500, sigma: 0.6)), cpu(60)]),
                    .retried(0.08, [.call(102, .exponential(mean: 3000)), cpu(100)]), cpu(100),
                ])
        ])
    /// Calls of nobody among them.
    static let background = Workload(
        name: "background",
        incoming: [
            Incoming(
                operation: 1, share: 1,
                script: [
                    cpu(200), .call(101, .exponential(mean: 5000)), cpu(150),
                    .call(102, .lognormal(median: 3000, sigma: 0.8)), cpu(150),
                ])
        ],
        background: [(101, 0.1, .exponential(mean: 5000)), (109, 0.2, .constant(1000))])
    /// Everything in turn on one thread, in order.
    static let loop = Workload(
        name: "event loop",
        incoming: [
            Incoming(
                operation: 1, share: 1,
                script: [
                    cpu(120, 0.3), .call(101, .exponential(mean: 4000)), cpu(80, 0.3),
                    .call(102, .lognormal(median: 3000, sigma: 0.8)), cpu(80, 0.3),
                ])
        ], isLoop: true)
    /// What no one can tell: memoryless work as long as the calls.
    static let memoryless = Workload(
        name: "memoryless",
        incoming: [
            Incoming(
                operation: 1, share: 1,
                script: [
                    .work(.exponential(mean: 2000)), .call(101, .exponential(mean: 5000)),
                    .work(.exponential(mean: 1000)), .call(102, .exponential(mean: 3000)),
                    .work(.exponential(mean: 500)),
                ])
        ])
    /// Spans lost, and clocks that are not exact.
    static let impaired: Workload = {
        var workload = chain
        workload.name = "losses and noise"
        workload.missingCalls = 0.05
        workload.missingRequests = 0.03
        workload.noise = 20_000
        return workload
    }()
    /// Everything gets three times slower meanwhile.
    static let drifting: Workload = {
        var workload = chain
        workload.name = "drift"
        workload.drift = 3
        return workload
    }()

    /// What services mostly are like.
    static let standard = [chain, fanOut, cache, shared, heavy, repeated, background]
    /// What is harder.
    static let hard = [loop, memoryless, impaired, drifting]
}
