internal import OTLP

/// Spans that SDKs send through us: they go the way of their traces.
extension TraceSampler {
    /// Most bytes that are made of one batch: each trace's spans have the resource for themselves, which may be large.
    private static let maximumPieces = 64 << 20

    /// What becomes of the spans of a batch.
    private struct Split {
        /// Those that do not go on with it, in ascending order.
        var removed: [UInt32] = []
        /// Of those, the ones that are held, by the slots of their traces.
        var held: [Int: [UInt32]] = [:]
    }

    /// Lets go on what an SDK has sent of traces that are kept, holds what is of undecided ones, and leaves out the rest.
    /// The sender has its answer once what goes on is stored; at once if nothing does.
    mutating func take(
        _ work: ReceivedWork, now: UInt64, into spans: inout SpanBatch, left: inout [ReceivedWork]
    ) {
        guard work.isSampled, work.batch.signal == .traces, !keepsEverything else { return left.append(work) }
        let received = ReceivedSpans(work.batch)
        var split = Split()
        for index in received.spans.indices {
            let span = received.spans[index]
            let standing = standing(of: span.traceID, now: now) {
                Self.operation(of: span, received.resources[Int(span.resource)], in: work.batch)
            }
            switch standing {
            case .leaves: continue
            case .out: break
            case .held(let slot): split.held[slot, default: []].append(UInt32(index))
            }
            split.removed.append(UInt32(index))
        }
        guard !split.removed.isEmpty else { return left.append(work) }
        let selection = ReceivedSelection(work.batch)
        var room = Self.maximumPieces
        // In the order in which they came, since holding one may end the waiting for another.
        for indices in split.held.values.sorted(by: { $0[0] < $1[0] }) {
            let trace = received.spans[Int(indices[0])].traceID
            if room <= 0, let slot = open.slot(of: trace) {
                counted.receivedOut.add(indices.count, open[slot].reason)
                end(slot, \.crowdedOut, now: now, into: &spans)
            } else {
                let piece = HeldPiece(batch: selection.batch(of: indices), onward: work.onward)
                room -= piece.size
                hold(piece, of: trace, now: now, into: &spans)
            }
        }
        guard let rest = selection.batch(without: split.removed) else { return work.done(.accepted) }
        var work = work
        work.batch = rest
        left.append(work)
    }

    private static func operation(of span: ReceivedSpan, _ resource: ReceivedResource, in batch: ReceivedBatch)
        -> UInt64
    {
        batch.bytes.withUnsafeBytes { bytes in
            let name = Int(span.name.offset)..<Int(span.name.offset) + Int(span.name.count)
            return OperationKey.of(
                service: resource.serviceName, kind: span.kind.rawValue,
                name: UnsafeRawBufferPointer(rebasing: bytes[name]))
        }
    }

    /// What becomes of a span that an SDK has sent.
    enum ReceivedStanding {
        case leaves
        case held(Int)
        case out(SampledOutReason)
    }

    /// Whether there is nothing that could be left out.
    var keepsEverything: Bool { ratio == .all && limiter == nil }

    /// What becomes of a span of an SDK. Its SDK has decided that it is recorded, which is a decision like a context's.
    ///
    /// - Parameter operation: gives its ``OperationKey``.
    mutating func standing(
        of trace: TraceID, now: UInt64, operation: () -> UInt64
    ) -> ReceivedStanding {
        var knowledge = known(of: trace, now: now)
        if knowledge == nil, options.isParentBased {
            verdicts.decide(trace, .kept(nil), now: now)
        } else if knowledge == nil {
            let state = SamplingState(UnsafeRawBufferPointer(start: nil, count: 0))
            knowledge = decide(trace, state, operation(), now: now)
        }
        switch knowledge {
        case .known(.out(let reason)):
            counted.receivedOut.add(1, reason)
            return .out(reason)
        case .open(let slot): return .held(slot)
        case .known(.kept), nil: return .leaves
        }
    }

    /// Holds what an SDK has sent of a trace, or lets all of it go if it is what keeps it.
    mutating func hold(_ piece: HeldPiece, of trace: TraceID, now: UInt64, into spans: inout SpanBatch) {
        guard let slot = open.slot(of: trace) else {
            // Decided while another was held.
            switch verdicts.verdict(of: trace, now: now) {
            case .out(let reason): counted.receivedOut.add(piece.batch.items, reason)
            case .kept, nil: leaving.append(piece)
            }
            return
        }
        open[slot].received.append(piece)
        receivedBytes += piece.size
        receivedHeld += piece.batch.items
        open.age(slot, until: now &+ options.wait)
        let decoded = SpanBatch(decoding: piece.batch)
        for span in decoded.spans {
            guard let reason = rules(of: slot).reason(span, in: decoded) else { continue }
            return keep(slot, reason, now: now, into: &spans)
        }
        makeRoom(now: now, into: &spans)
    }
}
