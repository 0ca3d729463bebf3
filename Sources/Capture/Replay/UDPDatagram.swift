/// A UDP datagram that may be DNS, for the time its packet lives: the payload is borrowed.
struct UDPDatagram {
    /// Whose datagram it is.
    var source: Endpoint
    /// Who it is for.
    var destination: Endpoint
    /// The bytes of its payload that were captured, from its start.
    var payload: UnsafeRawBufferPointer
    /// How long the payload was on the wire.
    var length: UInt32
    /// Which side's host captured it.
    var capturedAt: TCPSegment.CapturedAt

    /// Whether the destination serves: of two ends at the port that servers listen at, the one that does not answer.
    var isForServer: Bool {
        guard source.port == DNSSignature.port, destination.port == DNSSignature.port else {
            return destination.port == DNSSignature.port
        }
        return DNSHeader(payload).map { !$0.isResponse } ?? true
    }
}
