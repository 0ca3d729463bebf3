internal import Capture
internal import Correlate
internal import OTLP

/// Which call led to which request of another service: `--across`.
///
/// A request lies in time within the call that led to it. Of several calls it is decided by what both say: the identity of
/// an exchange, the port of the connection, an id, what is asked for; and by how long after a call of that operation
/// requests of this one usually begin, and end before it. The latter is learned from the file itself, in several passes, each
/// with what the one before found, and requests that contend for the same calls are decided together.
struct AcrossMatching: ~Copyable {
    /// What clocks of two processes, and stamps in milliseconds, may differ by, ns.
    static let tolerance: UInt64 = 2_000_000
    /// How long after a message was sent it may be taken up, ns.
    private static let messageWindow: UInt64 = 60_000_000_000
    private static let passes = 3

    private let minConfidence: Double
    private var models = CallModels()
    private var open = OpenCalls()
    private var block = CallBlock()
    /// How many of the calls that are looked at are of one operation.
    private var alike: [UInt64: Int] = [:]
    /// A bit for each span: a call whose request is known.
    private var taken: [UInt64]
    private var skews: ClockSkews

    init(_ spans: borrowing FileSpans, minConfidence: Double) {
        self.minConfidence = minConfidence
        taken = [UInt64](repeating: 0, count: spans.spans.count / 64 + 1)
        skews = ClockSkews(spans)
    }

    /// Gives requests the calls that led to them as parents.
    mutating func run(_ spans: borrowing FileSpans, progress: (Int) -> Void) {
        for pass in 0...AcrossMatching.passes {
            let known = models
            if pass > 0 { models = CallModels() }
            sweep(spans, known, isLast: pass == AcrossMatching.passes, progress)
        }
    }

    /// Goes through all once, by what was known before it.
    private mutating func sweep(
        _ spans: borrowing FileSpans, _ known: CallModels, isLast: Bool, _ progress: (Int) -> Void
    ) {
        open = OpenCalls()
        // Calls are let in a little early, since clocks differ.
        let ahead = AcrossMatching.tolerance + skews.largest
        var entered = 0
        for place in 0..<spans.byStart.count {
            let index = spans.byStart[place]
            let span = spans.spans[Int(index)]
            guard span.isRequest else { continue }
            while entered < spans.byStart.count {
                let next = spans.byStart[entered]
                let other = spans.spans[Int(next)]
                guard other.start <= span.start &+ ahead else { break }
                if other.isCall { open.insert(next, spans.details(of: other)) }
                entered += 1
            }
            block.add(row(of: index, span, spans, known))
            if block.isFull { settle(spans, isLast: isLast) }
            if isLast { progress(place) }
        }
        settle(spans, isLast: isLast)
    }

    /// The calls that may have led to a request. The strongest tie that any call has to it decides which are weighed.
    private mutating func row(
        of index: UInt32, _ span: FileSpan, _ spans: borrowing FileSpans, _ known: CallModels
    ) -> CallBlock.Row {
        let details = spans.details(of: span)
        var row = CallBlock.Row(request: index, candidates: [], alone: 0, method: LinkMethod.timing.rawValue)
        if let details {
            if details.exchange != 0 { gather(.exchange(details.exchange), &row, span, spans, known) }
            if !row.candidates.isEmpty { row.method = LinkMethod.flow.rawValue }
            if row.candidates.isEmpty, details.clientPort != 0 {
                gather(.port(details.clientPort), &row, span, spans, known)
                if !row.candidates.isEmpty { row.method = LinkMethod.flow.rawValue }
            }
            for place in 0..<details.ids.count where row.candidates.isEmpty && details.ids[place] != 0 {
                gather(.id(details.ids[place]), &row, span, spans, known)
                if !row.candidates.isEmpty { row.method = LinkMethod.requestID.rawValue }
            }
            if row.candidates.isEmpty, details.signature != 0 {
                gather(.signature(details.signature), &row, span, spans, known)
                if row.candidates.isEmpty { gather(.silent, &row, span, spans, known) }
            }
        }
        if row.candidates.isEmpty, details?.signature ?? 0 == 0 { gather(.all, &row, span, spans, known) }
        return row
    }

    private mutating func gather(
        _ key: OpenCalls.Key, _ row: inout CallBlock.Row, _ span: FileSpan, _ spans: borrowing FileSpans,
        _ known: CallModels
    ) {
        let behind = AcrossMatching.tolerance + skews.largest
        open.forget(key) { call in
            let other = spans.spans[Int(call)]
            // One without an end may be open still.
            let isLasting = other.kind == .producer || other.flags.contains(.isOpen)
            let until = isLasting ? other.end &+ AcrossMatching.messageWindow : other.end
            return until &+ behind < span.start
        }
        var candidates: [CallBlock.Candidate] = []
        open.forEach(key) { call in
            let other = spans.spans[Int(call)]
            // They are let in early, for those whose clock is behind.
            let ahead = AcrossMatching.tolerance + skews.skew(from: other.owner, to: span.owner).magnitude
            guard other.start <= span.start &+ ahead else { return false }
            // What was called on its behalf did not lead to it.
            guard taken[Int(call) / 64] & 1 << UInt64(call % 64) == 0, spans.placings[Int(call)].parent != row.request,
                let pair = pair(other, span, by: key)
            else {
                return true
            }
            candidates.append(
                CallBlock.Candidate(call: call, pair: pair, weight: 1, isShared: other.kind == .producer))
            return true
        }
        switch key {
        case .id, .port: keepAlike(&candidates, span, spans)
        default: break
        }
        alike.removeAll(keepingCapacity: true)
        for candidate in candidates { alike[candidate.pair.key, default: 0] += 1 }
        for place in candidates.indices {
            let pair = candidates[place].pair
            candidates[place].weight = known.odds(of: pair, among: alike[pair.key] ?? 1)
        }
        guard !candidates.isEmpty else { return }
        if candidates.count > CallBlock.maximumCalls {
            // Of equal ones any: if the earliest stayed, none but long delays would ever be learned.
            candidates.sort {
                $0.weight != $1.weight
                    ? $0.weight > $1.weight : draw($0.call, row.request) < draw($1.call, row.request)
            }
            candidates.removeSubrange(CallBlock.maximumCalls...)
        }
        row.candidates = candidates
        row.alone = known.alone(candidates[0].pair.request)
        // What both ends say by themselves is hardly chance.
        switch key {
        case .exchange, .port, .id: row.alone *= 0.001
        case .signature: row.alone *= 0.1
        case .silent, .all: break
        }
    }

