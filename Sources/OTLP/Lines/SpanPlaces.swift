/// What is written anew in the text of one span, and where.
struct SpanPlaces {
    /// What takes the place of a range.
    enum What {
        /// A member's value.
        case traceID, parentSpanID
        /// A whole attribute.
        case method, confidence
        /// A list of attributes of which there is none (`null`).
        case list
        /// What a span lacks, behind the brace that begins it: with a comma behind it if other members follow.
        case members(needsTraceID: Bool, needsParent: Bool, needsAttributes: Bool, isFollowed: Bool)
        /// Attributes that a list lacks, behind the bracket that begins it.
        case attributes(needsMethod: Bool, needsConfidence: Bool, isFollowed: Bool)
    }

    /// One range of the text, and what takes its place.
    struct Edit {
        var range: Range<Int>
        var what: What
    }

    private var edits: [Edit] = []

    /// Nothing yet.
    init() {}

    /// Adds what is written in place of a range. Ranges do not overlap; of two that begin at one place, one is empty, and that
    /// one is added last.
    mutating func add(_ what: What, at range: Range<Int>) {
        var index = edits.count
        while index > 0, edits[index - 1].range.lowerBound >= range.lowerBound { index -= 1 }
        edits.insert(Edit(range: range, what: what), at: index)
    }

    /// Gives the edits in the order of the text.
    func forEach(_ body: (Edit) -> Void) { edits.forEach(body) }
}

/// The text of what is written anew.
enum LineText {
    static func append(_ what: SpanPlaces.What, _ place: LinePlacement, to out: inout [UInt8]) {
        switch what {
        case .traceID: traceID(place, to: &out)
        case .parentSpanID: parent(place, to: &out)
        case .method: method(place, to: &out)
        case .confidence: confidence(place, to: &out)
        case .list:
            raw("[", to: &out)
            both(place, method: true, confidence: true, to: &out)
            raw("]", to: &out)
        case .members(let needsTraceID, let needsParent, let needsAttributes, let isFollowed):
            if needsTraceID {
                raw("\"traceId\":", to: &out)
                traceID(place, to: &out)
                if needsParent || needsAttributes || isFollowed { raw(",", to: &out) }
            }
            if needsParent {
                raw("\"parentSpanId\":", to: &out)
                parent(place, to: &out)
                if needsAttributes || isFollowed { raw(",", to: &out) }
            }
            if needsAttributes {
                raw("\"attributes\":[", to: &out)
                both(place, method: true, confidence: true, to: &out)
                raw(isFollowed ? "]," : "]", to: &out)
            }
        case .attributes(let needsMethod, let needsConfidence, let isFollowed):
            both(place, method: needsMethod, confidence: needsConfidence, to: &out)
            if isFollowed, needsMethod || needsConfidence { raw(",", to: &out) }
        }
    }

    private static func both(_ place: LinePlacement, method: Bool, confidence: Bool, to out: inout [UInt8]) {
        if method { self.method(place, to: &out) }
        if method, confidence { raw(",", to: &out) }
        if confidence { self.confidence(place, to: &out) }
    }

    private static func traceID(_ place: LinePlacement, to out: inout [UInt8]) {
        raw("\"", to: &out)
        hex(place.traceID.high, to: &out)
        hex(place.traceID.low, to: &out)
        raw("\"", to: &out)
    }

    /// As the Collector writes it, a root has an empty parent.
    private static func parent(_ place: LinePlacement, to out: inout [UInt8]) {
        raw("\"", to: &out)
        if place.parentSpanID != 0 { hex(place.parentSpanID, to: &out) }
        raw("\"", to: &out)
    }

    private static func method(_ place: LinePlacement, to out: inout [UInt8]) {
        raw("{\"key\":\"interspan.link.method\",\"value\":{\"stringValue\":\"", to: &out)
        raw(place.method, to: &out)
        raw("\"}}", to: &out)
    }

    /// In thousandths: more digits would only say what is not known.
    private static func confidence(_ place: LinePlacement, to out: inout [UInt8]) {
        raw("{\"key\":\"interspan.link.confidence\",\"value\":{\"doubleValue\":", to: &out)
        let thousandths = Int(((place.confidence.isFinite ? min(max(place.confidence, 0), 1) : 0) * 1000).rounded())
        if thousandths % 1000 == 0 {
            raw(thousandths == 0 ? "0" : "1", to: &out)
        } else {
            raw("0.", to: &out)
            var rest = thousandths
            for divisor in [100, 10, 1] where rest > 0 {
                out.append(UInt8(ascii: "0") + UInt8(truncatingIfNeeded: rest / divisor))
                rest %= divisor
            }
        }
        raw("}}", to: &out)
    }

    private static func hex(_ value: UInt64, to out: inout [UInt8]) {
        for shift in stride(from: 60, through: 0, by: -4) {
            let digit = UInt8(truncatingIfNeeded: value >> UInt64(shift)) & 0xF
            out.append(digit < 10 ? UInt8(ascii: "0") + digit : UInt8(ascii: "a") + digit - 10)
        }
    }

    private static func raw(_ text: StaticString, to out: inout [UInt8]) {
        text.withUTF8Buffer { out.append(contentsOf: $0) }
    }
}
