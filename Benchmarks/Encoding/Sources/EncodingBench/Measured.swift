import Glibc

/// What one encoder did.
struct Measured: Encodable {
    /// The encoder.
    var name: String
    /// Spans in a request.
    var spans: Int
    /// Bytes of a request.
    var bytes = 0
    /// Spans a second of CPU time, one of each round.
    var rates: [Double] = []
    /// Allocations in each request in steady state, where they were counted.
    var allocations: Double?

    /// Encodes until so many seconds of CPU time have gone.
    mutating func addRound(of encoder: Encoders.Encoder, seconds: Double) throws {
        let start = Self.cpuSeconds()
        var requests = 0
        var used = 0.0
        while used < seconds {
            // The clock is a system call: not for each request.
            for _ in 0..<8 { bytes = try encoder.encode() }
            requests += 8
            used = Self.cpuSeconds() - start
        }
        rates.append(Double(requests * spans) / used)
    }

    /// Counts allocations.
    mutating func countAllocations(of encoder: Encoders.Encoder, by counter: AllocationCounter) throws {
        let requests = 100
        let start = counter.count
        for _ in 0..<requests { bytes = try encoder.encode() }
        allocations = Double(counter.count - start) / Double(requests)
    }

    private static func cpuSeconds() -> Double {
        var time = timespec()
        clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
    }
}

/// The counter of the library CountAllocations, which is there when the process was started with it.
struct AllocationCounter {
    private let read: @convention(c) () -> UInt64

    /// Nil without the library.
    init?() {
        guard let symbol = dlsym(nil, "encoding_bench_allocations") else { return nil }
        // The symbol is ours, and this is its type (CountAllocations.h).
        read = unsafeBitCast(symbol, to: (@convention(c) () -> UInt64).self)
    }

    /// Allocations of this thread so far.
    var count: UInt64 { read() }
}
