import NIOCore
import NIOHTTP1
import NIOHTTP2
import NIOPosix
import NIOSSL
import Threading

/// The listening sockets of one receiver and what their connections share. On the event loop, but for binding.
final class Server {
    private let settings: OTLPReceiverSettings
    private let service: ExportService
    private let connections: Connections
    private let loop: any EventLoop
    private var listeners: [any Channel] = []
    private var clock: RepeatedTask?

    /// A server that does not listen yet.
    init(settings: OTLPReceiverSettings, service: ExportService, loop: any EventLoop) {
        self.settings = settings
        self.service = service
        self.loop = loop
        connections = Connections(limit: settings.maxConnections, counters: service.counters, log: service.log)
    }

    /// Whether no connection is left.
    var isIdle: Bool { connections.isEmpty }

    /// Looks at connections from now on, several times within the shortest timeout.
    func startClock() {
        let shortest = [settings.grpc?.readTimeoutNanoseconds, settings.http?.readTimeoutNanoseconds].compactMap(\.self)
        let interval = min(max((shortest.min() ?? .max) / 8, 10_000_000), 1_000_000_000)
        let connections = NIOLoopBound(connections, eventLoop: loop)
        clock = loop.scheduleRepeatedTask(
            initialDelay: .nanoseconds(Int64(interval)), delay: .nanoseconds(Int64(interval))
        ) { _ in connections.value.tick() }
    }

    /// Keeps a listening socket until ``stopListening()``.
    func add(_ listener: any Channel) { listeners.append(listener) }

    /// Takes no more connections.
    func stopListening() {
        for listener in listeners { listener.close(promise: nil) }
        listeners = []
    }

    /// Ends every connection once what is owed has been answered.
    func stop() { connections.stop() }

    /// Ends every connection now.
    func abort() {
        clock?.cancel()
        connections.abort()
        service.close()
    }

    /// The certificates of one protocol, if it has any.
    func makeTLS(
        _ settings: ServerTLSSettings?, protocols: [String], key: String
    ) throws(ReceiverError) -> ServerTLS? {
        guard let settings else { return nil }
        return try ServerTLS(settings, protocols: protocols, key: key, log: service.log, now: Monotonic.now())
    }

    /// How connections of OTLP/HTTP are served.
    func serveHTTP(_ settings: OTLPReceiverSettings.HTTP, tls: ServerTLS?) -> ServerBootstrap {
        bootstrap(tls: tls) { [service, connections] channel in
            var limits = NIOHTTPDecoderLimitConfiguration()
            limits.maxHeaderFieldSize = settings.maxHeaderSize
            limits.maxHeaderListSize = settings.maxHeaderSize
            limits.maxHeaderFieldCount = 128
            let decoder = ByteToMessageHandler(
                HTTPRequestDecoder(leftOverBytesStrategy: .dropBytes, limitConfiguration: limits),
                maximumBufferSize: max(settings.maxHeaderSize, 1 << 16) * 2)
            try channel.pipeline.syncOperations.addHandlers([
                decoder, HTTPConnectionHandler(service: service, connections: connections, settings: settings),
            ])
        }
    }

    /// How connections of OTLP/gRPC are served.
    func serveGRPC(_ settings: OTLPReceiverSettings.GRPC, tls: ServerTLS?) -> ServerBootstrap {
        var http2 = NIOHTTP2Handler.ConnectionConfiguration()
        http2.initialSettings = [
            HTTP2Setting(parameter: .maxConcurrentStreams, value: settings.maxConcurrentStreams),
            HTTP2Setting(parameter: .initialWindowSize, value: GRPCConnectionHandler.streamWindow),
            HTTP2Setting(parameter: .maxHeaderListSize, value: settings.maxHeaderListSize),
            // What comes of a frame is passed on as it comes: larger ones cost nothing but save the work for each.
            HTTP2Setting(parameter: .maxFrameSize, value: 256 << 10),
        ]
        http2.maximumSequentialEmptyDataFrames = 1
        http2.maximumBufferedControlFrames = 1000
        http2.maximumSequentialContinuationFrames = 5
        http2.maximumRecentlyResetStreams = 32
        http2.maximumConnectionGlitches = 200
        // grpc-go measures the bandwidth by a ping for every answer that comes while none is under way, which NIO's
        // default of 200 in 30 s takes for a flood. NIO keeps 8 bytes for each that it lets pass.
        http2.controlFrameRateLimit.maximumCount = 2500
        http2.controlFrameRateLimit.windowLength = .milliseconds(250)
        var streams = NIOHTTP2Handler.StreamConfiguration()
        // A client that runs out of patience resets its calls, one that attacks does nothing else (CVE-2023-44487).
        streams.streamResetFrameRateLimit.maximumCount = 200
        streams.streamResetFrameRateLimit.windowLength = .seconds(30)
        streams.streamErrorRateLimit.maximumCount = 200
        streams.streamErrorRateLimit.windowLength = .seconds(30)
        return bootstrap(tls: tls) { [service, connections, http2, streams] channel in
            try channel.pipeline.syncOperations.addHandlers([
                NIOHTTP2Handler(
                    mode: .server, connectionConfiguration: http2, streamConfiguration: streams),
                GRPCConnectionHandler(service: service, connections: connections, settings: settings),
            ])
        }
    }

    private func bootstrap(
        tls: ServerTLS?, _ addHandlers: @escaping (any Channel) throws -> Void
    ) -> ServerBootstrap {
        let bound = NIOLoopBound((connections: connections, tls: tls, addHandlers: addHandlers), eventLoop: loop)
        return ServerBootstrap(group: loop)
            .serverChannelOption(.backlog, value: 1024)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .childChannelOption(.tcpOption(.tcp_nodelay), value: 1)
            // Requests are hundreds of kilobytes: few large reads.
            .childChannelOption(
                .recvAllocator, value: AdaptiveRecvByteBufferAllocator(minimum: 1024, initial: 4096, maximum: 256 << 10)
            )
            // A peer that has sent all it has to say still gets its answer.
            .childChannelOption(.allowRemoteHalfClosure, value: true)
            .childChannelInitializer { channel in
                let (connections, tls, addHandlers) = bound.value
                guard connections.admit() else { return channel.eventLoop.makeFailedFuture(TooManyConnections()) }
                channel.closeFuture.assumeIsolated().whenComplete { _ in connections.closed() }
                return channel.eventLoop.makeCompletedFuture {
                    if let tls {
                        let handler = NIOSSLServerHandler(context: tls.context(now: Monotonic.now()))
                        try channel.pipeline.syncOperations.addHandler(handler)
                    }
                    try addHandlers(channel)
                }
            }
    }
}

/// There are as many connections as may be.
struct TooManyConnections: Error {}
