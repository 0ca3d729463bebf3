@testable import Bridge
@testable import Capture
@testable import Correlate
@testable import OTLP

/// Spans for derived metrics.
enum DerivedSamples {
    /// Takes in one end of a request of `shop` to `orders`.
    static func take(
        _ number: UInt64, _ role: Role, service: String? = nil, name: String = "GET /", seconds: Double = 0.003,
        failed: Bool = false, parent: UInt64 = 1, message: MessageOperation = .none, peer: String = "10.0.0.1",
        protocol identity: ApplicationProtocol = .http1, into derived: inout DerivedMetrics
    ) {
        var samples = Samples()
        var exchange = samples.linked(number, role, phase: .closed).exchange
        exchange.message = message
        exchange.protocol = identity
        let service = service ?? (role == .client ? "shop" : "orders")
        var batch = SpanBatch()
        var span = SpanData(
            traceID: TraceID(high: 1, low: 1), spanID: 2, parentSpanID: parent, kind: exchange.spanKind, start: 10,
            end: 10 + UInt64(seconds * 1e9),
            resource: batch.index(of: ResourceData(attributes: [("service.name", .string(service))])))
        span.name = batch.append(string: name)
        span.status = failed ? .error : .unset
        if !peer.isEmpty {
            let value = batch.append(string: peer)
            batch.append(Attribute(key: .known("server.address"), value: .string(value)))
            span.attributes = IndexRange(start: 0, count: 1)
        }
        batch.append(span)
        derived.take(exchange, in: batch)
    }

    /// The page of derived metrics alone.
    static func page(_ derived: DerivedMetrics) -> MetricPage {
        var page = MetricPage()
        page.write(derived)
        return page
    }
}
