internal import Capture

/// What sampling has to know of a span before it is over: noted when its request opens, and handed down to what that
/// causes, so that every span of ours speaks for the topmost one.
struct SamplingNote {
    /// ``OperationKey`` of the topmost request; 0 where nobody asks.
    var operation: UInt64 = 0
    /// When the topmost request of ours began, ns of the source's clock; 0 when that is not known.
    var rootStart: UInt64 = 0
    /// Whether this request, or one above it, carries a header by which it asks to be traced.
    var isMarked = false
    /// Whether it was decided that the span leaves, whatever becomes of others of its trace.
    var isKept = false
    /// What is written into the span's `tracestate`; nil leaves that as it came.
    var written: Written?

    /// What a `tracestate` says of the probability with which its trace was kept.
    enum Written {
        /// This threshold.
        case threshold(SamplingThreshold)
        /// Nothing: it was kept for what happened in it.
        case nothing
    }
}

/// Makes notes of requests.
struct SamplingNotes: Sendable {
    /// Names, in lower case, of headers by which a request asks to be traced.
    var headers: [[UInt8]] = []
    /// Whether somebody asks for operations.
    var needsOperations = false

    /// Notes what a request says at its opening, on a place that has what is above it already.
    func note(_ exchange: Exchange, _ fields: borrowing FieldBuffer, on place: inout SpanContext) {
        if place.sampling.rootStart == 0 {
            place.sampling.rootStart = exchange.requestStart.time
            if needsOperations { place.sampling.operation = OperationKey.of(exchange, fields) }
        }
        if !headers.isEmpty, !place.sampling.isMarked { place.sampling.isMarked = isMarked(exchange, fields) }
    }

    private func isMarked(_ exchange: Exchange, _ fields: borrowing FieldBuffer) -> Bool {
        let range = exchange.fields
        for index in Int(range.start)..<Int(range.start + range.count) {
            let field = fields.fields[index]
            guard field.key == .header, field.carrier != .responseHeader else { continue }
            if fields.withBytes(of: field.name, { name in headers.contains { isEqual(name, $0) } }) { return true }
        }
        return false
    }

    private func isEqual(_ name: UnsafeRawBufferPointer, _ wanted: [UInt8]) -> Bool {
        guard name.count == wanted.count else { return false }
        for index in 0..<name.count {
            let byte = name[index]
            guard (byte &- 0x41 < 26 ? byte | 0x20 : byte) == wanted[index] else { return false }
        }
        return true
    }
}
