import NIOCore
import NIOHTTP1
import NIOPosix
import Synchronization
import Threading

/// A small HTTP/1.1 server for what the agent says of itself: nothing can be written to it, every answer is made at once, and
/// every connection serves one request (``EndpointConnection``). All its addresses share one event loop with its thread.
public final class EndpointServer: Sendable {
    /// An address that it listens at.
    public struct Bound: Sendable, Equatable {
        /// The configuration's key.
        public var key: String
        /// The address as it stands in a packet: 4 bytes of IPv4 or 16 of IPv6.
        public var address: [UInt8]
        /// The port.
        public var port: UInt16
    }

    /// An address and who has come there.
    private struct Listener {
        var channel: any Channel
        var connections: Connections
        var bound: Bound
    }

    /// What lives on the loop.
    private final class Loop {
        var listeners: [Listener] = []
        var clock: RepeatedTask?
    }

    private struct Running {
        var thread: ServerThread
        var loop: NIOLoopBound<Loop>
        var bound: [Bound] = []
    }

    private let settings: [EndpointSettings]
    private let log: ExporterLog
    private let running = Mutex<Running?>(nil)

    /// A server that has not been started.
    /// - Parameter log: called from its event loop.
    public init(_ settings: [EndpointSettings], log: ExporterLog) {
        self.settings = settings
        self.log = log
    }

    /// Where it listens, in the order in which it came there.
    public var bound: [Bound] { running.withLock { $0?.bound ?? [] } }

    /// Binds its addresses and answers from now on. Once only.
    /// - Throws: ``ReceiverError`` naming the key whose address cannot be had; nothing was started then.
    public func start() throws { _ = try add(settings) }

    /// Binds further addresses and answers there as well from now on.
    /// - Returns: what was bound.
    /// - Throws: ``ReceiverError`` naming the key whose address cannot be had; then none is added.
    public func add(_ settings: [EndpointSettings]) throws -> [Bound] {
        guard !settings.isEmpty else { return [] }
        return try running.withLock { running in
            var server = try running ?? launch()
            do {
                let added = try bind(settings, on: server)
                server.bound += added
                running = server
                return added
            } catch {
                if running == nil { server.thread.end() }
                throw error
            }
        }
    }

    /// Leaves addresses: whoever is connected there is cut off. Those where it does not listen are nothing to it.
    public func remove(_ leaving: [Bound]) {
        running.withLock { running in
            guard let server = running, !leaving.isEmpty else { return }
            try? server.thread.loop.submit { Self.end(leaving, on: server.loop.value) }.wait()
            running?.bound.removeAll { leaving.contains($0) }
        }
    }

    /// Ends every connection and the thread. Calling it again does nothing.
    public func shutdown() {
        guard let running = running.withLock({ $0.take() }) else { return }
        _ = try? running.thread.loop.submit {
            let loop = running.loop.value
            loop.clock?.cancel()
            Self.end(loop.listeners.map(\.bound), on: loop)
        }.wait()
        running.thread.end()
    }

    private func launch() throws -> Running {
        let thread = try ServerThread(name: "telemetry")
        let eventLoop = thread.loop
        do {
            let loop = try eventLoop.submit {
                let bound = NIOLoopBound(Loop(), eventLoop: eventLoop)
                let pause = TimeAmount.milliseconds(100)
                bound.value.clock = eventLoop.scheduleRepeatedTask(initialDelay: pause, delay: pause) { _ in
                    for listener in bound.value.listeners { listener.connections.tick() }
                }
                return bound
            }.wait()
            return Running(thread: thread, loop: loop)
        } catch {
            thread.end()
            throw error
        }
    }

    private func bind(_ settings: [EndpointSettings], on server: Running) throws -> [Bound] {
        let (eventLoop, loop) = (server.thread.loop, server.loop)
        var result: [Bound] = []
        for endpoint in settings {
            do {
                let address = try endpoint.address.resolve()
                let bound: Bound = try eventLoop.flatSubmit { [log] in
                    let connections = Connections(
                        limit: endpoint.maxConnections, counters: SharedReceiverCounters(),
                        log: ReceiverLog(name: endpoint.key, log: log))
                    let guests = NIOLoopBound(connections, eventLoop: eventLoop)
                    return Self.serve(endpoint, connections, on: eventLoop).bind(to: address).map { channel in
                        let local = channel.localAddress
                        let bound = Bound(
                            key: endpoint.key, address: local?.bytes ?? [], port: UInt16(clamping: local?.port ?? 0))
                        loop.value.listeners.append(
                            Listener(channel: channel, connections: guests.value, bound: bound))
                        return bound
                    }
                }.wait()
                result.append(bound)
            } catch {
                let bound = result
                try? eventLoop.submit { Self.end(bound, on: loop.value) }.wait()
                throw ReceiverError(error, at: endpoint.address, key: endpoint.key)
            }
        }
        return result
    }

    /// Leaves addresses. On the event loop.
    private static func end(_ leaving: [Bound], on loop: Loop) {
        for listener in loop.listeners where leaving.contains(listener.bound) {
            listener.channel.close(promise: nil)
            listener.connections.abort()
        }
        loop.listeners.removeAll { leaving.contains($0.bound) }
    }

    /// How an address's connections are served. On the event loop.
    private static func serve(
        _ endpoint: EndpointSettings, _ connections: Connections, on eventLoop: any EventLoop
    ) -> ServerBootstrap {
        let connections = NIOLoopBound(connections, eventLoop: eventLoop)
        return ServerBootstrap(group: eventLoop)
            .serverChannelOption(.backlog, value: 128)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .childChannelOption(.allowRemoteHalfClosure, value: true)
            .childChannelInitializer { channel in
                let connections = connections.value
                guard connections.admit() else { return channel.eventLoop.makeFailedFuture(TooManyConnections()) }
                channel.closeFuture.assumeIsolated().whenComplete { _ in connections.closed() }
                return channel.eventLoop.makeCompletedFuture {
                    var limits = NIOHTTPDecoderLimitConfiguration()
                    limits.maxHeaderFieldSize = endpoint.maxHeaderSize
                    limits.maxHeaderListSize = endpoint.maxHeaderSize
                    limits.maxHeaderFieldCount = 64
                    let decoder = ByteToMessageHandler(
                        HTTPRequestDecoder(leftOverBytesStrategy: .dropBytes, limitConfiguration: limits),
                        maximumBufferSize: max(endpoint.maxHeaderSize, 1 << 16) * 2)
                    try channel.pipeline.syncOperations.addHandlers([
                        decoder, EndpointConnectionHandler(settings: endpoint, connections: connections),
                    ])
                }
            }
    }
}

extension SocketAddress {
    /// An IPv4 or IPv6 address as it stands in a packet; nil of anything else.
    fileprivate var bytes: [UInt8]? {
        // Where it stands in sockaddr_in and sockaddr_in6.
        let place: Range<Int>? =
            switch self {
            case .v4: 4..<8
            case .v6: 8..<24
            case .unixDomainSocket: nil
            }
        return withSockAddr { address, size in
            guard let place, place.upperBound <= size else { return nil }
            return Array(UnsafeRawBufferPointer(start: address, count: size)[place])
        }
    }
}
