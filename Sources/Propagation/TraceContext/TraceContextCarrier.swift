/// Puts together the W3C context of one message from its headers: what `traceparent` says, and with it `tracestate`.
///
/// More than one traceparent makes all of them invalid, equal ones too. A tracestate alone means nothing, and an invalid
/// one takes nothing from the traceparent.
struct TraceContextCarrier {
    private var state = Tracestate()
    private var parents = 0
    private var states = 0
    /// What the one traceparent says, when it is valid.
    private(set) var context: TraceContext?

    /// Forgets everything and keeps the memory.
    mutating func removeAll() {
        if states > 0 { state.removeAll() }
        parents = 0
        states = 0
        context = nil
    }

    mutating func add(traceparent value: UnsafeRawBufferPointer) {
        parents += 1
        context = parents == 1 ? TraceparentParser.parse(value) : nil
    }

    mutating func add(tracestate value: UnsafeRawBufferPointer) {
        states += 1
        state.add(value)
    }

    /// The context of all that was added, if it is valid. Counts what became of it.
    mutating func finish(_ counters: inout PropagationCounters) -> TraceContext? {
        if let context {
            counters[.tracecontext, .read] &+= 1
            if !state.isValid { counters[.tracecontext, .invalidState] &+= 1 }
            return context
        }
        if parents > 1 {
            counters[.tracecontext, .repeated] &+= 1
        } else if parents == 1 {
            counters[.tracecontext, .invalid] &+= 1
        } else if states > 0 {
            counters[.tracecontext, .strayState] &+= 1
        }
        if states > 0 { state.removeAll() }
        return nil
    }

    /// Exchanges the vendor state with another, which is to be empty.
    mutating func swapState(with other: inout Tracestate) { swap(&state, &other) }
}
