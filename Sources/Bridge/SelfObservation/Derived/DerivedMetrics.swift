internal import Capture
internal import OTLP

/// Rate, errors and durations of the requests that were seen, and who calls whom. A value on Bridge's thread; time is given.
///
/// Every span that is made counts, whether it is exported or not: what is sampled out has happened as well.
struct DerivedMetrics: Sendable {
    /// What one series of spans has.
    struct SpanValues: Sendable {
        var durations = DurationHistogram()
    }

    /// What one edge of the graph has.
    struct EdgeValues: Sendable {
        var requests: UInt64 = 0
        var failed: UInt64 = 0
        /// Of those of which the server was seen.
        var server = DurationHistogram()
        /// Of those of which the client was seen.
        var client = DurationHistogram()
    }

    /// The names of the labels of spans.
    static let spanLabels = ["service", "span_name", "span_kind", "status_code", "server_address"]
    /// The names of the labels of edges.
    static let edgeLabels = ["client", "server", "connection_type"]
    /// How often idle series are looked for, ns.
    static let sweepInterval: UInt64 = 60_000_000_000

    /// Spans by service, name, kind, status and whom they call.
    private(set) var spans: SeriesTable<SpanValues>
    /// Requests by client and server.
    private(set) var edges: SeriesTable<EdgeValues>
    /// Requests of which one end was seen so far.
    private var halves: EdgeHalves
    private var key = SeriesKey()
    private var now: UInt64 = 0
    private var nextSweep: UInt64 = 0

    /// - Parameters:
    ///   - maximumSpanSeries: most series of spans.
    ///   - maximumEdges: most edges.
    ///   - maximumHalves: most requests that wait for their other end.
    init(maximumSpanSeries: Int = 2000, maximumEdges: Int = 1000, maximumHalves: Int = 16_384) {
        spans = SeriesTable(maximum: maximumSpanSeries, initial: SpanValues())
        edges = SeriesTable(maximum: maximumEdges, initial: EdgeValues())
        halves = EdgeHalves(maximum: maximumHalves)
    }

    /// Spans whose other end was not seen and is nobody that has a name.
    var unpaired: UInt64 { halves.unpaired }
    /// Spans that there was no room for among those that wait for their other end.
    var dropped: UInt64 { halves.dropped }

    /// Says what time it is, ns of CLOCK_MONOTONIC: requests of which one end alone was seen are counted as such, and idle
    /// series forgotten.
    mutating func advance(to time: UInt64) {
        now = max(now, time)
        while let edge = halves.expire(before: now) { count(edge) }
        guard now >= nextSweep else { return }
        nextSweep = now &+ Self.sweepInterval
        spans.sweep(now: now)
        edges.sweep(now: now)
    }

    /// Takes in the span that was just added to a batch.
    mutating func take(_ exchange: Exchange, in batch: borrowing SpanBatch) {
        guard let span = batch.spans.last, Int(span.resource) < batch.resources.count else { return }
        let service = batch.resources[Int(span.resource)].serviceName
        let duration = span.end > span.start ? span.end - span.start : 0
        key.removeAll()
        key.append(service)
        batch.withBytes(of: span.name) { key.append($0) }
        key.append(span.kind.label)
        key.append(span.status.label)
        // Who calls a server is anybody; whom a client calls is few.
        if exchange.isAtClient { batch.withServerAddress(of: span) { key.append($0) } } else { key.append("") }
        spans.update(key, now: now) { $0.durations.add(duration) }
        // Of what is below TLS nothing is seen but that it begins.
        guard exchange.protocol != .tls else { return }
        let half = EdgeHalves.Half(
            service: service, duration: duration, hasFailed: span.status == .error, isRoot: span.parentSpanID == 0,
            type: EdgeType(exchange),
            peer: exchange.isAtClient ? batch.withServerAddress(of: span) { String(decoding: $0, as: UTF8.self) } : "",
            isCaller: exchange.isCaller, since: now)
        if let edge = halves.take(half, of: exchange.end.id) { count(edge) }
    }

    private mutating func count(_ edge: EdgeHalves.Edge) {
        key.removeAll()
        key.append(edge.client)
        key.append(edge.server)
        key.append(edge.type.label)
        edges.update(key, now: now) { values in
            values.requests &+= 1
            if edge.hasFailed { values.failed &+= 1 }
            if let duration = edge.clientDuration { values.client.add(duration) }
            if let duration = edge.serverDuration { values.server.add(duration) }
        }
    }
}

extension Exchange {
    /// Whether this end is the one that messages or requests come from: of a delivery that is the broker.
    fileprivate var isCaller: Bool {
        switch message {
        case .receive, .process: !isAtClient
        case .none, .send, .settle: isAtClient
        }
    }
}

extension SpanBatch {
    /// `server.address` of a span, or else the address that it speaks with; empty when it has neither.
    fileprivate borrowing func withServerAddress<R>(of span: SpanData, _ body: (UnsafeRawBufferPointer) -> R) -> R {
        let first = Int(span.attributes.start)
        for wanted: StaticString in ["server.address", "network.peer.address"] {
            for index in first..<(first + Int(span.attributes.count)) where index < attributes.count {
                guard case .known(let name) = attributes[index].key, name.isSame(as: wanted) else { continue }
                switch attributes[index].value {
                case .string(let range): return withBytes(of: range, body)
                case .text(let text):
                    return body(UnsafeRawBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount))
                case .int, .double, .bool, .list: continue
                }
            }
        }
        return body(UnsafeRawBufferPointer(start: nil, count: 0))
    }
}

extension StaticString {
    /// Whether both say the same.
    fileprivate func isSame(as other: StaticString) -> Bool {
        utf8CodeUnitCount == other.utf8CodeUnitCount
            && UnsafeRawBufferPointer(start: utf8Start, count: utf8CodeUnitCount)
                .elementsEqual(UnsafeRawBufferPointer(start: other.utf8Start, count: other.utf8CodeUnitCount))
    }
}

extension SpanKind {
    /// As opentelemetry-proto names it.
    fileprivate var label: StaticString {
        switch self {
        case .unspecified: "SPAN_KIND_UNSPECIFIED"
        case .internal: "SPAN_KIND_INTERNAL"
        case .server: "SPAN_KIND_SERVER"
        case .client: "SPAN_KIND_CLIENT"
        case .producer: "SPAN_KIND_PRODUCER"
        case .consumer: "SPAN_KIND_CONSUMER"
        }
    }
}

extension StatusCode {
    /// As opentelemetry-proto names it.
    fileprivate var label: StaticString {
        switch self {
        case .unset: "STATUS_CODE_UNSET"
        case .ok: "STATUS_CODE_OK"
        case .error: "STATUS_CODE_ERROR"
        }
    }
}
