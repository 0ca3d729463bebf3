internal import Capture
internal import Correlate

/// Spans as what the agent would have observed of them, in the order in which it happened, for the same ``Correlator``; and
/// what it found.
///
/// A request (server, consumer) is a server end, all else (client, producer, internal) the client end of an exchange of its
/// own: what was done on some request's behalf. Which calls reach which requests is ``AcrossMatching``'s to find.
struct FileObservations: ~Copyable {
    /// Events that the correlator is given at once.
    private static let batch = 4096

    private let trust: ThreadTrust
    private var correlator: Correlator
    private var observed = ObservationBatch()
    private var linked = LinkedBatch()

    init(_ spans: borrowing FileSpans) {
        trust = ThreadTrust(spans)
        var options = CorrelateOptions()
        // Nothing comes late in a file, and no call is seen from its other end.
        options.grace = 0
        // More than an agent needs, since nobody else needs the memory; but no more than there are spans.
        let most = max(spans.byStart.count, 1024)
        options.maximumExchanges = min(most, 1 << 20)
        options.maximumUnits = min(most, 1 << 17)
        options.maximumSockets = 1024
        options.maximumRequestIDs = min(most, 1 << 18)
        options.maximumProcesses = min(most, 1 << 16)
        options.maxMemory = 512 << 20
        correlator = Correlator(options: options)
    }

    /// Finds for each span the request of the same owner on whose behalf it was made.
    ///
    /// - Parameter progress: told how many spans have begun.
    mutating func run(_ spans: inout FileSpans, progress: (Int) -> Void) {
        var ended = 0
        for begun in 0..<spans.byStart.count {
            let index = spans.byStart[begun]
            let span = spans.spans[Int(index)]
            while ended < spans.byEnd.count {
                let other = spans.byEnd[ended]
                let over = spans.spans[Int(other)]
                guard over.end < span.start else { break }
                close(over, other, &spans)
                ended += 1
            }
            open(span, index, spans.details(of: span))
            if observed.observations.count >= FileObservations.batch {
                consume(&spans)
                progress(begun)
            }
        }
        while ended < spans.byEnd.count {
            let other = spans.byEnd[ended]
            close(spans.spans[Int(other)], other, &spans)
            ended += 1
        }
        consume(&spans)
        correlator.finish(into: &linked)
        take(&spans)
    }

    private mutating func open(_ span: FileSpan, _ index: UInt32, _ details: FileSpanDetails?) {
        var exchange = exchange(span, index)
        let first = observed.fields.fields.count
        withUnsafeBytes(of: span.operation) {
            observed.fields.append(.operation, .requestHeader, value: $0)
        }
        if let details {
            for place in 0..<details.ids.count where details.ids[place] != 0 {
                withUnsafeBytes(of: details.ids[place]) {
                    observed.fields.append(.requestID, .requestHeader, value: $0)
                }
            }
        }
        let count = observed.fields.fields.count - first
        exchange.fields = FieldRange(start: UInt32(first), count: UInt32(count))
        observed.observations.append(.opened(exchange))
        observed.watermark = max(observed.watermark, span.start)
    }

    private mutating func close(_ span: FileSpan, _ index: UInt32, _ spans: inout FileSpans) {
        var exchange = exchange(span, index)
        let point = point(of: span, at: span.end)
        exchange.outcome = .complete
        exchange.responseStart = point
        exchange.responseEnd = point
        exchange.ended = span.end
        observed.observations.append(.closed(exchange))
        observed.watermark = max(observed.watermark, span.end)
        if observed.observations.count >= FileObservations.batch { consume(&spans) }
    }

    private func exchange(_ span: FileSpan, _ index: UInt32) -> Exchange {
        let point = point(of: span, at: span.start)
        // Mixed, since tables find it by the lower half.
        let id = ExchangeID(high: UInt64(index), low: Mixer.mix(UInt64(index) &+ 1))
        let nowhere = Endpoint(ipv4: 0, port: 0)
        var exchange = Exchange(
            end: ExchangeEnd(id: id, role: span.isRequest ? .server : .client), protocol: .http1,
            socket: UInt64(index) &+ 1,
            process: ProcessIdentity(
                key: point.process, namespacePID: 0, networkNamespace: 0, cgroup: 0, command: (0, 0)), local: nowhere,
            peer: nowhere, requestStart: point)
        exchange.isRequestWhole = true
        return exchange
    }

    /// That a thread handles one request at a time is known, but not when it waits.
    private func point(of span: FileSpan, at time: UInt64) -> ExecutionPoint {
        ExecutionPoint(
            time: time, process: ProcessKey(pid: span.owner &+ 1, start: UInt64(span.owner) &+ 1),
            thread: trust.thread(of: span), turn: ExecutionPoint.unknownTurn)
    }

    private mutating func consume(_ spans: inout FileSpans) {
        correlator.consume(observed, into: &linked)
        observed.removeAll()
        take(&spans)
    }

    private mutating func take(_ spans: inout FileSpans) {
        for exchange in linked.exchanges where exchange.phase == .opened {
            guard let index = Int(exactly: exchange.exchange.end.id.high), index < spans.placings.count else {
                continue
            }
            var placing = FilePlacing()
            placing.method = exchange.link.method.rawValue
            placing.confidence = Float(exchange.link.confidence)
            if let parent = exchange.link.parent, let cause = UInt32(exactly: parent.id.high) { placing.parent = cause }
            spans.placings[index] = placing
        }
        linked.removeAll()
    }
}
