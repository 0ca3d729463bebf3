/// What one request brought, in the bytes it came as: an Export…ServiceRequest of opentelemetry-proto.
///
/// The bytes have been checked: they parse, nest within bounds, and their spans have ids. What we have no model for
/// (events, schema URLs, fields of later versions) is in them and leaves with them. Requests of one signal can be joined
/// by joining their bytes, since repeated fields add up.
public struct ReceivedBatch: Sendable {
    /// What it carries.
    public let signal: Signal
    /// The request in protobuf.
    public let bytes: [UInt8]
    /// How many spans, data points or log records are in it; at least 1.
    public let items: Int
    /// Who sent it, where a receiver took it from a connection of its own; lost when the batch is changed.
    public var sender: SenderAddress?

    /// A request in protobuf, of which spans with ill-formed ids are left out.
    /// - Returns: nil when it is malformed as a whole, or nothing is left of it.
    public init?(checking bytes: [UInt8], signal: Signal) {
        guard let batch = try? TelemetryReader.read(protobuf: bytes, signal: signal).batch else { return nil }
        self = batch
    }

    /// What was checked already.
    init(signal: Signal, bytes: [UInt8], items: Int) {
        self.signal = signal
        self.bytes = bytes
        self.items = items
    }
}
