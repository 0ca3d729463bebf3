import NIOCore
import NIOHPACK
import NIOHTTP2
import NIOPosix
import Synchronization

@testable import OTLP

/// A client of HTTP/2 that sends the frames it is told to and keeps those that come.
final class GRPCClient: Sendable {
    /// What came on one stream.
    struct Answer: Sendable, Equatable {
        var headers: [String: String] = [:]
        var data: [UInt8] = []
        var isEnded = false
        var reset: String?

        var status: String? { headers["grpc-status"] }
    }

    private struct State {
        var answers: [Int: Answer] = [:]
        var goAways = 0
        var isClosed = false
    }

    private final class Handler: ChannelInboundHandler {
        typealias InboundIn = HTTP2Frame
        private let box: Box

        init(_ box: Box) { self.box = box }

        private func record(_ change: (inout State) -> Void) { box.record(change) }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            let frame = unwrapInboundIn(data)
            let id = Int(frame.streamID)
            switch frame.payload {
            case .headers(let headers):
                record { state in
                    for (name, value, _) in headers.headers {
                        state.answers[id, default: Answer()].headers[name] = value
                    }
                    if headers.endStream { state.answers[id, default: Answer()].isEnded = true }
                }
            case .data(let data):
                guard case .byteBuffer(let buffer) = data.data else { return }
                record { state in
                    state.answers[id, default: Answer()].data += Array(buffer.readableBytesView)
                    if data.endStream { state.answers[id, default: Answer()].isEnded = true }
                }
            case .rstStream(let code): record { $0.answers[id, default: Answer()].reset = "\(code)" }
            case .goAway: record { $0.goAways += 1 }
            default: break
            }
        }

        func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
            if event as? ChannelEvent == .inputClosed { context.close(promise: nil) }
        }

        func errorCaught(context: ChannelHandlerContext, error: any Error) {}

        func channelInactive(context: ChannelHandlerContext) { record { $0.isClosed = true } }
    }

    /// What the event loop writes and the test reads.
    private final class Box: Sendable {
        let state = Mutex(State())
        func record(_ change: (inout State) -> Void) { state.withLock { change(&$0) } }
    }

    private let box: Box
    private let channel: any Channel

    init(port: Int) throws {
        let box = Box()
        channel = try ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .channelOption(.allowRemoteHalfClosure, value: true)
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandlers([
                        NIOHTTP2Handler(mode: .client), Handler(box),
                    ])
                }
            }.connect(host: "127.0.0.1", port: port).wait()
        self.box = box
    }

    deinit { channel.close(promise: nil) }

    var goAways: Int { box.state.withLock { $0.goAways } }
    var isClosed: Bool { box.state.withLock { $0.isClosed } }

    func answer(_ stream: Int) -> Answer { box.state.withLock { $0.answers[stream] ?? Answer() } }

    /// The answer to a stream once it has ended.
    func wait(for stream: Int) -> Answer {
        eventually { answer(stream).isEnded || answer(stream).reset != nil || isClosed }
        return answer(stream)
    }

    func headers(
        _ stream: Int, path: String = Signal.traces.method.description, type: String = "application/grpc",
        encoding: String? = nil, method: String = "POST", ends: Bool = false
    ) {
        var headers = HPACKHeaders([
            (":method", method), (":scheme", "http"), (":path", path), (":authority", "x"), ("content-type", type),
        ])
        if let encoding { headers.add(name: "grpc-encoding", value: encoding) }
        write(stream, .headers(.init(headers: headers, endStream: ends)))
    }

    func data(_ stream: Int, _ bytes: [UInt8], ends: Bool = true) {
        write(stream, .data(.init(data: .byteBuffer(NIOCore.ByteBuffer(bytes: bytes)), endStream: ends)))
    }

    func write(_ stream: Int, _ payload: HTTP2Frame.FramePayload) {
        channel.writeAndFlush(HTTP2Frame(streamID: HTTP2StreamID(stream), payload: payload), promise: nil)
    }

    func finishOutput() { channel.close(mode: .output, promise: nil) }

    func close() { channel.close(promise: nil) }

    /// A message with its prefix.
    static func message(_ bytes: [UInt8], compressed: Bool = false) -> [UInt8] {
        let count = UInt32(bytes.count)
        return [compressed ? 1 : 0] + (0..<4).map { UInt8(truncatingIfNeeded: count >> (24 - 8 * $0)) } + bytes
    }
}
