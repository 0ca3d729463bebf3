internal import Capture
internal import OTLP

/// A call of ours, and the request of ours on whose behalf it was made: told by the spans of an SDK, so that correlation
/// can learn from it.
struct CallProof: Sendable, Equatable {
    /// The client end.
    var call: ExchangeEnd
    /// The server end.
    var request: ExchangeEnd
}

/// Finds out from the spans of SDKs which request a call was made for: the call carries the context of a span that lies,
/// through any number of others of its service, below the SDK's span of a request that we have seen as well.
///
/// Spans come in any order, mostly children before their parents. A call waits at the topmost span that is known above it,
/// and climbs when more is known. Bounded: the spans heard of first make room, and what waits there is given up.
struct ProvedCalls {
    /// Calls that wait at one span at most.
    private static let maximumCalls = 64

    private struct Call {
        var end: ExchangeEnd
        var process: ProcessKey
    }

    /// What is known of a span.
    private struct State {
        /// What it hangs from; 0 while that is not known.
        var parent: UInt64 = 0
        /// The request it is about.
        var request: ExchangeEnd?
        /// Whose that is.
        var process = ProcessKey.none
        /// Calls below it of which it is not known yet what they were made for.
        var calls: [Call] = []
    }

    private let maximum: Int
    private var states: [SpanKey: State] = [:]
    /// Spans in the order in which they were heard of: a ring.
    private var order: [SpanKey] = []
    private var next = 0
    private var found: [CallProof] = []
    /// Spans that are looked through at most from a call up to its request.
    private static let deepest = 64

    /// - Parameter maximum: most spans that are remembered.
    init(maximum: Int) { self.maximum = max(maximum, 1) }

    /// A call of ours carries the context of a span.
    mutating func called(_ call: ExchangeEnd, in process: ProcessKey, below span: SpanKey) {
        climb([Call(end: call, process: process)], from: span)
    }

    /// A span of an SDK that is about no request hangs from another.
    mutating func made(_ span: SpanKey, below parent: UInt64) {
        guard parent != 0, parent != span.span else { return }
        let calls = change(span) { state in
            state.parent = parent
            defer { state.calls = [] }
            return state.calls
        }
        if !calls.isEmpty { climb(calls, from: span) }
    }

    /// A span of an SDK is about a request of ours.
    mutating func handled(_ request: ExchangeEnd, in process: ProcessKey, by span: SpanKey) {
        let calls = change(span) { state in
            state.request = request
            state.process = process
            defer { state.calls = [] }
            return state.calls
        }
        if !calls.isEmpty { climb(calls, from: span) }
    }

    /// What was proved since the last call, one after the other.
    mutating func nextProof() -> CallProof? { found.popLast() }

    private mutating func climb(_ calls: [Call], from span: SpanKey) {
        var place = span
        for _ in 0..<ProvedCalls.deepest {
            let state = states[place]
            if let state, let request = state.request {
                // A context that was passed on names a span of another process.
                for call in calls where call.process == state.process && call.end.id != request.id {
                    found.append(CallProof(call: call.end, request: request))
                }
                return
            }
            guard let parent = state?.parent, parent != 0 else { break }
            place.span = parent
        }
        change(place) { state in
            let room = ProvedCalls.maximumCalls - state.calls.count
            state.calls.append(contentsOf: calls.prefix(room))
        }
    }

    @discardableResult
    private mutating func change<R>(_ span: SpanKey, _ body: (inout State) -> R) -> R {
        if states[span] == nil {
            if order.count < maximum {
                order.append(span)
            } else {
                states[order[next]] = nil
                order[next] = span
            }
            next = (next + 1) % maximum
        }
        return body(&states[span, default: State()])
    }
}
