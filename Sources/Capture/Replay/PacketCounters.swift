/// What became of the packets of a capture; grows only.
package struct PacketCounters: Sendable {
    /// Packets that were read.
    package var packets: UInt64 = 0
    /// Those that are whole TCP segments, or datagrams that may be DNS.
    package var segments: UInt64 = 0
    /// Records that were made of them.
    package var records: UInt64 = 0
    /// Connections that were begun.
    package var connections: UInt64 = 0
    /// Connections that were forgotten, still open, because there were too many.
    package var evicted: UInt64 = 0
    /// Segments with payload of connections that had ended: repetitions.
    package var afterClose: UInt64 = 0

    private var skips = [UInt64](repeating: 0, count: SkippedPacket.allCases.count)

    /// Nothing yet.
    package init() {}

    /// Packets that are no segments, by reason.
    package subscript(reason: SkippedPacket) -> UInt64 {
        get { skips[reason.rawValue] }
        set { skips[reason.rawValue] = newValue }
    }
}
