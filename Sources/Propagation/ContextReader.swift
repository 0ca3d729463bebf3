/// Reads the trace context of one message after the other: the fields that carry one go in, in the order in which they
/// stand on the message, and the context that counts comes out.
///
/// ```swift
/// reader.begin()
/// for field in contextFields { reader.add(name: field.name, value: field.value) }
/// if let read = reader.finish() { ... reader.withTracestate { ... } }
/// ```
///
/// Where a message has contexts of several dialects, the configured order decides. The bytes are used only during the
/// call that brings them, and nothing is allocated per message.
public struct ContextReader: Sendable {
    /// A context that counts, and the dialect it was in.
    public struct Reading: Hashable, Sendable {
        /// The context.
        public var context: TraceContext
        /// Its dialect.
        public var propagator: Propagator
    }

    /// What was read and what was ignored so far.
    public private(set) var counters = PropagationCounters()
    private let order: [Propagator]
    private var traceContext = TraceContextCarrier()

    /// A reader of these dialects, of which the first on a message counts. Repeated ones are the same as one.
    public init(order: [Propagator] = Propagator.allCases) {
        var known: [Propagator] = []
        for propagator in order where !known.contains(propagator) { known.append(propagator) }
        self.order = known
    }

    /// A new message.
    public mutating func begin() { traceContext.removeAll() }

    /// The next field of the message. Names match in any case; those that carry no context are ignored.
    public mutating func add(name: UnsafeRawBufferPointer, value: UnsafeRawBufferPointer) {
        guard let name = ContextName(name), order.contains(name.propagator) else { return }
        switch name {
        case .traceparent: traceContext.add(traceparent: value)
        case .tracestate: traceContext.add(tracestate: value)
        }
    }

    /// The message is over: its context, nil when it has none that is valid.
    public mutating func finish() -> Reading? {
        for propagator in order {
            switch propagator {
            case .tracecontext:
                if let context = traceContext.finish(&counters) {
                    return Reading(context: context, propagator: .tracecontext)
                }
            }
        }
        return nil
    }

    /// The vendor state (`tracestate`) beside the context that was just read, for the time of the call; empty when there
    /// is none or it is invalid.
    public func withTracestate<R>(_ body: (UnsafeRawBufferPointer) throws -> R) rethrows -> R {
        try traceContext.state.bytes.withUnsafeBytes(body)
    }
}
