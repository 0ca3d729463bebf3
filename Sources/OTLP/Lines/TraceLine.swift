/// The spans of one request of OTLP/JSON (a line as the Collector's file exporter writes it, or any other text of one
/// `ExportTraceServiceRequest` or `TracesData`), and the same text with the spans placed elsewhere: everything but trace
/// ids, parents and the two attributes that say how a parent was found leaves byte for byte. Used again and again.
public struct TraceLine: ~Copyable {
    /// The spans, in the order in which they stand there.
    public private(set) var spans: [LineSpan] = []
    /// Whose they are: for each resource that has spans a hash of its service and instance.
    public private(set) var owners: [UInt64] = []

    private var places: [SpanPlaces] = []
    private var scratch = ByteBuffer(capacity: 256)

    /// One without spans.
    public init() {}

    /// Takes the spans of a text in place of those that are here.
    /// - Throws: ``MalformedLine`` when it is no JSON, or no request.
    public mutating func read(_ text: UnsafeRawBufferPointer) throws(MalformedLine) {
        spans.removeAll(keepingCapacity: true)
        owners.removeAll(keepingCapacity: true)
        places.removeAll(keepingCapacity: true)
        guard text.count <= Int(Int32.max) else { throw MalformedLine("larger than 2 GiB") }
        guard Text.isUTF8(text) else { throw MalformedLine("not UTF-8") }
        var pass = LinePass(text, scratch)
        try pass.request()
        swap(&spans, &pass.spans)
        swap(&owners, &pass.owners)
        swap(&places, &pass.places)
    }

    /// Appends the text that was read last, its spans placed anew.
    ///
    /// - Parameters:
    ///   - text: the text, as it was read.
    ///   - out: takes it.
    ///   - place: where a span belongs, by its number.
    public func append(
        _ text: UnsafeRawBufferPointer, to out: inout [UInt8], place: (_ span: Int) -> LinePlacement
    ) {
        var copied = 0
        for index in places.indices {
            let placement = place(index)
            places[index].forEach { edit in
                out.append(contentsOf: UnsafeRawBufferPointer(rebasing: text[copied..<edit.range.lowerBound]))
                copied = edit.range.upperBound
                LineText.append(edit.what, placement, to: &out)
            }
        }
        out.append(contentsOf: UnsafeRawBufferPointer(rebasing: text[copied...]))
    }
}

/// Why a text is no request of OTLP/JSON.
public struct MalformedLine: Error, CustomStringConvertible, Sendable {
    /// In words.
    public let description: String

    init(_ description: String) { self.description = description }
}
