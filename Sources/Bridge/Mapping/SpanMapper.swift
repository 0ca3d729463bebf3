internal import Capture
internal import OTLP
internal import Propagation

/// An exchange as an OpenTelemetry span, by the semantic conventions in the version that ``OTLP`` names in its schema URL.
struct SpanMapper: Sendable {
    private var baggage: BaggageAttributes
    /// Reads the comments of statements; nil leaves them unread.
    private let comments: SQLCommentReader?

    /// - Parameters:
    ///   - baggage: members of baggage that become attributes.
    ///   - comments: reads the comments of statements; nil leaves them unread.
    init(baggage: [String] = [], comments: SQLCommentReader? = SQLCommentReader()) {
        self.baggage = BaggageAttributes(keys: baggage)
        self.comments = comments
    }

    /// Adds the span of a closed exchange to a batch.
    ///
    /// - Parameters:
    ///   - exchange: the exchange, closed.
    ///   - fields: the buffer that its fields lie in.
    ///   - place: its ids, its parent, and how that was found.
    ///   - resource: whose span it is.
    ///   - wallClockOffset: what to add to the exchange's times, ns.
    mutating func append(
        _ exchange: Exchange, fields: borrowing FieldBuffer, place: SpanContext, resource: ResourceData,
        wallClockOffset: Int64, to batch: inout SpanBatch
    ) {
        let start = min(exchange.requestStart.time, exchange.end.role == .client ? place.earliest : .max)
        let end = exchange.ended
        var span = SpanData(
            traceID: place.traceID, spanID: place.spanID, parentSpanID: place.parentSpanID,
            kind: exchange.spanKind,
            start: wallClock(start, wallClockOffset), end: wallClock(end, wallClockOffset),
            resource: batch.index(of: resource))
        span.flags = UInt32(place.flags)
        if !place.traceState.isEmpty {
            span.traceState = place.traceState.withUnsafeBytes { batch.append(bytes: $0) }
        }
        appendLinks(place, to: &span, in: &batch)
        let first = batch.attributes.count
        switch exchange.protocol {
        case .http1, .fastcgi: HTTPAttributes.append(exchange, fields: fields, to: &span, in: &batch)
        case .http2:
            // A call whose service is not known has an empty one.
            if fields.first(.service, in: exchange.fields) != nil {
                RPCAttributes.append(exchange, fields: fields, to: &span, in: &batch)
            } else {
                HTTPAttributes.append(exchange, fields: fields, to: &span, in: &batch)
            }
        case .dubbo: RPCAttributes.append(exchange, fields: fields, to: &span, in: &batch)
        case .mysql, .postgresql, .redis, .mongodb, .memcached:
            DatabaseAttributes.append(exchange, fields: fields, comments: comments, to: &span, in: &batch)
        case .kafka, .amqp, .nats, .mqtt:
            MessagingAttributes.append(exchange, fields: fields, to: &span, in: &batch)
        case .dns: DNSAttributes.append(exchange, fields: fields, to: &span, in: &batch)
        case .tls: TLSAttributes.append(exchange, fields: fields, to: &span, in: &batch)
        }
        NetworkAttributes.append(exchange, to: &batch)
        baggage.append(exchange, fields: fields, to: &batch)
        appendOwn(exchange, place: place, start: start, to: &batch)
        OutcomeStatus.apply(exchange, to: &span, in: &batch)
        span.attributes = IndexRange(start: UInt32(first), count: UInt32(batch.attributes.count - first))
        batch.append(span)
    }

    private func wallClock(_ time: UInt64, _ offset: Int64) -> UInt64 { time &+ UInt64(bitPattern: offset) }

    /// The contexts that are not above it. Links' attributes must not lie between the span's.
    private func appendLinks(_ place: SpanContext, to span: inout SpanData, in batch: inout SpanBatch) {
        guard !place.links.isEmpty else { return }
        let first = batch.links.count
        for link in place.links {
            batch.append(SpanLink(traceID: link.context.trace, spanID: link.context.spanID))
        }
        span.links = IndexRange(start: UInt32(first), count: UInt32(place.links.count))
    }

    /// The ids of SkyWalking's context as they stood on the wire.
    private func appendSkyWalking(_ ids: SkyWalkingIDs, to batch: inout SpanBatch) {
        ids.traceID.withUnsafeBytes { batch.append("sw8.trace_id", bytes: $0) }
        ids.segmentID.withUnsafeBytes { batch.append("sw8.segment_id", bytes: $0) }
        batch.append("sw8.span_id", int: Int64(ids.spanIndex))
    }

    /// What only we say.
    private func appendOwn(_ exchange: Exchange, place: SpanContext, start: UInt64, to batch: inout SpanBatch) {
        if exchange.requestStart.thread != 0 {
            batch.append("thread.id", int: Int64(exchange.requestStart.thread))
        }
        batch.append("interspan.exchange.id", hexadecimal: exchange.end.id)
        batch.append("interspan.link.method", text: place.join.name)
        batch.append(Attribute(key: .known("interspan.link.confidence"), value: .double(place.confidence)))
        if let ids = place.skyWalking { appendSkyWalking(ids, to: &batch) }
        if exchange.responseStart.time > start {
            batch.append("interspan.first_byte_ns", int: Int64(clamping: exchange.responseStart.time - start))
        }
    }
}
