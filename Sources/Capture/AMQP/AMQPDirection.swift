/// One side of an AMQP connection: frames, cut.
struct AMQPDirection {
    /// Most bytes of a frame that are gathered: a method with its arguments, a header with its table.
    private static let limit = 16 << 10

    /// Cuts frames.
    var cutter: MessageCutter
    /// The frame that is being passed over.
    var frame: AMQPFrame?
    /// The channel whose message's last body frame was full, and how long its payload was: more of the same length follow,
    /// and a shorter one at the end. So they are known where they were not captured.
    var run: (channel: UInt16, size: UInt32)?
    /// Bytes of bodies in the frames that were passed over unseen.
    var assumed: UInt64 = 0
    /// Whether the place was only presumed and the first frame there has not been seen.
    var isTentative = false
    /// Whether bytes were missed since the last frame that was seen.
    var isBehindGap = false

    init(atStart: Bool) { cutter = MessageCutter(atStart: atStart, limit: AMQPDirection.limit, tailLimit: 1) }
}
