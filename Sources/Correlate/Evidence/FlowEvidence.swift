import Capture

/// Both ends of one exchange: where the client end is observed as well, it is the server end's parent, certainly, since
/// they share a 128-bit identity. Either may be seen first, so a server end without a client end waits for a while.
struct FlowEvidence {
    /// How long a server end waits, ns.
    let grace: UInt64

    init(options: CorrelateOptions) { grace = options.grace }

    /// The other end of an exchange, if it is known.
    func counterpart(of end: ExchangeEnd, _ exchanges: borrowing ExchangeTable) -> UInt32? {
        exchanges.find(ExchangeEnd(id: end.id, role: end.role == .client ? .server : .client))
    }

    /// The link of a server end to its client end.
    func link(to client: ExchangeEnd) -> Link { Link(parent: client, method: .flow, confidence: 1) }

    /// When a server end's client end will not come any more.
    ///
    /// Counted from the last byte of the request's head, since that is when both ends are opened. A stamp beyond the
    /// watermark, as a damaged capture file may have, does not prolong the wait.
    func deadline(for server: borrowing Exchange, watermark: UInt64) -> UInt64 {
        let (deadline, overflow) = min(server.requestEnd.time, watermark).addingReportingOverflow(grace)
        return overflow ? .max : deadline
    }
}
