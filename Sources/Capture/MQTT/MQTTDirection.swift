/// One side of an MQTT connection: packets, cut.
struct MQTTDirection {
    /// Most bytes of a packet that are gathered: a topic and properties.
    private static let limit = 16 << 10

    /// Cuts packets.
    var cutter: MessageCutter
    /// The publish that is moving.
    var handle = ExchangeHandle.none
    /// Bytes of its payload, or ``Exchange/unknownLength``; nil when none is moving.
    var payload: UInt64?
    /// Whether nobody answers it.
    var isOneWay = false
    /// The topics that it has given numbers to.
    var aliases = MQTTAliases()
    /// Whether the place was only presumed and the first packet there has not been seen.
    var isTentative = false
    /// Whether bytes were missed since the last packet.
    var isBehindGap = false

    init(atStart: Bool) { cutter = MessageCutter(atStart: atStart, limit: MQTTDirection.limit) }
}
