/// A counter for each protocol.
public struct ProtocolCounters: Sendable {
    private var counts = InlineArray<16, UInt64>(repeating: 0)

    /// All zero.
    public init() {}

    /// How often, of a protocol.
    public subscript(identity: ApplicationProtocol) -> UInt64 {
        get { counts[Int(identity.rawValue)] }
        set { counts[Int(identity.rawValue)] = newValue }
    }
}
