/// One side of a NATS connection: lines and the messages behind them, cut.
struct NATSDirection {
    /// Cuts them.
    var cutter: MessageCutter
    /// How many bytes of a line that is not whole are known to have no end.
    var scanned = 0
    /// The message that is moving.
    var handle = ExchangeHandle.none
    /// Bytes of its payload, without headers; nil when no message is moving.
    var payload: UInt64?
    /// Whether the place was only presumed and the first line there has not been seen.
    var isTentative = false
    /// Whether bytes were missed since the last message.
    var isBehindGap = false

    init(atStart: Bool) { cutter = MessageCutter(atStart: atStart, limit: NATSLine.longest) }
}
