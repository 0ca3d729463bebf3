import Glibc
import NIOCore
import NIOPosix
import Synchronization
import Threading

/// Takes OTLP in: by gRPC over HTTP/2 and by HTTP/1.1, in protobuf and JSON
/// (https://opentelemetry.io/docs/specs/otlp/). What comes is checked, given to a ``TelemetrySink`` and answered when
/// that has decided.
///
/// It stands on SwiftNIO itself rather than on a server framework: both protocols are one short message in and one out,
/// and share everything but the way these are framed. So there is one event loop with its thread, no task or channel for
/// each request, and nothing that takes part in a request that is not needed for it.
public final class OTLPReceiver: Sendable {
    private struct Running {
        var thread: ServerThread
        var server: NIOLoopBound<Server>
        var grpcPort: Int?
        var httpPort: Int?
    }

    /// Its name in the configuration, such as `otlp`.
    public let name: String

    private let settings: OTLPReceiverSettings
    private let sink: any TelemetrySink
    private let log: ExporterLog
    private let shared = SharedReceiverCounters()
    private let running = Mutex<Running?>(nil)

    /// A receiver that has not been started.
    /// - Parameter log: called from its event loop.
    public init(name: String, settings: OTLPReceiverSettings, sink: any TelemetrySink, log: ExporterLog) {
        self.name = name
        self.settings = settings
        self.sink = sink
        self.log = log
    }

    /// What it was sent and what became of it, all at one moment.
    public var counters: ReceiverCounters { shared.current }

    /// The port on which it serves gRPC; nil when it does not, or not now.
    public var boundGRPCPort: Int? { running.withLock { $0?.grpcPort } }

    /// The port on which it serves HTTP; nil when it does not, or not now.
    public var boundHTTPPort: Int? { running.withLock { $0?.httpPort } }

    /// Binds its addresses, reads its certificates and serves from now on. Once only.
    /// - Throws: ``ReceiverError`` naming the key that cannot work; nothing was started then.
    public func start() throws {
        try running.withLock { running in
            guard running == nil else { return }
            let thread = try ServerThread()
            do {
                running = try launch(on: thread)
            } catch {
                thread.end()
                throw error
            }
        }
    }

    /// Takes no more connections and ends those that are there as soon as what is owed on them has been answered.
    /// Does not wait.
    public func stopAccepting() {
        guard let (thread, server) = running.withLock({ $0.map { ($0.thread, $0.server) } }) else { return }
        thread.loop.execute {
            server.value.stopListening()
            server.value.stop()
        }
    }

    /// Takes no more, answers what is owed, ends its thread. What has not been answered by the deadline never will be.
    /// Calling it again does nothing.
    /// - Parameter deadlineNanoseconds: CLOCK_MONOTONIC, ns.
    public func shutdown(deadlineNanoseconds: UInt64) {
        stopAccepting()
        guard let (thread, server) = running.withLock({ $0.take().map { ($0.thread, $0.server) } }) else { return }
        let isIdle = { (try? thread.loop.submit { server.value.isIdle }.wait()) ?? true }
        while !isIdle(), Monotonic.now() < deadlineNanoseconds { usleep(Self.pollMicroseconds) }
        _ = try? thread.loop.submit { server.value.abort() }.wait()
        thread.end()
    }

    /// How often the end of the last connection is looked for.
    private static let pollMicroseconds: UInt32 = 5000

    private func launch(on thread: ServerThread) throws -> Running {
        let loop = thread.loop
        let (name, settings, sink, log, shared) = (name, settings, sink, log, shared)
        let server = try loop.submit {
            let service = ExportService(
                sink: sink, loop: loop, budget: BodyBudget(limit: settings.maxBytesInFlight), counters: shared,
                log: ReceiverLog(name: name, log: log))
            let server = Server(settings: settings, service: service, loop: loop)
            server.startClock()
            return NIOLoopBound(server, eventLoop: loop)
        }.wait()
        var result = Running(thread: thread, server: server)
        if let grpc = settings.grpc {
            result.grpcPort = try bind(grpc.endpoint, key: "grpc", on: loop, server) { server, key in
                server.serveGRPC(grpc, tls: try server.makeTLS(grpc.tls, protocols: ["h2"], key: key))
            }
        }
        if let http = settings.http {
            result.httpPort = try bind(http.endpoint, key: "http", on: loop, server) { server, key in
                server.serveHTTP(http, tls: try server.makeTLS(http.tls, protocols: ["http/1.1"], key: key))
            }
        }
        return result
    }

    /// Listens at an address; the port that it has then.
    private func bind(
        _ endpoint: ListenAddress, key protocolKey: String, on loop: any EventLoop, _ server: NIOLoopBound<Server>,
        _ serve: @escaping @Sendable (Server, String) throws -> ServerBootstrap
    ) throws -> Int? {
        let key = "receivers.\(name).protocols.\(protocolKey)"
        do {
            let address = try endpoint.resolve()
            return try loop.flatSubmit {
                do {
                    return try serve(server.value, key).bind(to: address).map { listener in
                        server.value.add(listener)
                        return listener.localAddress?.port
                    }
                } catch { return loop.makeFailedFuture(error) }
            }.wait()
        } catch let error as ReceiverError where error.description.hasPrefix(key) {
            throw error
        } catch { throw ReceiverError(error, at: endpoint, key: "\(key).endpoint") }
    }
}
