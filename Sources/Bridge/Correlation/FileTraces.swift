internal import Capture
internal import Correlate
internal import OTLP

/// What becomes of spans once their parents are known: which trace they are in, and what is written.
struct FileTraces {
    /// Parents that were dropped, since the span would have been among its own ancestors.
    private(set) var cycles = 0

    /// Finds the topmost span above each. Of a circle of parents, the least sure goes.
    mutating func resolve(_ spans: borrowing FileSpans) {
        var path: [UInt32] = []
        for index in 0..<spans.placings.count where spans.placings[index].root == .max {
            path.removeAll(keepingCapacity: true)
            var place = index
            while spans.placings[place].root == .max {
                // Marked as being on the way.
                spans.placings[place].root = UInt32(place)
                path.append(UInt32(place))
                let parent = spans.placings[place].parent
                guard parent != .max else { break }
                place = Int(parent)
            }
            if spans.placings[place].root == UInt32(place), spans.placings[place].parent != .max {
                place = breakCircle(spans, through: place, path)
            }
            let root = spans.placings[place].root
            for step in path { spans.placings[Int(step)].root = root }
        }
    }

    /// - Returns: the root that comes of it.
    private mutating func breakCircle(_ spans: borrowing FileSpans, through place: Int, _ path: [UInt32]) -> Int {
        var weakest = place
        var step = Int(spans.placings[place].parent)
        while step != place {
            if spans.placings[step].confidence < spans.placings[weakest].confidence { weakest = step }
            step = Int(spans.placings[step].parent)
        }
        spans.placings[weakest].parent = .max
        spans.placings[weakest].root = UInt32(weakest)
        cycles += 1
        return weakest
    }

    /// What is written into a span's line.
    func placement(of index: Int, _ spans: borrowing FileSpans) -> LinePlacement {
        let own = spans.placings[index]
        let isRepeated = spans.spans[index].flags.contains(.isRepeated) && own.parent != .max
        let placing = isRepeated ? spans.placings[Int(own.parent)] : own
        let root = spans.spans[Int(placing.root)]
        var hash = Mixer(seed: 0x636F_7272_656C_6174)
        hash.absorb(root.spanID)
        // Of roots without an id, or with one that others have as well, each has a trace of its own.
        hash.absorb(root.start)
        hash.absorb(root.spanID == 0 ? UInt64(placing.root) : UInt64(root.operation))
        let (high, low) = hash.finish()
        let method = LinkMethod(rawValue: placing.method) ?? .none
        return LinePlacement(
            traceID: TraceID(high: high, low: low),
            parentSpanID: placing.parent == .max ? 0 : spans.spans[Int(placing.parent)].spanID, method: method.name,
            confidence: Double(placing.confidence))
    }
}
