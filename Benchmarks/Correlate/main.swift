// Measures the windowed stage on simulated traffic and prints what was found, a tab-separated line each: what, figure.
//
// usage: correlate-bench REQUESTS
//   REQUESTS  of each workload at each load

import Glibc

guard CommandLine.arguments.count == 2, let requests = Int(CommandLine.arguments[1]), requests > 0 else {
    print("usage: correlate-bench REQUESTS")
    exit(2)
}

func cpuNanoseconds() -> Double {
    var time = timespec()
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
    return Double(time.tv_sec) * 1e9 + Double(time.tv_nsec)
}

func percent(_ share: Double) -> String {
    let tenths = Int((share * 1000).rounded())
    return "\(tenths / 10).\(tenths % 10) %"
}

func report(_ what: String, _ figure: String) { print("\(what)\t\(figure)") }

/// A solver, of which the operations of a workload were seen before if so wished: at two requests in flight.
func withSolver<R>(_ workload: Workload, isWarm: Bool, _ body: (inout WindowSolver) -> R) -> R {
    var options = CorrelateOptions()
    options.maximumExchanges = 1 << 18
    var solver = WindowSolver(options: options)
    if isWarm {
        let before = Traffic(workload, load: 2, requests: min(requests, 1500), seed: 99)
        _ = before.answers(of: &solver, owner: OwnerKey(number: 1))
        before.forget(by: &solver)
    }
    return body(&solver)
}

/// Right links, and whole requests, averaged over workloads: ours and each baseline.
func accuracy(_ workloads: [Workload], _ load: Double, isWarm: Bool, _ reliability: inout Reliability) {
    var links = [0.0, 0, 0, 0]
    var whole = [0.0, 0, 0, 0]
    for workload in workloads {
        let traffic = Traffic(workload, load: load, requests: requests, seed: 7)
        let ours = withSolver(workload, isWarm: isWarm) { solver in
            traffic.answers(of: &solver, owner: OwnerKey(number: 2))
        }
        reliability.add(ours, traffic)
        for (index, answers) in ([ours] + Baseline.allCases.map { traffic.answers(of: $0) }).enumerated() {
            let score = Score(answers, traffic)
            links[index] += score.linkShare / Double(workloads.count)
            whole[index] += score.requestShare / Double(workloads.count)
        }
    }
    let name = workloads.count == 1 ? workloads[0].name : "\(workloads.count) workloads"
    let start = isWarm ? "seen before at 2 in flight" : "from nothing"
    report(
        "\(name), \(Int(load)) in flight, \(start): links right (whole requests): ours; first in first out; most recent; delay only",
        zip(links, whole).map { "\(percent($0)) (\(percent($1)))" }.joined(separator: "; "))
}

var reliability = Reliability()
for isWarm in [false, true] {
    for load in [1.0, 2, 5, 10, 20, 50, 100, 200] {
        accuracy(Workload.standard, load, isWarm: isWarm, &reliability)
    }
}
for workload in Workload.standard + Workload.hard {
    for load in [10.0, 50] { accuracy([workload], load, isWarm: true, &reliability) }
}
for bin in 0..<10 where reliability.count[bin] > 0 {
    let count = Double(reliability.count[bin])
    report(
        "links stated at 0.\(bin) to \(bin == 9 ? "1.0" : "0.\(bin + 1)"), all of the above: stated; right; links",
        "\(percent(reliability.stated[bin] / count)); \(percent(Double(reliability.right[bin]) / count)); "
            + "\(reliability.count[bin])")
}
for load in [1.0, 10, 50, 200, 1000, 5000] {
    let traffic = Traffic(.chain, load: load, requests: max(requests, Int(load)), seed: 7)
    let events = traffic.calls.count + traffic.requests.count
    let used = withSolver(.chain, isWarm: true) { solver in
        let start = cpuNanoseconds()
        _ = traffic.answers(of: &solver, owner: OwnerKey(number: 2))
        return cpuNanoseconds() - start
    }
    report(
        "\(Int(load)) in flight: cost of a span; links a core",
        "\(Int(used / Double(events))) ns; "
            + "\(Int(Double(traffic.calls.count) / used * 1e9))/s")
}

/// Resident memory, bytes.
func resident() -> Int {
    var pages = 0
    guard let file = fopen("/proc/self/statm", "r") else { return 0 }
    var total = 0
    withUnsafeMutablePointer(to: &total) { all in
        withUnsafeMutablePointer(to: &pages) { own in _ = withVaList([all, own]) { vfscanf(file, "%ld %ld", $0) } }
    }
    fclose(file)
    return pages * Int(getpagesize())
}

do {
    var options = CorrelateOptions()
    options.maximumExchanges = 1 << 20
    let before = resident()
    let start = cpuNanoseconds()
    var solver = WindowSolver(options: options)
    for tag in 0..<UInt32(1_000_000) {
        let owner = OwnerKey(number: UInt64(tag) % 1000)
        let time = UInt64(tag) * 1000
        if tag % 4 == 0 {
            solver.requestOpened(tag, of: owner, operation: 1, at: time)
        } else {
            solver.callOpened(tag, of: owner, operation: UInt64(tag % 4), at: time)
        }
    }
    report(
        "1,000,000 open spans of 1,000 processes: memory; cost of a span",
        "\((resident() - before) >> 20) MiB; \(Int((cpuNanoseconds() - start) / 1e6)) ns")
}
