/// What left the queue together, to become one request.
struct Portion: Sendable {
    /// What a request is made of.
    enum Content: Sendable {
        /// Spans of our own.
        case spans(SpanSlice)
        /// What was received.
        case received(ReceivedBatch)

        /// How many spans, data points or log records.
        var count: Int {
            switch self {
            case .spans(let slice): slice.count
            case .received(let batch): batch.items
            }
        }
    }

    /// What is in it, in the order in which it came.
    var contents: [Content] = []
    /// By what it is settled.
    var receipt = Receipt()
}

/// What a portion holds of its queue until it is settled, without the portion itself.
struct Receipt: Sendable {
    /// What it holds.
    var weight = Weight()
    /// Where it lies in a queue on disk: row numbers.
    var rows: [Int64] = []
}
