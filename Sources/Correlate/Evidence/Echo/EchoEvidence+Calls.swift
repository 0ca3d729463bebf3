import Capture

/// What the values of a call say for one request.
struct EchoScore {
    var request: UInt32
    var strongest: Float
    var sum: Float
}

/// Calls, and what they may have been made for.
extension EchoEvidence {
    /// Most requests that one call's values may speak for.
    private static let mostCandidates = 32

    /// Adds the requests that a call may have been made for, going by its values. Requests that were opened after `time` are
    /// none; nor is the call's own other end, which whoever asks must see to.
    ///
    /// - Parameter isFirst: false when the same call was asked for before, since more of its values became known: then it
    ///   is not counted again.
    mutating func suggestions(
        of owner: OwnerKey, values hashes: borrowing ValueHashes, at time: UInt64, isFirst: Bool = true,
        into suggestions: inout [EchoSuggestion]
    ) {
        guard hashes.count > 0 else { return }
        let owner = owners.reference(to: findOrAdd(owner))
        if isFirst { owners[owner.slot].calls &+= 1 }
        scores.removeAll(keepingCapacity: true)
        for index in 0..<hashes.count {
            let key = EchoValueKey(owner: owner, hash: hashes[index].bits)
            guard let value = isFirst ? findOrAdd(key) : values.find(key) else { continue }
            score(hashes[index], value, of: owner.slot, at: time)
            if isFirst, values[value].open == 0 {
                values[value].unexplained.add(at: owners[owner.slot].calls)
            }
        }
        for score in scores {
            let logOdds = EchoWeight.together(strongest: score.strongest, sum: score.sum)
            if logOdds > 0 { suggestions.append(EchoSuggestion(request: score.request, logOdds: logOdds)) }
        }
    }

    /// Other evidence proved which request a call was made for, or that it was for none: each of its values that spoke for
    /// some requests and not for others was right, or it was wrong.
    mutating func proved(_ request: UInt32?, for hashes: borrowing ValueHashes, of owner: OwnerKey) {
        guard let slot = owners.find(owner) else { return }
        let (reference, open) = (owners.reference(to: slot), owners[slot].open)
        for index in 0..<hashes.count {
            guard let value = values.find(EchoValueKey(owner: reference, hash: hashes[index].bits)),
                values[value].open > 0, 2 * values[value].open <= open
            else { continue }
            let isRight = request.map { uses.find(EchoUseKey(request: $0, value: value)) != nil } ?? false
            owners[slot].trust[EchoGrade(hashes[index]).rawValue].proved(isRight)
        }
    }

    private mutating func score(_ hash: ValueHash, _ value: UInt32, of owner: UInt32, at time: UInt64) {
        let state = values[value]
        guard state.open > 0 || state.closed > 0, state.open <= EchoEvidence.mostSharers else { return }
        let (grade, calls) = (EchoGrade(hash), owners[owner].calls)
        let known = DecayingCount.full(at: calls)
        let unexplained = known > 0 ? min(state.unexplained.value(at: calls) / (known + 1), 1) : 0
        let trust = owners[owner].trust[grade.rawValue].share(grade)
        for isOpen in [true, false] {
            let logOdds = EchoWeight.logOdds(
                hash, unexplained: unexplained, calls: known, sharers: state.open, open: owners[owner].open,
                isOpen: isOpen, trust: trust)
            guard logOdds > 0 else { continue }
            var use = isOpen ? state.firstOpen : state.firstClosed
            var left = isOpen ? Int(EchoEvidence.mostSharers) : EchoEvidence.mostClosed
            while use != .max, left > 0 {
                left -= 1
                let request = uses.key(of: use).request
                if let slot = requests.find(EchoRequestKey(request: request)), requests[slot].start <= time {
                    add(logOdds, to: request)
                }
                use = uses[use].next
            }
        }
    }

    private mutating func add(_ logOdds: Float, to request: UInt32) {
        for index in scores.indices where scores[index].request == request {
            scores[index].strongest = max(scores[index].strongest, logOdds)
            scores[index].sum += logOdds
            return
        }
        guard scores.count < EchoEvidence.mostCandidates else { return }
        scores.append(EchoScore(request: request, strongest: logOdds, sum: logOdds))
    }
}