    /// Of the calls that share an id or a port with a request, as those of a fan-out and of one HTTP/2 connection do, keeps
    /// those that ask for the same, if any does: a proxy may have changed that.
    private func keepAlike(
        _ candidates: inout [CallBlock.Candidate], _ request: FileSpan, _ spans: borrowing FileSpans
    ) {
        guard candidates.count > 1, let signature = spans.details(of: request)?.signature, signature != 0 else {
            return
        }
        func isAlike(_ candidate: CallBlock.Candidate) -> Bool {
            spans.details(of: spans.spans[Int(candidate.call)])?.signature == signature
        }
        if candidates.contains(where: isAlike) { candidates.removeAll { !isAlike($0) } }
    }

    /// A number for a pair, the same in every run.
    private func draw(_ call: UInt32, _ request: UInt32) -> UInt64 {
        Mixer.mix(UInt64(call) << 32 | UInt64(request))
    }

    /// A call and a request that can be two ends of one; nil when they cannot.
    private func pair(_ call: FileSpan, _ request: FileSpan, by key: OpenCalls.Key) -> CallModels.Pair? {
        let isMessage = request.kind == .consumer
        guard isMessage == (call.kind == .producer) else { return nil }
        let skew = skews.skew(from: call.owner, to: request.owner)
        let before = Int64(truncatingIfNeeded: request.start &- call.start) &- skew
        let tolerance = Int64(AcrossMatching.tolerance)
        guard before >= -tolerance else { return nil }
        var after: Int64?
        if isMessage {
            // Nobody knows when a message is taken up; only an id, or its destination, ties it to who sent it.
            if key == .all || key == .silent { return nil }
            guard before <= Int64(AcrossMatching.messageWindow) else { return nil }
        } else if !call.flags.contains(.isOpen) {
            let left = Int64(truncatingIfNeeded: call.end &- request.end) &+ skew
            let isOpen = request.flags.contains(.isOpen)
            guard left >= -tolerance else { return nil }
            if !isOpen { after = left }
        }
        var hash = request.operation ^ (UInt64(request.owner) &+ 1) &* 0x9E37_79B9_7F4A_7C15
        let operation = hash
        hash = (hash ^ (hash >> 29)) &* 0xBF58_476D_1CE4_E5B9
        hash ^= call.operation &+ (UInt64(call.owner) &+ 1) &* 0x94D0_49BB_1331_11EB
        let lasting = isMessage ? AcrossMatching.messageWindow : call.end - call.start
        return CallModels.Pair(
            key: hash, request: operation, before: before, after: after, lasting: Double(lasting))
    }

    /// Decides the requests of the block.
    private mutating func settle(_ spans: borrowing FileSpans, isLast: Bool) {
        block.balance()
        if isLast {
            assign(spans)
        } else {
            for row in block.rows {
                guard !row.candidates.isEmpty else { continue }
                for candidate in row.candidates { models.learn(candidate.pair, weight: candidate.weight) }
                models.learn(request: row.candidates[0].pair.request, alone: row.alone)
            }
        }
        block.removeAll()
    }

    /// The surest first; a call that has its request is not there for others.
    private mutating func assign(_ spans: borrowing FileSpans) {
        var choices: [(row: Int, place: Int, weight: Double)] = []
        for (index, row) in block.rows.enumerated() {
            // A tie decides nothing: of two equal ones each has a half, but for what is lost in computing.
            for place in row.candidates.indices where row.candidates[place].weight > minConfidence + 0.001 {
                choices.append((index, place, row.candidates[place].weight))
            }
        }
        choices.sort { $0.weight != $1.weight ? $0.weight > $1.weight : ($0.row, $0.place) < ($1.row, $1.place) }
        for choice in choices {
            let row = block.rows[choice.row]
            let candidate = row.candidates[choice.place]
            let (word, bit) = (Int(candidate.call) / 64, UInt64(1) << UInt64(candidate.call % 64))
            guard taken[word] & bit == 0 || candidate.isShared,
                spans.placings[Int(row.request)].parent == .max
            else { continue }
            if !candidate.isShared { taken[word] |= bit }
            var placing = spans.placings[Int(row.request)]
            placing.parent = candidate.call
            placing.method = row.method
            placing.confidence = Float(candidate.weight)
            spans.placings[Int(row.request)] = placing
        }
        for row in block.rows where spans.placings[Int(row.request)].parent == .max && !row.candidates.isEmpty {
            var placing = spans.placings[Int(row.request)]
            placing.method = row.method
            placing.confidence = Float(row.candidates.map(\.weight).max() ?? 0)
            spans.placings[Int(row.request)] = placing
        }
    }
}
