internal import Capture

/// Requests of which one end was seen, until the other is, or its time is over. Bounded.
struct EdgeHalves: Sendable {
    /// One end of a request.
    struct Half: Sendable {
        /// Whose it is.
        var service: String
        /// ns.
        var duration: UInt64
        var hasFailed: Bool
        /// Whether nothing is above it.
        var isRoot: Bool
        var type: EdgeType
        /// Where the other end is, if this one has called it.
        var peer: String
        /// Whether the request, or message, comes from here.
        var isCaller: Bool
        /// ns of CLOCK_MONOTONIC.
        var since: UInt64
    }

    /// A request, as the graph has it.
    struct Edge: Equatable {
        var client: String
        var server: String
        var type: EdgeType
        var hasFailed: Bool
        /// Nil when the client was not seen, ns.
        var clientDuration: UInt64?
        /// Nil when the server was not seen, ns.
        var serverDuration: UInt64?
    }

    /// How long the other end is waited for, ns: longer than any span waits for its process's name or for its trace.
    static let patience: UInt64 = 10_000_000_000
    /// Tempo's name for whoever calls from outside.
    static let outside = "user"

    /// Ends whose other end was not seen and is nobody that has a name.
    private(set) var unpaired: UInt64 = 0
    /// Ends that there was no room for.
    private(set) var dropped: UInt64 = 0
    private let maximum: Int
    private var waiting: [ExchangeID: Half] = [:]
    private var due = ExpiryQueue<ExchangeID>()

    /// - Parameter maximum: most ends that wait.
    init(maximum: Int) { self.maximum = max(maximum, 1) }

    /// Takes in one end; the request, if its other end has come before.
    mutating func take(_ half: Half, of id: ExchangeID) -> Edge? {
        if let other = waiting[id] {
            guard other.isCaller != half.isCaller else { return nil }
            waiting[id] = nil
            let (client, server) = half.isCaller ? (half, other) : (other, half)
            return Edge(
                client: client.service, server: server.service, type: client.type,
                hasFailed: client.hasFailed || server.hasFailed, clientDuration: client.duration,
                serverDuration: server.duration)
        }
        guard waiting.count < maximum else {
            dropped &+= 1
            return nil
        }
        waiting[id] = half
        due.append(id, at: half.since &+ Self.patience)
        return nil
    }

    /// The next request whose other end does not come.
    ///
    /// - Parameter now: ns of CLOCK_MONOTONIC.
    mutating func expire(before now: UInt64) -> Edge? {
        while let id = due.popFirst(before: now) {
            // One of that id may have been paired, and another have come since.
            guard let half = waiting[id], half.since &+ Self.patience < now else { continue }
            waiting[id] = nil
            if let edge = alone(half) { return edge }
            unpaired &+= 1
        }
        return nil
    }

    /// What one end alone says of its request; nil when the other is somebody who is not known.
    private func alone(_ half: Half) -> Edge? {
        let type = half.type == .direct ? .virtualNode : half.type
        if !half.peer.isEmpty {
            return Edge(
                client: half.isCaller ? half.service : half.peer, server: half.isCaller ? half.peer : half.service,
                type: type, hasFailed: half.hasFailed, clientDuration: half.isCaller ? half.duration : nil,
                serverDuration: half.isCaller ? nil : half.duration)
        }
        guard half.isRoot, !half.isCaller else { return nil }
        return Edge(
            client: Self.outside, server: half.service, type: type, hasFailed: half.hasFailed, clientDuration: nil,
            serverDuration: half.duration)
    }
}
