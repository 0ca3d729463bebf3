public import Capture

/// What outlives a run, and what others know better.
extension Correlator {
    /// Appends what was learned of delays and habits, for ``restoreModels(from:)`` of a later run: at most 1 MiB.
    public func storeModels(into bytes: inout [UInt8]) { solver.storeModels(into: &bytes) }

    /// Takes over what an earlier run had learned. To be called before anything is consumed.
    ///
    /// - Returns: false when the bytes are damaged or of another version: then nothing was taken over.
    public mutating func restoreModels(from bytes: [UInt8]) -> Bool { solver.restoreModels(from: bytes) }

    /// Spans of an SDK prove which request a call was made for: each kind of evidence that spoke of the call was right, or
    /// wrong. Proofs of calls that are not remembered any more say nothing.
    public mutating func proved(call: ExchangeEnd, request: ExchangeEnd) {
        guard let slot = exchanges.find(call), let cause = exchanges.find(request) else { return }
        let opinions = notes[slot].opinions
        for index in 0..<opinions.count {
            let isRight = opinions[index].request == exchanges.reference(to: cause)
            trust.proved(isRight, opinions[index].kind, of: notes[slot].owner)
        }
    }
}
