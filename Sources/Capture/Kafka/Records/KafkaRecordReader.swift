/// Reads record batches (https://kafka.apache.org/documentation/#messageformat), and of the older message sets (magic
/// 0 and 1, before Kafka 0.11) how many messages they have. The headers of messages that are wanted become fields of
/// the exchange; keys and values are passed over.
///
/// Messages that carry the contexts of an earlier one add nothing: a batch with one distinct context has one. Those that
/// differ are parts, numbered over all partitions of a request or response.
enum KafkaRecordReader {
    /// Most bytes that are decompressed of one request or response.
    static let mostDecompressed = Decompressor.limit
    /// Most bytes that are decompressed of one batch, while another may follow.
    private static let mostOfBatch = 64 << 10
    /// Bytes up to the one that says which format it is, itself included.
    private static let magicEnd = 17
    /// Bytes of a batch in front of its records.
    private static let batchHead = 61
    /// Offset and length, which the length does not count.
    private static let lengthEnd = 12
    /// Most distinct sets of headers of one exchange: as many as a span has links.
    private static let mostSets = 128

    /// Reads the records of a partition.
    ///
    /// - Parameters:
    ///   - bytes: those of them that are at hand.
    ///   - length: bytes of all of them.
    static func read(
        _ bytes: UnsafeRawBufferPointer, length: Int, into summary: inout KafkaRecordSummary,
        of handle: ExchangeHandle, in exchanges: inout ExchangeTable
    ) {
        var position = 0
        while length - position >= magicEnd {
            guard bytes.count - position >= magicEnd else {
                summary.isWhole = false
                return
            }
            let batch = UnsafeRawBufferPointer(rebasing: bytes[position...])
            var reader = KafkaReader(batch)
            let offset = reader.integer(Int64.self)
            let count = Int(reader.integer(Int32.self))
            let magic = batch[magicEnd - 1]
            // A fetch may end within a batch, which is then none.
            guard count > 0, count <= length - position - lengthEnd else { return }
            let size = lengthEnd + count
            if magic >= 2 {
                guard size >= batchHead else { return }
                guard batch.count >= batchHead else {
                    summary.isWhole = false
                    return
                }
                let whole = UnsafeRawBufferPointer(rebasing: batch.prefix(size))
                self.batch(whole, offset: offset, into: &summary, of: handle, in: &exchanges)
            } else {
                guard batch.count > magicEnd else {
                    summary.isWhole = false
                    return
                }
                if summary.firstOffset == nil { summary.firstOffset = offset }
                // A compressed one has others inside it.
                if batch[magicEnd] & 7 == 0 { summary.count += 1 } else { summary.isWhole = false }
            }
            position += size
        }
    }

    /// Reads a batch of magic 2; there are at least its first ``batchHead`` bytes.
    private static func batch(
        _ batch: UnsafeRawBufferPointer, offset: Int64, into summary: inout KafkaRecordSummary,
        of handle: ExchangeHandle, in exchanges: inout ExchangeTable
    ) {
        var reader = KafkaReader(UnsafeRawBufferPointer(rebasing: batch[magicEnd...]))
        _ = reader.take(4)
        let attributes = reader.integer(UInt16.self)
        let isControl = attributes & 0x20 != 0
        _ = reader.take(batchHead - magicEnd - 4 - 2 - 4)
        let count = reader.integer(Int32.self)
        // Markers of transactions are nobody's messages.
        guard !isControl, count > 0 else { return }
        summary.count += UInt64(count)
        if summary.firstOffset == nil { summary.firstOffset = offset }
        guard let compression = KafkaCompression(rawValue: UInt8(attributes & 7)) else {
            summary.unread &+= UInt64(count)
            return
        }
        var records = reader.rest
        if compression != .none {
            let most = min(mostOfBatch, mostDecompressed - summary.decompressed)
            // Snappy's blocks are whole or nothing.
            let room = compression == .snappy ? mostDecompressed - summary.decompressed : most
            records = exchanges.kafka.decompressor.decompress(compression, records, most: room)
            summary.decompressed += records.count
        }
        self.records(records, count: count, into: &summary, of: handle, in: &exchanges)
    }

