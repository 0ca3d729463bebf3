extension ReceivedBatch {
    /// The batch with some of its spans changed. Ids are overwritten where they stand and what is added follows at the
    /// end of its span; all else, what is not known included, leaves byte for byte.
    ///
    /// - A trace id takes the place of every one that the span has, and of those of its links to the trace it belonged
    ///   to.
    /// - A parent takes the place of every one that is there; of 0, which makes it a root, the field is left out.
    /// - An attribute that is added takes the place of one of the same key, but `interspan.original.trace_id`: the
    ///   first that wrote it is right.
    /// - A rewrite that would make the request 2 GiB or larger is left out.
    ///
    /// - Parameter rewrites: in ascending order of their spans, one for each; others are passed over.
    public func rewritten(_ rewrites: [SpanRewrite]) -> ReceivedBatch { rewritten(rewrites, limit: Int(Int32.max)) }

    /// The same, with another limit on the request's bytes.
    func rewritten(_ rewrites: [SpanRewrite], limit: Int) -> ReceivedBatch {
        guard signal == .traces, !rewrites.isEmpty else { return self }
        return bytes.withUnsafeBytes { source in
            var pass = RewritePass(source, rewrites, limit: limit)
            pass.message(0..<source.count, level: 0)
            guard !pass.splices.isEmpty else { return self }
            return ReceivedBatch(signal: signal, bytes: pass.splices.applied(to: source), items: items)
        }
    }
}

/// Finds what is to be replaced in a request.
private struct RewritePass {
    /// The level at which messages are spans.
    private static let spans = 2
    /// Most bytes by which the lengths around a span grow: three, of one to five bytes.
    private static let lengths = 12

    private let bytes: UnsafeRawBufferPointer
    private let rewrites: [SpanRewrite]
    private let limit: Int
    /// The next rewrite, and the next span.
    private var next = 0
    private var span: UInt32 = 0
    private var added = AddedSpanFields()
    private(set) var splices = Splices()

    init(_ bytes: UnsafeRawBufferPointer, _ rewrites: [SpanRewrite], limit: Int) {
        self.bytes = bytes
        self.rewrites = rewrites
        self.limit = limit
    }

    /// Goes through a request (level 0), the spans of a resource (1) or those of a scope (2).
    mutating func message(_ range: Range<Int>, level: Int) {
        let wanted: UInt32 = level == 0 ? 1 : 2
        var position = range.lowerBound
        while position < range.upperBound, next < rewrites.count {
            guard let (number, type) = Wire.tag(bytes, &position, end: range.upperBound) else { return }
            guard number == wanted, type == .bytes else {
                guard Wire.skipAny(type, bytes, &position, end: range.upperBound) else { return }
                continue
            }
            let start = position
            guard let end = Wire.extent(bytes, &position, end: range.upperBound) else { return }
            if level < Self.spans || isNext() {
                let message = splices.open(lengthAt: start..<position, length: end - position)
                if level < Self.spans {
                    self.message(position..<end, level: level + 1)
                } else {
                    rewrite(position..<end, rewrites[next])
                    next += 1
                }
                splices.close(message)
            }
            if level == Self.spans { span &+= 1 }
            position = end
        }
    }

    /// Whether the next rewrite is the span's. Those of spans that are past come too late.
    private mutating func isNext() -> Bool {
        while next < rewrites.count, rewrites[next].span < span { next += 1 }
        return next < rewrites.count && rewrites[next].span == span
    }

    private mutating func rewrite(_ range: Range<Int>, _ rewrite: SpanRewrite) {
        let former = FormerSpan(bytes, range, asksForOriginal: rewrite.keepsOriginal)
        let traceID = rewrite.traceID.flatMap { $0 == TraceID(high: 0, low: 0) ? nil : $0 }
        add(rewrite, traceID, to: former)
        guard bytes.count + splices.grown + added.bytes.count + Self.lengths <= limit else { return }
        var position = range.lowerBound
        while position < range.upperBound {
            let start = position
            guard let field = WireField(bytes, &position, end: range.upperBound) else { break }
            switch field.number {
            case 1:
                if let traceID, field.value.count == 16 { splices.replace(field.value, with: traceID) }
            case 4:
                guard let parent = rewrite.parentSpanID, field.value.count == 8 else { continue }
                if parent == 0 {
                    splices.remove(start..<position)
                } else {
                    splices.replace(field.value, with: parent)
                }
            case 9 where rewrite.clockSkew != nil || rewrite.method != nil || rewrite.confidence != nil:
                if isReplaced(WirePair(bytes, of: field.value), by: rewrite) { splices.remove(start..<position) }
            case 13:
                if let traceID { follow(field.value, from: former.traceID, to: traceID) }
            default: break
            }
        }
        splices.insert(added.bytes, at: range.upperBound)
    }

    /// What is written behind the span's own fields.
    private mutating func add(_ rewrite: SpanRewrite, _ traceID: TraceID?, to former: FormerSpan) {
        added.removeAll()
        if let parent = rewrite.parentSpanID, parent != 0, !former.hasParent { added.parent(parent) }
        if rewrite.keepsOriginal, let traceID, traceID != former.traceID {
            if !former.hasOriginal { added.attribute(Conventions.originalTraceID, former.traceID) }
            added.link(to: former.traceID, former.spanID)
        }
        if let link = rewrite.link { added.link(to: link.traceID, link.spanID) }
        if let skew = rewrite.clockSkew { added.attribute(Conventions.clockSkew, skew) }
        if let method = rewrite.method { added.attribute(Conventions.linkMethod, method) }
        if let confidence = rewrite.confidence { added.attribute(Conventions.linkConfidence, confidence) }
    }

    private func isReplaced(_ pair: WirePair, by rewrite: SpanRewrite) -> Bool {
        (rewrite.clockSkew != nil && pair.isKeyed(Conventions.clockSkew, bytes))
            || (rewrite.method != nil && pair.isKeyed(Conventions.linkMethod, bytes))
            || (rewrite.confidence != nil && pair.isKeyed(Conventions.linkConfidence, bytes))
    }

    /// A link to a span of the trace that this one belonged to: that span is in the other trace as well now.
    private mutating func follow(_ link: Range<Int>, from former: TraceID, to traceID: TraceID) {
        var isFormer = false
        var position = link.lowerBound
        while let field = WireField(bytes, &position, end: link.upperBound) {
            if field.number == 1 { isFormer = field.value.count == 16 && bytes.traceID(field.value) == former }
        }
        guard isFormer else { return }
        position = link.lowerBound
        while let field = WireField(bytes, &position, end: link.upperBound) {
            if field.number == 1, field.value.count == 16 { splices.replace(field.value, with: traceID) }
        }
    }
}

/// What a span said of itself.
private struct FormerSpan {
    var traceID = TraceID(high: 0, low: 0)
    var spanID: UInt64 = 0
    /// Whether there is a parent that can be overwritten, and none that is empty counts.
    var hasParent = false
    /// Whether it has been moved to another trace before.
    var hasOriginal = false

    init(_ bytes: UnsafeRawBufferPointer, _ range: Range<Int>, asksForOriginal: Bool) {
        var position = range.lowerBound
        while let field = WireField(bytes, &position, end: range.upperBound) {
            switch field.number {
            case 1: traceID = bytes.traceID(field.value)
            case 2: spanID = bytes.idWord(field.value)
            case 4: hasParent = field.value.count == 8
            case 9 where asksForOriginal && !hasOriginal:
                hasOriginal = WirePair(bytes, of: field.value).isKeyed(Conventions.originalTraceID, bytes)
            default: break
            }
        }
    }
}
