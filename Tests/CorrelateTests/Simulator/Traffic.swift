/// A request that was simulated.
struct SimulatedRequest {
    var operation: UInt64
    /// ns.
    var start: UInt64
    var end: UInt64
}

/// A call that was simulated.
struct SimulatedCall {
    var operation: UInt64
    var start: UInt64
    var end: UInt64
    /// Its request, by its place; nil: nobody's, or of one that was not seen.
    var request: Int?
}

/// What a process did, as it is seen from outside, and the truth.
struct Traffic {
    var requests: [SimulatedRequest] = []
    var calls: [SimulatedCall] = []

    /// Makes so many requests, on average so many of them in flight.
    init(_ workload: Workload, load: Double, requests count: Int, seed: UInt64) {
        var simulation = Simulation(workload: workload, random: SeededGenerator(seed: seed))
        let length = simulation.meanLength(load)
        var time = 1e12
        for index in 0..<count {
            time += Delay.exponential(mean: length / load / 1000).draw(&simulation.random)
            simulation.progress = Double(index) / Double(count)
            simulation.begin(at: time)
        }
        simulation.run()
        simulation.addBackground(from: 1e12, to: time, requests: count)
        simulation.observe(into: &self)
    }
}

/// Makes traffic.
private struct Simulation {
    var workload: Workload
    var random: SeededGenerator
    var progress = 0.0
    /// Of requests: operation, start, end; of calls: operation, start, end, request.
    private var requests: [(operation: UInt64, start: Double, end: Double)] = []
    private var calls: [(operation: UInt64, start: Double, end: Double, request: Int)] = []
    /// What is due on an event loop.
    private var due: [(time: Double, request: Int, script: ArraySlice<Step>)] = []

    init(workload: Workload, random: SeededGenerator) {
        self.workload = workload
        self.random = random
    }

    /// How long a request takes on average with nothing else going on, ns; without the longest, since of some
    /// distributions there is no mean. An event loop is busy for 85 % of the time at most.
    mutating func meanLength(_ load: Double) -> Double {
        var copy = self
        copy.workload.isLoop = false
        for _ in 0..<1000 { copy.begin(at: 0) }
        let lengths = copy.requests.map { $0.end - $0.start }.sorted()
        let length = lengths.dropLast(20).reduce(0, +) / 980
        guard workload.isLoop else { return length }
        let waiting = copy.calls.reduce(0) { $0 + $1.end - $1.start } / 1000
        return max(length, load * (length - waiting) / 0.85)
    }

    /// A request comes.
    mutating func begin(at time: Double) {
        var left = random.unit() * workload.incoming.reduce(0) { $0 + $1.share }
        let incoming = workload.incoming.first { incoming in
            left -= incoming.share
            return left < 0
        }
        guard let incoming else { return }
        let request = requests.count
        requests.append((incoming.operation, time, time))
        if workload.isLoop {
            due.append((time, request, incoming.script[...]))
        } else {
            requests[request].end = perform(incoming.script, of: request, from: time)
        }
    }

    private mutating func perform(_ script: [Step], of request: Int, from start: Double) -> Double {
        var time = start
        for step in script {
            switch step {
            case .work(let delay): time += work(delay)
            case .call(let operation, let duration):
                let end = time + duration.draw(&random)
                calls.append((operation, time, end, request))
                time = end
            case .parallel(let branches):
                time = branches.reduce(time) { max($0, perform($1, of: request, from: time)) }
            case .maybe(let share, let steps):
                if random.unit() < share { time = perform(steps, of: request, from: time) }
            case .times(let range, let steps):
                for _ in 0..<Int.random(in: range, using: &random) { time = perform(steps, of: request, from: time) }
            case .retried(let share, let steps):
                repeat { time = perform(steps, of: request, from: time) } while random.unit() < share
            case .detached(let steps): _ = perform(steps, of: request, from: time)
            }
        }
        return time
    }

    private mutating func work(_ delay: Delay) -> Double {
        delay.draw(&random) * (1 + (workload.drift - 1) * progress)
    }

    /// An event loop: the earliest that is due has the only worker until its next call.
    mutating func run() {
        var free = 0.0
        var heap = due.sorted { $0.time > $1.time }
        while var next = heap.popLast() {
            var time = max(next.time, free)
            var isWaiting = false
            while let step = next.script.popFirst() {
                if case .work(let delay) = step { time += work(delay) }
                guard case .call(let operation, let duration) = step else { continue }
                let end = time + duration.draw(&random)
                calls.append((operation, time, end, next.request))
                let place = heap.partitioningIndex { $0.time <= end }
                heap.insert((end, next.request, next.script), at: place)
                isWaiting = true
                break
            }
            free = time
            if !isWaiting { requests[next.request].end = time }
        }
    }

    mutating func addBackground(from start: Double, to end: Double, requests count: Int) {
        for (operation, rate, duration) in workload.background {
            var time = start
            while time < end {
                time += Delay.exponential(mean: (end - start) / Double(count) / rate / 1000).draw(&random)
                calls.append((operation, time, time + duration.draw(&random), -1))
            }
        }
    }

    /// What is seen of it.
    mutating func observe(into traffic: inout Traffic) {
        var places = [Int?](repeating: nil, count: requests.count)
        for index in requests.indices where random.unit() >= workload.missingRequests {
            places[index] = traffic.requests.count
            let (start, end) = (noisy(requests[index].start), noisy(requests[index].end))
            traffic.requests.append(
                SimulatedRequest(operation: requests[index].operation, start: start, end: max(start, end)))
        }
        for call in calls where random.unit() >= workload.missingCalls {
            let (start, end) = (noisy(call.start), noisy(call.end))
            traffic.calls.append(
                SimulatedCall(
                    operation: call.operation, start: start, end: max(start, end),
                    request: call.request < 0 ? nil : places[call.request]))
        }
    }

    private mutating func noisy(_ time: Double) -> UInt64 {
        UInt64(workload.noise == 0 ? time : time + workload.noise * random.normal())
    }
}

extension Array {
    /// Where the elements begin of which something holds, which it does from there on.
    fileprivate func partitioningIndex(_ belongs: (Element) -> Bool) -> Int {
        var (low, high) = (0, count)
        while low < high {
            let middle = (low + high) / 2
            if belongs(self[middle]) { high = middle } else { low = middle + 1 }
        }
        return low
    }
}
