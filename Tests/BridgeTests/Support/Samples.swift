@testable import Capture
@testable import Correlate

/// Exchanges as Correlate would hand them over.
struct Samples {
    var fields = FieldBuffer()

    /// A linked exchange; `headers` are context fields, `marks` names of other headers.
    mutating func linked(
        _ number: UInt64, _ role: Role, phase: LinkedExchange.Phase = .opened, parent: ExchangeEnd? = nil,
        method: LinkMethod = .thread, headers: [(String, String)] = [], target: String = "/", status: Int32 = 200,
        outcome: Outcome = .complete, start: UInt64 = 1000, pid: UInt32 = 7, others: [(FieldKey, String)] = [],
        marks: [String] = []
    ) -> LinkedExchange {
        let process = Samples.process(pid)
        let client = Endpoint(ipv4: 0x7F00_0001, port: 40_000)
        let server = Endpoint(ipv4: 0x7F00_0001, port: 80)
        var exchange = Exchange(
            end: Samples.end(number, role), protocol: .http1, socket: number &* 2 &+ UInt64(role.rawValue),
            process: process, local: role == .client ? client : server, peer: role == .client ? server : client,
            requestStart: ExecutionPoint(time: start, process: process.key, thread: 9))
        exchange.outcome = phase == .opened ? .open : outcome
        exchange.status = phase == .opened ? 0 : status
        exchange.requestEnd.time = start + 10
        if phase == .closed { exchange.ended = start + 10 }
        if phase == .closed, outcome == .complete {
            exchange.responseStart.time = start + 100
            exchange.responseEnd.time = start + 200
            exchange.ended = start + 200
        }
        let first = UInt32(fields.fields.count)
        add(.method, "GET")
        add(.target, target)
        for (key, value) in others { add(key, value) }
        for (name, value) in headers { add(.context, value, name: name) }
        for name in marks { add(.header, "1", name: name) }
        exchange.fields = FieldRange(start: first, count: UInt32(fields.fields.count) - first)
        return LinkedExchange(
            phase: phase, exchange: exchange,
            link: parent == nil ? .none : Link(parent: parent, method: method, confidence: 1))
    }

    static func process(_ pid: UInt32) -> ProcessIdentity {
        ProcessIdentity(
            key: ProcessKey(pid: pid, start: 1), namespacePID: pid, networkNamespace: 1, cgroup: 1, command: (0x61, 0))
    }

    static func end(_ number: UInt64, _ role: Role) -> ExchangeEnd {
        ExchangeEnd(id: ExchangeID(high: number, low: ~number), role: role)
    }

    mutating func add(_ key: FieldKey, _ value: String, name: String = "") {
        Array(name.utf8).withUnsafeBytes { name in
            Array(value.utf8).withUnsafeBytes { fields.append(key, .requestHeader, name: name, value: $0) }
        }
    }
}
