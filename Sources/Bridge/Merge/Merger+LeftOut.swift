internal import Capture
internal import Correlate
internal import Propagation

/// What is telemetry itself, and what was done because of it.
extension Merger {
    /// Marks the place of an exchange of which no span is made.
    ///
    /// What was caused by one that is left out goes with it where that is certain, so that the ping of a health check does not
    /// stay behind as a trace of its own each second. What is not certain stays, as a root: nothing may hang from a span that
    /// nobody sends. So does what carries a context of its own: somebody else records that trace.
    ///
    /// - Parameters:
    ///   - cause: the place of what caused it, if that is left out.
    ///   - result: the contexts that it carries.
    /// - Returns: false, with everything as it was, if a span is made.
    func leaveOut(
        _ linked: LinkedExchange, _ fields: borrowing FieldBuffer, caused cause: SpanContext?,
        carrying result: ContextResult, at place: inout SpanContext
    ) -> Bool {
        if let kind = TelemetryKind(linked.exchange, fields) {
            place.leftOut = kind
            return true
        }
        guard let cause else { return false }
        if linked.link.method == .flow {
            // The other end of the very same: both go, or none.
            place.leftOut = cause.leftOut
            place.certainty = cause.certainty
            return true
        }
        let certainty = cause.certainty * linked.link.confidence
        guard certainty >= Merger.certain, !linked.link.method.isLikelihood else { return false }
        switch result {
        case .none: break
        case .one(let reading): guard cause.hasReceived(reading.context) else { return false }
        case .several: return false
        }
        place.leftOut = .caused
        place.certainty = certainty
        return true
    }
}
