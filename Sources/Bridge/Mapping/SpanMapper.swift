internal import Capture
internal import OTLP
internal import Propagation

/// An exchange as an OpenTelemetry span, by the semantic conventions in the version that ``OTLP`` names in its schema URL.
struct SpanMapper: Sendable {
    private var options: MappingOptions
    private var baggage: BaggageAttributes
    private var headers: HeaderAttributes
    /// Names spans by their routes.
    var routes: RouteNames
    private var redaction: Redaction

    /// - Parameter options: what the configuration says of spans' texts.
    init(_ options: MappingOptions = MappingOptions()) {
        self.options = options
        baggage = BaggageAttributes(keys: options.baggage)
        headers = HeaderAttributes(names: options.headers, query: options.query)
        routes = RouteNames(templates: options.routes)
        redaction = Redaction(patterns: options.patterns)
    }

    /// Goes by other options from now on; what was learned of routes stays known.
    mutating func use(_ next: MappingOptions) {
        options = next
        baggage = BaggageAttributes(keys: next.baggage)
        headers = HeaderAttributes(names: next.headers, query: next.query)
        routes.templates = next.routes
        redaction.patterns = next.patterns
    }

    /// What was done with spans' texts so far.
    var counters: MappingCounters {
        let routes = routes.counters
        return MappingCounters(
            redaction: redaction.counters, serverRoutes: routes.servers, clientRoutes: routes.clients)
    }

    /// Adds the span of a closed exchange to a batch.
    ///
    /// - Parameters:
    ///   - exchange: the exchange, closed.
    ///   - fields: the buffer that its fields lie in.
    ///   - place: its ids, its parent, and how that was found.
    ///   - resource: whose span it is.
    ///   - serverName: by which name the client knows its server; nil when none is known.
    ///   - wallClockOffset: what to add to the exchange's times, ns.
    mutating func append(
        _ exchange: Exchange, fields: borrowing FieldBuffer, place: SpanContext, resource: ResourceData,
        serverName: String? = nil, wallClockOffset: Int64, to batch: inout SpanBatch
    ) {
        let start = min(exchange.requestStart.time, exchange.end.role == .client ? place.earliest : .max)
        let end = exchange.ended
        var span = SpanData(
            traceID: place.traceID, spanID: place.spanID, parentSpanID: place.parentSpanID,
            kind: exchange.spanKind,
            start: wallClock(start, wallClockOffset), end: wallClock(end, wallClockOffset),
            resource: batch.index(of: resource))
        span.flags = UInt32(place.flags)
        appendState(place, to: &span, in: &batch)
        appendLinks(place, of: exchange.end.id, to: &span, in: &batch)
        let beginning = Redaction.Beginning(of: batch)
        switch exchange.protocol {
        case .http1, .fastcgi: appendHTTP(exchange, fields: fields, resource: resource, to: &span, in: &batch)
        case .http2:
            // A call whose service is not known has an empty one.
            if fields.first(.service, in: exchange.fields) != nil {
                appendCall(exchange, fields: fields, to: &span, in: &batch)
            } else {
                appendHTTP(exchange, fields: fields, resource: resource, to: &span, in: &batch)
            }
        case .dubbo: appendCall(exchange, fields: fields, to: &span, in: &batch)
        case .mysql, .postgresql, .redis, .mongodb, .memcached:
            DatabaseAttributes.append(
                exchange, fields: fields, comments: options.comments, sql: options.sql, to: &span, in: &batch)
        case .kafka, .amqp, .nats, .mqtt:
            MessagingAttributes.append(exchange, fields: fields, to: &span, in: &batch)
        case .dns: DNSAttributes.append(exchange, fields: fields, to: &span, in: &batch)
        case .tls: TLSAttributes.append(exchange, fields: fields, to: &span, in: &batch)
        }
        if let serverName {
            ServerAttributes.name(serverName, exchange, fields: fields, from: beginning.attributes, in: &batch)
        }
        baggage.append(exchange, fields: fields, to: &batch)
        redaction.maskCredentials(of: &span, since: beginning, in: &batch)
        NetworkAttributes.append(exchange, to: &batch)
        appendOwn(exchange, place: place, start: start, to: &batch)
        OutcomeStatus.apply(exchange, to: &span, in: &batch)
        redaction.maskPatterns(of: &span, since: beginning, in: &batch)
        let first = beginning.attributes
        span.attributes = IndexRange(start: UInt32(first), count: UInt32(batch.attributes.count - first))
        batch.append(span)
    }

    private mutating func appendHTTP(
        _ exchange: Exchange, fields: borrowing FieldBuffer, resource: ResourceData, to span: inout SpanData,
        in batch: inout SpanBatch
    ) {
        let method = HTTPAttributes.append(exchange, fields: fields, query: options.query, to: &span, in: &batch)
        routes.append(method, exchange, fields: fields, resource: resource, to: &span, in: &batch)
        headers.append(exchange, fields: fields, isCall: false, to: &batch)
    }

    private func appendCall(
        _ exchange: Exchange, fields: borrowing FieldBuffer, to span: inout SpanData, in batch: inout SpanBatch
    ) {
        RPCAttributes.append(exchange, fields: fields, to: &span, in: &batch)
        headers.append(exchange, fields: fields, isCall: true, to: &batch)
    }

    private func wallClock(_ time: UInt64, _ offset: Int64) -> UInt64 { time &+ UInt64(bitPattern: offset) }

    /// The vendor state as it came, but for what sampling has to say there.
    private func appendState(_ place: SpanContext, to span: inout SpanData, in batch: inout SpanBatch) {
        span.traceState = place.traceState.withUnsafeBytes { state in
            switch place.sampling.written {
            case .threshold(let threshold): SamplingState.append(state, threshold: threshold, to: &batch)
            case .nothing: SamplingState.append(state, threshold: nil, to: &batch)
            case nil: state.isEmpty ? .empty : batch.append(bytes: state)
            }
        }
    }

    /// The contexts that are not above it, and where the rest of its tree is. Links' attributes must not lie between the
    /// span's.
    private func appendLinks(
        _ place: SpanContext, of id: ExchangeID, to span: inout SpanData, in batch: inout SpanBatch
    ) {
        guard !place.links.isEmpty || place.apartFrom != nil || place.linksToServer else { return }
        let first = batch.links.count
        for link in place.links {
            batch.append(SpanLink(traceID: link.context.trace, spanID: link.context.spanID))
        }
        if let former = place.apartFrom { batch.append(SpanLink(traceID: former.trace, spanID: former.span)) }
        if place.linksToServer {
            let server = ExchangeEnd(id: id, role: .server)
            batch.append(SpanLink(traceID: IDScheme.traceID(of: id), spanID: IDScheme.spanID(of: server)))
        }
        span.links = IndexRange(start: UInt32(first), count: UInt32(batch.links.count - first))
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
