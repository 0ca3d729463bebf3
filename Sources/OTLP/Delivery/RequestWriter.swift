/// Makes request bodies of portions: encoded, compressed, framed, and split when one would be too large for the backend.
/// Not for several threads at once.
final class RequestWriter {
    /// A request, and what did not go into it.
    struct Written {
        /// How many items are in it.
        var items: Int
        /// What is for the next request.
        var remaining: [Portion.Content]
        /// Whether it can be sent.
        var isGood: Bool
    }

    private let binding: any ProtocolBinding
    private let largestCount: Int
    private let encoder: TelemetryEncoder
    private let gzip = Gzip()
    private let uncompressed = ByteBuffer()

    /// A writer.
    /// - Parameter largestCount: most items of a request; 0: no limit.
    init(_ binding: any ProtocolBinding, _ signal: Signal, largestCount: Int = 0) {
        self.binding = binding
        self.largestCount = largestCount > 0 ? largestCount : Int.max
        encoder = TelemetryEncoder(binding.encoding, signal)
    }

    /// Writes the next request of what is left of a portion.
    ///
    /// If it would be larger than ``ProtocolBinding/largestRequest``, or have more items than a request may have (a queue on
    /// disk keeps what was received in one piece), its contents are halved until it is not, or until one item is left,
    /// which a backend that takes larger messages may still take.
    func write(_ contents: [Portion.Content], into body: ByteBuffer) -> Written {
        var contents = contents
        var remaining: [Portion.Content] = []
        func isHalved() -> Bool {
            guard let (first, second) = contents.halves else { return false }
            contents = first
            remaining = second + remaining
            return true
        }
        while true {
            let items = contents.reduce(0) { $0 + $1.count }
            if items > largestCount, isHalved() { continue }
            body.removeAll()
            _ = body.reserve(binding.prefixLength)
            body.advance(by: binding.prefixLength)
            let size = encode(contents, into: body)
            if size > binding.largestRequest, isHalved() { continue }
            let isGood = compress(into: body) && binding.frame(body)
            return Written(items: items, remaining: remaining, isGood: isGood)
        }
    }

    /// Bytes of the request before compression, which go where the next step expects them.
    private func encode(_ contents: [Portion.Content], into body: ByteBuffer) -> Int {
        guard binding.isCompressed else {
            encoder.encode(contents, into: body)
            return body.count - binding.prefixLength
        }
        uncompressed.removeAll()
        encoder.encode(contents, into: uncompressed)
        return uncompressed.count
    }

    private func compress(into body: ByteBuffer) -> Bool {
        !binding.isCompressed || gzip.compress(uncompressed.bytes, into: body)
    }
}

extension [Portion.Content] {
    /// Two halves, in order; nil when there is nothing to divide.
    var halves: ([Portion.Content], [Portion.Content])? {
        if count > 1 { return (Array(self[..<(count / 2)]), Array(self[(count / 2)...])) }
        if case .received(let batch)? = first, batch.items > 1 {
            let halves = batch.split(maxItems: (batch.items + 1) / 2).map { Portion.Content.received($0) }
            return halves.count == 2 ? ([halves[0]], [halves[1]]) : nil
        }
        guard case .spans(let slice)? = first, slice.count > 1 else { return nil }
        let middle = slice.range.lowerBound + slice.count / 2
        let halves = [slice.range.lowerBound..<middle, middle..<slice.range.upperBound]
        return (
            [.spans(SpanSlice(batch: slice.batch, range: halves[0]))],
            [.spans(SpanSlice(batch: slice.batch, range: halves[1]))]
        )
    }
}
