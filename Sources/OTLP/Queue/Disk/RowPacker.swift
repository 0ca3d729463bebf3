/// Makes rows of batches: spans of our own are encoded and cut, what is small is joined. A row is as large as a request
/// may be at most, so that requests can be made of whole rows, and as a rule far smaller.
///
/// For one thread at a time.
final class RowPacker {
    /// Bytes that are worth a row. Fewer rows mean less work for each request, larger ones more memory for each.
    private static let goodSize = 256 << 10

    private let encoder: TelemetryEncoder
    private let mostItems: Int
    private let goodSize: Int
    private let buffer = ByteBuffer()
    private var rows: [StoredRow] = []
    private var open: StoredRow?

    /// - Parameter batch: what a request may be.
    init(signal: Signal, batch: BatchSettings) {
        encoder = TelemetryEncoder(.protobuf, signal)
        mostItems = batch.maxSize > 0 ? batch.maxSize : Int.max
        goodSize = min(Self.goodSize, max(batch.maxBytes, 1))
    }

    /// The rows of these batches, in their order; none of them has an id yet.
    func rows(of batches: [Staged]) -> [StoredRow] {
        rows = []
        for staged in batches {
            switch staged.batch {
            case .spans(let batch): add(batch, staged)
            case .received(let batch, _): add(batch, staged)
            }
        }
        closeRow()
        defer { rows = [] }
        return rows
    }

    private func add(_ batch: SpanBatch, _ staged: Staged) {
        // By their size in memory, which is at least about what they take encoded.
        let bytesEach = max(staged.weight.bytes / max(batch.count, 1), 1)
        var start = 0
        while start < batch.count {
            let fitting = min(mostItems, max(goodSize / bytesEach, 1))
            if let open, open.weight.items >= fitting || open.payload.count >= goodSize { closeRow() }
            let end = min(start + fitting - (open?.weight.items ?? 0), batch.count)
            guard end > start else {
                closeRow()
                continue
            }
            buffer.removeAll()
            encoder.encode([.spans(SpanSlice(batch: batch, range: start..<end))], into: buffer)
            // Its last part frees what the batch held.
            let weight = Weight(requests: end == batch.count ? 1 : 0, items: end - start, bytes: buffer.count)
            var row = open.take() ?? StoredRow(id: 0, arrival: staged.arrival, weight: Weight(), payload: [])
            row.payload.append(contentsOf: buffer.bytes)
            row.weight = row.weight + weight
            open = row
            start = end
        }
    }

    private func add(_ batch: ReceivedBatch, _ staged: Staged) {
        if let open, open.weight.items + batch.items > mostItems || open.payload.count + batch.bytes.count > goodSize {
            closeRow()
        }
        guard var row = open.take() else {
            // Alone, as a rule: then nothing is copied.
            open = StoredRow(id: 0, arrival: staged.arrival, weight: staged.weight, payload: batch.bytes)
            return
        }
        row.payload.append(contentsOf: batch.bytes)
        row.weight = row.weight + staged.weight
        open = row
    }

    private func closeRow() {
        if let row = open.take() { rows.append(row) }
    }
}
