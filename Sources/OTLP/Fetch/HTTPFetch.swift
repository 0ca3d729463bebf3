/// A question to a service of this host or cluster, such as a container runtime, asked while the caller waits: never on a
/// thread that anything else waits for. The peer is a stranger: time and size of the answer are bounded, no proxy and no
/// redirection is followed, so that a token goes where it was meant to.
public struct HTTPFetch: Sendable {
    /// What is asked for. With ``socketPath`` the host in it is only a name.
    public var url: String
    /// The AF_UNIX socket of the service; nil for the host that the URL names.
    public var socketPath: String?
    /// A bearer token (RFC 6750); nil sends none.
    public var bearerToken: String?
    /// A PEM file with the authorities that may sign the service's certificate; nil for the system's.
    public var authorityFile: String?
    /// Most time in all, ns.
    public var timeout: UInt64 = 1_000_000_000
    /// Most bytes of the answer's body.
    public var mostBytes = 1 << 20

    /// A question.
    public init(url: String) { self.url = url }

    /// Asks with GET.
    ///
    /// - Returns: the body of an answer with status 200.
    /// - Throws: ``FetchFailure``.
    public func get() throws(FetchFailure) -> [UInt8] {
        let transfer = try FetchTransfer(self)
        return try transfer.run().body
    }

    /// Makes a unary gRPC call (HTTP/2 with prior knowledge, as services on AF_UNIX sockets speak it).
    ///
    /// - Parameter message: the request, encoded.
    /// - Returns: the answer's message.
    /// - Throws: ``FetchFailure``.
    public func call(_ message: [UInt8]) throws(FetchFailure) -> [UInt8] {
        let length = UInt32(truncatingIfNeeded: message.count)
        let prefix: [UInt8] = [0] + (0..<4).map { UInt8(truncatingIfNeeded: length >> UInt32(24 - 8 * $0)) }
        let transfer = try FetchTransfer(self, gRPC: prefix + message)
        let answer = try transfer.run()
        guard answer.gRPCStatus == "0" else { throw .refused(Int(answer.gRPCStatus ?? "") ?? -1) }
        guard answer.body.count >= 5, answer.body[0] == 0 else { throw .malformed }
        let told = answer.body[1..<5].reduce(0) { $0 << 8 | Int($1) }
        guard told == answer.body.count - 5 else { throw .malformed }
        return Array(answer.body[5...])
    }
}

/// Why there is no answer.
public enum FetchFailure: Error, Equatable, Sendable {
    /// Nobody is there, or the connection failed: libcurl's words.
    case unreachable(String)
    /// It took too long.
    case timedOut
    /// The answer is larger than was asked for.
    case tooLarge
    /// The service answers no: the HTTP status, or that of gRPC.
    case refused(Int)
    /// The answer makes no sense.
    case malformed
}
