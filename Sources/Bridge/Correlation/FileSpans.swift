internal import OTLP

/// All spans of the input, in its order, and where they belong. Some 120 bytes a span, in scratch files.
struct FileSpans: ~Copyable {
    /// Most services and instances. Spans of others are not correlated.
    static let maximumOwners = 1 << 20
    /// Most spans.
    static let maximumSpans = Int(UInt32.max) - 1

    private(set) var spans: MappedArray<FileSpan>
    private(set) var details: MappedArray<FileSpanDetails>
    /// Where they belong; as many as there are spans once ``index()`` was called.
    private(set) var placings: MappedArray<FilePlacing>
    /// Spans that are correlated, in the order in which they begin: requests before what may be their calls.
    private(set) var byStart: MappedArray<UInt32>
    /// Spans that are correlated and have ended, in the order in which they end.
    private(set) var byEnd: MappedArray<UInt32>

    private var owners: [UInt64: UInt32] = [:]
    /// Spans without an id: nothing can name them as its parent.
    private(set) var nameless = 0
    /// Spans that do not say when they began.
    private(set) var timeless = 0
    /// Spans that came before, word for word.
    private(set) var repeated = 0
    /// Spans that share their id with another that is not the same, and the first of them.
    private(set) var ambiguous = 0
    private(set) var firstAmbiguous: UInt32?

    init() throws(CorrelateError) {
        let spans = try MappedArray<FileSpan>()
        let details = try MappedArray<FileSpanDetails>()
        let placings = try MappedArray<FilePlacing>()
        let byStart = try MappedArray<UInt32>()
        let byEnd = try MappedArray<UInt32>()
        self.spans = spans
        self.details = details
        self.placings = placings
        self.byStart = byStart
        self.byEnd = byEnd
    }

    /// Services and instances.
    var ownerCount: Int { owners.count }

    /// Takes in the spans of a line.
    mutating func add(_ line: borrowing TraceLine) throws(CorrelateError) {
        for index in 0..<line.spans.count {
            let span = line.spans[index]
            guard spans.count < FileSpans.maximumSpans else { throw CorrelateError("more than 4 billion spans") }
            var place = UInt32.max
            if let more = FileSpanDetails(span) {
                place = UInt32(details.count)
                try details.append(more)
            }
            var added = FileSpan(span, owner: 0, details: place)
            if let owner = owner(line.owners[Int(span.owner)]) {
                added = FileSpan(span, owner: owner, details: place)
            } else {
                added.flags.insert(.isTimeless)
            }
            if added.spanID == 0 { nameless += 1 }
            if added.flags.contains(.isTimeless) { timeless += 1 }
            try spans.append(added)
        }
    }

    private mutating func owner(_ hash: UInt64) -> UInt32? {
        if let owner = owners[hash] { return owner }
        guard owners.count < FileSpans.maximumOwners else { return nil }
        let owner = UInt32(owners.count)
        owners[hash] = owner
        return owner
    }

    /// What else a span says.
    func details(of span: FileSpan) -> FileSpanDetails? {
        span.details == .max ? nil : details[Int(span.details)]
    }

    /// All is there: finds what came twice, and brings the rest into the order of time.
    mutating func index() throws(CorrelateError) {
        try placings.fill(spans.count, with: FilePlacing())
        try findRepeated()
        byStart = try MappedArray()
        for index in 0..<spans.count where spans[index].isCounted {
            try byStart.append(UInt32(index))
            if !spans[index].flags.contains(.isOpen) { try byEnd.append(UInt32(index)) }
        }
        byStart.sort { isBegunBefore($0, $1) }
        byEnd.sort { isEndedBefore($0, $1) }
    }

    /// A request before its calls, where both begin at once; of two the one that lasts longer.
    private func isBegunBefore(_ one: UInt32, _ other: UInt32) -> Bool {
        let (a, b) = (spans[Int(one)], spans[Int(other)])
        if a.start != b.start { return a.start < b.start }
        if a.isRequest != b.isRequest { return a.isRequest }
        if a.end != b.end { return a.end > b.end }
        return one < other
    }

    private func isEndedBefore(_ one: UInt32, _ other: UInt32) -> Bool {
        let (a, b) = (spans[Int(one)], spans[Int(other)])
        if a.end != b.end { return a.end < b.end }
        if a.isRequest != b.isRequest { return b.isRequest }
        if a.start != b.start { return a.start > b.start }
        return one > other
    }

    /// Whoever sends again what was not acknowledged sends some spans twice.
    private mutating func findRepeated() throws(CorrelateError) {
        for index in 0..<spans.count where spans[index].spanID != 0 { try byStart.append(UInt32(index)) }
        byStart.sort { one, other in
            let (a, b) = (spans[Int(one)], spans[Int(other)])
            if a.spanID != b.spanID { return a.spanID < b.spanID }
            if a.owner != b.owner { return a.owner < b.owner }
            if a.kind != b.kind { return a.kind.rawValue < b.kind.rawValue }
            if a.start != b.start { return a.start < b.start }
            if a.end != b.end { return a.end < b.end }
            return one < other
        }
        var first = 0
        for place in 1..<max(byStart.count, 1) {
            let (kept, index) = (byStart[first], byStart[place])
            var span = spans[Int(index)]
            let other = spans[Int(kept)]
            guard span.spanID == other.spanID else {
                first = place
                continue
            }
            if span.owner == other.owner, span.kind == other.kind, span.start == other.start, span.end == other.end,
                span.operation == other.operation
            {
                if !span.flags.contains(.isTimeless) { repeated += 1 }
                span.flags.insert(.isRepeated)
                spans[Int(index)] = span
                placings[Int(index)].parent = kept
            } else {
                ambiguous += 1
                firstAmbiguous = min(firstAmbiguous ?? .max, index)
                first = place
            }
        }
    }
}