    private static func records(
        _ bytes: UnsafeRawBufferPointer, count: Int32, into summary: inout KafkaRecordSummary,
        of handle: ExchangeHandle, in exchanges: inout ExchangeTable
    ) {
        var reader = KafkaReader(bytes)
        var left = count
        // What is not read to its end may carry anything.
        defer { summary.unread &+= UInt64(left) }
        while left > 0 {
            let size = reader.signed()
            guard size > 0, size <= Int64(Int32.max) else { return }
            let isWhole = Int(size) <= reader.rest.count
            var record = KafkaReader(reader.prefix(Int(size)))
            _ = record.take(1)
            _ = record.signed()
            _ = record.signed()
            // Of messages that are fetched, the values are the answer's.
            let isSent = exchanges.values.isOn && !exchanges.isOpen(handle)
            let key = record.signed()
            let keyBytes = record.take(Int(clamping: max(key, 0)))
            if isSent { exchanges.addValues(opaque: keyBytes, to: handle) }
            let value = record.signed()
            if isSent, value > 0 {
                let known = UnsafeRawBufferPointer(rebasing: record.rest.prefix(Int(clamping: value)))
                exchanges.addValues(body: known, .unknown, isCut: known.count < value, to: handle)
            }
            if summary.firstValue == nil, !record.isExhausted { summary.firstValue = UInt64(max(value, 0)) }
            if value > 0 { _ = record.take(Int(clamping: value)) }
            guard isWhole else { return }
            left -= 1
            headers(record, into: &summary, of: handle, in: &exchanges)
        }
    }

    /// Hands on what is wanted of a message's headers, unless an earlier message had the same contexts. All of a message's
    /// are handed on or none.
    private static func headers(
        _ reader: KafkaReader, into summary: inout KafkaRecordSummary, of handle: ExchangeHandle,
        in exchanges: inout ExchangeTable
    ) {
        let matcher = exchanges.headers
        var set = HeaderSet()
        each(reader, matcher) { set.add($0, $1, $2) }
        guard set.count > 0, !exchanges.kafka.seen.contains(set.hash) else { return }
        guard exchanges.kafka.seen.count < mostSets,
            exchanges.hasRoom(forSet: set.count, bytes: set.bytes, of: handle)
        else {
            if set.contexts != nil { summary.contextsLeft &+= 1 }
            return
        }
        let part = UInt16(exchanges.kafka.seen.count)
        exchanges.kafka.seen.append(set.hash)
        each(reader, matcher) { key, name, value in
            exchanges.add(key, .messageMetadata, part: part, name: name, value: value, to: handle)
        }
    }

    private static func each(
        _ reader: KafkaReader, _ matcher: HeaderMatcher,
        _ body: (FieldKey, UnsafeRawBufferPointer, UnsafeRawBufferPointer) -> Void
    ) {
        var reader = reader
        var left = reader.signed()
        while left > 0, !reader.isExhausted {
            left -= 1
            let name = reader.take(Int(clamping: reader.signed()))
            let count = reader.signed()
            let value = reader.take(Int(clamping: max(count, 0)))
            guard !reader.isExhausted else { return }
            matcher.match(name) { use in
                if case .named(let key) = use { body(key, name, value) }
            }
        }
    }

    /// What is wanted of one message's headers: two messages are alike if their contexts are, or, without any, all of it.
    private struct HeaderSet {
        /// How many headers.
        var count = 0
        /// Bytes of their names and values.
        var bytes = 0
        /// Of the contexts among them; nil when there is none.
        var contexts: UInt64?
        private var others: UInt64 = 0

        /// What the set is known by.
        var hash: UInt64 { contexts ?? others }

        mutating func add(_ key: FieldKey, _ name: UnsafeRawBufferPointer, _ value: UnsafeRawBufferPointer) {
            count += 1
            bytes += name.count + value.count
            if key == .context {
                contexts = KafkaRecordReader.mix(value, KafkaRecordReader.mix(name, (contexts ?? 0) &+ 1))
            } else {
                others = KafkaRecordReader.mix(value, KafkaRecordReader.mix(name, others &+ 2))
            }
        }
    }

    /// FNV-1a, 64 bits.
    fileprivate static func mix(_ bytes: UnsafeRawBufferPointer, _ start: UInt64) -> UInt64 {
        var hash = start ^ 0xCBF2_9CE4_8422_2325
        for byte in bytes { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3 }
        return hash
    }
}
