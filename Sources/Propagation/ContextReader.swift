/// Reads the trace contexts of one message after the other: the fields that carry one go in, in the order in which they
/// stand on the message, and the context that counts comes out.
///
/// ```swift
/// reader.begin()
/// for field in contextFields { reader.add(name: field.name, value: field.value, at: .header, part: field.part) }
/// switch reader.finish() { ... reader.withTracestate { ... } }
/// ```
///
/// Where a message has contexts of several dialects, the configured order decides; the others are ``others``. A batch of
/// messages has a part for each: contexts of one part belong together, and parts that name different spans make the
/// result ``ContextResult/several``. The bytes are used only during the call that brings them, and nothing is allocated
/// per message once it has grown.
public struct ContextReader: Sendable {
    /// Most contexts beside the one that counts.
    public static let maximumOthers = 128

    /// What was read and what was ignored so far.
    public private(set) var counters = PropagationCounters()
    /// After ``finish()``: the valid contexts that are not the one that counts, each once, in the order of precedence, at
    /// most ``maximumOthers``.
    public private(set) var others: [ContextReading] = []
    /// How many more there were.
    public private(set) var othersLeftOut: UInt32 = 0
    /// After ``finish()``: the ids of SkyWalking's context as they stood on the message, if it had a valid one.
    public private(set) var skyWalking: SkyWalkingIDs?
    private let order: [Propagator]
    private var traceContext = TraceContextCarrier()

    /// A reader of these dialects, of which the first on a message counts. Repeated ones are the same as one.
    public init(order: [Propagator] = Propagator.allCases) {
        var known: [Propagator] = []
        for propagator in order where !known.contains(propagator) { known.append(propagator) }
        self.order = known
    }

    /// A new message.
    public mutating func begin() {
        traceContext.removeAll()
        others.removeAll(keepingCapacity: true)
        othersLeftOut = 0
    }

    /// The next field of the message. Names match in any case; those that carry no context are ignored.
    ///
    /// - Parameter part: which message of a batch it is from; parts come one after the other.
    public mutating func add(
        name: UnsafeRawBufferPointer, value: UnsafeRawBufferPointer, at place: ContextPlace = .header, part: UInt16 = 0
    ) {
        guard let name = ContextName(name), order.contains(name.propagator) else { return }
        switch name {
        case .traceparent: traceContext.add(traceparent: value)
        case .tracestate: traceContext.add(tracestate: value)
        }
    }

    /// The message is over: what its contexts come to.
    public mutating func finish() -> ContextResult {
        for propagator in order where propagator == .tracecontext {
            if let context = traceContext.finish(&counters) {
                return .one(ContextReading(context: context, propagator: .tracecontext, place: .header))
            }
        }
        return .none
    }

    /// The vendor state (`tracestate`) beside the context that was just read, for the time of the call; empty when there
    /// is none, it is invalid, or a context of another dialect counts.
    public func withTracestate<R>(_ body: (UnsafeRawBufferPointer) throws -> R) rethrows -> R {
        try traceContext.state.bytes.withUnsafeBytes(body)
    }
}
