extension ReceivedBatch {
    /// The batch with the traces that it refers to under other names: of log records and of exemplars those they belong
    /// to, and of spans those of their links, but not their own (``rewritten(_:)``). The batch itself, and nothing is
    /// allocated, if there is none of another name.
    ///
    /// - Parameter map: the trace's name, if it has another.
    public func tracesRenamed(_ map: (TraceID) -> TraceID?) -> ReceivedBatch {
        let renamed = bytes.withUnsafeBytes { source in
            Schema.entries.withUnsafeBufferPointer { entries in
                var references = TraceReferences(source, entries)
                references.message(0..<source.count, MessageType(requestOf: signal), map)
                return references.renamed
            }
        }
        guard !renamed.isEmpty else { return self }
        var bytes = bytes
        bytes.withUnsafeMutableBytes { bytes in
            for (place, id) in renamed {
                bytes.storeBytes(of: id.high.bigEndian, toByteOffset: place, as: UInt64.self)
                bytes.storeBytes(of: id.low.bigEndian, toByteOffset: place + 8, as: UInt64.self)
            }
        }
        return ReceivedBatch(signal: signal, bytes: bytes, items: items)
    }
}

/// Finds the trace ids in a request that are to be overwritten.
private struct TraceReferences {
    private let bytes: UnsafeRawBufferPointer
    private let entries: UnsafeBufferPointer<Schema.Entry>
    /// Where they are, and what is written there.
    private(set) var renamed: [(place: Int, id: TraceID)] = []

    init(_ bytes: UnsafeRawBufferPointer, _ entries: UnsafeBufferPointer<Schema.Entry>) {
        self.bytes = bytes
        self.entries = entries
    }

    /// Goes through a message. Recursive as deep as the way to an exemplar: seven levels.
    mutating func message(_ range: Range<Int>, _ type: MessageType, _ map: (TraceID) -> TraceID?) {
        let row = Schema.row(of: type)
        var position = range.lowerBound
        while let field = WireField(bytes, &position, end: range.upperBound) {
            guard field.type == .bytes, field.number < Schema.width else { continue }
            let entry = entries[row + Int(field.number)]
            switch entry.kind {
            case .traceID:
                guard type != .span, field.value.count == 16, let id = map(bytes.traceID(field.value)),
                    id != TraceID(high: 0, low: 0)
                else { continue }
                renamed.append((field.value.lowerBound, id))
            case .message where entry.path != .beside || entry.message == .spanLink || entry.message == .exemplar:
                message(field.value, entry.message, map)
            default: break
            }
        }
    }
}
