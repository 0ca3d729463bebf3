/// One address of an ``EndpointServer``, and what is answered there.
public struct EndpointSettings: Sendable {
    /// The configuration's key that names the address, for complaints.
    public var key: String
    /// Where it listens.
    public var address: ListenAddress
    /// Answers a request, on the server's event loop: it must not wait for anything but a lock.
    public var answer: @Sendable (EndpointRequest) -> EndpointAnswer
    /// Most connections at once; what comes beyond is closed at once. Default 64.
    public var maxConnections = 64
    /// Largest head of a request, bytes. Default 8 KiB.
    public var maxHeaderSize = 8 << 10
    /// How long a peer may take to send its request, ns; a byte now and then changes nothing. Default 10 s.
    public var readTimeoutNanoseconds: UInt64 = 10_000_000_000
    /// How long it may take to take its answer, ns. Default 30 s.
    public var writeTimeoutNanoseconds: UInt64 = 30_000_000_000

    /// An address with the default limits.
    public init(
        key: String, address: ListenAddress, answer: @escaping @Sendable (EndpointRequest) -> EndpointAnswer
    ) {
        self.key = key
        self.address = address
        self.answer = answer
    }
}
