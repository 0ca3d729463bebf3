/// What Capture hands to Correlate: the one type across this boundary.
///
/// Observations stand in the order in which things happened (by ``ExecutionPoint/time``; stragglers are counted and
/// come late). An exchange is first `opened`, when its request's head is known; then it may have a `firstByte` of
/// response; then it is `closed`, always, exactly once, with the same ``ExchangeEnd``. So parents are known before they
/// end and children can leave before them.
public enum Observation: Sendable {
    /// A request's head is known: identity, protocol, operation and the contexts it carries.
    case opened(Exchange)
    /// The response's first byte moved.
    case firstByte(ExchangeEnd, at: ExecutionPoint)
    /// The exchange is over and complete.
    case closed(Exchange)
    /// What else tells who caused what.
    case lineage(Lineage)
    /// Something was not seen.
    case lost(Loss)
}

/// What execution did besides opening and closing exchanges.
public enum Lineage: Sendable {
    /// A thread made another thread, of its own process or of a new one.
    case forked(ExecutionPoint, child: ProcessKey, childThread: UInt32)
    /// A process replaced its program: what is known of its identity is void.
    case executed(ExecutionPoint)
    /// A process ended.
    case exited(ExecutionPoint)
    /// A thread began to open a connection.
    case socketOpened(UInt64, ExecutionPoint)
    /// This end of a connection was closed.
    case socketClosed(UInt64, ExecutionPoint)
    /// More bytes of an open exchange moved: the rest of a request read by its server, a response read by its client,
    /// more of an answer written. Whoever moves them works on the exchange's behalf.
    case continued(ExchangeEnd, ExecutionPoint)
    /// The last byte of an open exchange's request moved, when that was not the record that opened it: from here on all
    /// is known that a server waits for.
    case requestEnded(ExchangeEnd, ExecutionPoint)
}

/// Something that was not seen, or could not be used.
public struct Loss: Sendable {
    /// Why.
    public var reason: LossReason
    /// How many: of what, ``LossReason`` says.
    public var count: UInt64

    /// A loss.
    public init(reason: LossReason, count: UInt64) {
        self.reason = reason
        self.count = count
    }
}

/// Why something was not seen. Each is counted, and exported with `reason`.
public enum LossReason: UInt8, Sendable, CaseIterable {
    /// Records: a ring had no room.
    case ringFull = 0
    /// Records: the kernel had no memory for the socket's state.
    case noSocketState
    /// Records: the payload could not be read in the kernel.
    case unread
    /// Records: came so late that others stamped after them had been passed on.
    case straggler
    /// Bytes in a stream that no record brought.
    case gap
    /// Segments or records that repeated bytes already seen.
    case duplicate
    /// Connections that spoke no protocol we know, or broke the rules of theirs too often.
    case unrecognised
    /// Exchanges given up because their message could not be parsed.
    case malformed
    /// Responses for which no request was seen (the connection was joined in the middle).
    case orphanResponse
    /// Requests given up because their responses could not be told from others' (the connection was joined in the middle,
    /// or bytes were missed).
    case unpaired
    /// Connections, exchanges or bytes given up because a table had no room.
    case tableFull
    /// Fields cut or left out because they exceeded their bound.
    case fieldCut
    /// Calls on connections that were left out because more happened than could be read.
    case shed
}

/// Observations on their way from Capture to Correlate, with the arena their fields lie in. Used again and again by one
/// thread.
public struct ObservationBatch: Sendable {
    /// What happened, in order.
    public var observations: [Observation] = []
    /// The fields of the exchanges among ``observations``.
    public var fields = FieldBuffer()
    /// Everything that happened before this moment of the source's clock (ns) is in this batch or an earlier one,
    /// stragglers apart.
    public var watermark: UInt64 = 0
    /// What to add to the source's clock to get the wall clock, ns since 1970; 0 in a replay.
    public var wallClockOffset: Int64 = 0

    /// An empty batch.
    public init() {}

    /// Forgets everything and keeps the memory.
    public mutating func removeAll() {
        observations.removeAll(keepingCapacity: true)
        fields.removeAll()
    }
}
