import Testing

@testable import Bridge
@testable import Capture
@testable import Correlate
@testable import OTLP
@testable import Propagation

/// Exchanges that are opened and closed in an order of one's own, and spans of SDKs beside them.
struct MergeScene {
    var samples = Samples()
    var merger: Merger

    init(_ options: MergeOptions = MergeOptions(), order: [Propagator] = Propagator.allCases) {
        merger = Merger(options: options, reader: ContextReader(order: order))
    }

    static func parent(_ trace: UInt64, _ span: UInt64, flags: String = "01") -> [(String, String)] {
        [("traceparent", "00-\(hex(0))\(hex(trace))-\(hex(span))-\(flags)")]
    }

    static func hex(_ number: UInt64) -> String {
        let digits = String(number, radix: 16)
        return String(repeating: "0", count: 16 - digits.count) + digits
    }

    static func trace(_ number: UInt64) -> TraceID { TraceID(high: 0, low: number) }

    /// Opens an exchange that another end caused.
    mutating func open(
        _ number: UInt64, _ role: Role, by parent: ExchangeEnd? = nil, _ method: LinkMethod = .thread,
        confidence: Double = 1, headers: [(String, String)] = [], start: UInt64 = 1000, pid: UInt32 = 7,
        peerPort: UInt16? = nil, target: String = "/"
    ) {
        var linked = samples.linked(
            number, role, parent: parent, method: method, headers: headers, target: target, start: start, pid: pid)
        linked.link.confidence = parent == nil ? 0 : confidence
        if let peerPort { linked.exchange.peer.port = peerPort }
        merger.open(linked, fields: samples.fields)
    }

    /// Opens both ends of an exchange: the caller's and the server's.
    mutating func exchange(
        _ number: UInt64, by parent: ExchangeEnd? = nil, confidence: Double = 1, headers: [(String, String)] = [],
        start: UInt64 = 1000, from caller: UInt32 = 7, to server: UInt32 = 8
    ) {
        open(number, .client, by: parent, confidence: confidence, headers: headers, start: start, pid: caller)
        open(number, .server, by: Samples.end(number, .client), .flow, headers: headers, start: start, pid: server)
    }

    @discardableResult
    mutating func close(_ number: UInt64, _ role: Role, start: UInt64 = 1000, pid: UInt32 = 7) -> SpanContext {
        let linked = samples.linked(number, role, phase: .closed, start: start, pid: pid)
        return merger.close(linked, fields: samples.fields)
    }

    /// A process is known by a name under which an SDK sends its spans through us.
    mutating func sends(_ pid: UInt32, as service: String) {
        identify(pid, as: service)
        merger.received([], of: [resource(service)], from: nil, now: merger.wallClock)
    }

    /// Spans have come over a connection of a process, under a name that says nothing of it.
    mutating func sends(from pid: UInt32, as service: String = "of its own") {
        merger.received([], of: [resource(service)], from: Self.process(pid), now: merger.wallClock)
    }

    mutating func identify(_ pid: UInt32, as service: String, instance: String = "") {
        let process = ProcessIdentity(
            key: Self.process(pid), namespacePID: pid, networkNamespace: 1, cgroup: 1, command: (0x61, 0))
        merger.senders.identified(
            process,
            as: ResourceData(attributes: [
                ("service.name", .string(service)), ("service.instance.id", .string(instance)),
                ("host.name", .string("here")),
            ]))
    }

    static func process(_ pid: UInt32) -> ProcessKey { ProcessKey(pid: pid, start: 1) }

    func resource(_ service: String) -> ReceivedResource {
        var resource = ReceivedResource()
        resource.serviceName = service
        return resource
    }

    /// What becomes of a span that is asked about long after it ended.
    mutating func decide(
        _ kind: SpanKind, trace: UInt64, span: UInt64, parent: UInt64 = 0, of service: String = "shop",
        start: UInt64 = 1000, end: UInt64 = 1150, peerPort: UInt16 = 0, now: UInt64 = 10_000_000_000,
        from sender: UInt32? = nil, _ change: (inout ReceivedResource) -> Void = { _ in }
    ) -> ReceivedDecision {
        var received = ReceivedSpan(
            traceID: Self.trace(trace), spanID: span, parentSpanID: parent, kind: kind, start: start, end: end,
            resource: 0)
        received.peerPort = peerPort
        var resource = resource(service)
        change(&resource)
        return merger.decide(
            received, index: 0, of: resource, from: sender.map(Self.process), mustDecide: false, now: now)
    }
}

extension ReceivedDecision {
    var rewrite: SpanRewrite? {
        if case .rewrite(let rewrite) = self { rewrite } else { nil }
    }

    var isUnchanged: Bool {
        if case .unchanged = self { true } else { false }
    }

    var isWait: Bool {
        if case .wait = self { true } else { false }
    }
}
