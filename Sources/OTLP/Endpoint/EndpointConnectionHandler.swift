import Glibc
import NIOCore
import NIOHTTP1
import Threading

/// The socket's side of ``EndpointConnection``.
final class EndpointConnectionHandler: ChannelInboundHandler, ServedConnection {
    typealias InboundIn = HTTPServerRequestPart
    typealias OutboundOut = NIOCore.ByteBuffer

    private let settings: EndpointSettings
    private let connections: Connections
    private var connection: EndpointConnection
    private var context: ChannelHandlerContext?

    init(settings: EndpointSettings, connections: Connections) {
        self.settings = settings
        self.connections = connections
        connection = EndpointConnection(
            readTimeout: settings.readTimeoutNanoseconds, writeTimeout: settings.writeTimeoutNanoseconds,
            now: Monotonic.now())
    }

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
        connections.add(self)
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        connections.remove(self)
        self.context = nil
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard case .head(let head) = unwrapInboundIn(data),
            let decision = connection.received(head, now: Monotonic.now())
        else { return }
        switch decision {
        case .ask(let request, let hasBody): write(settings.answer(request), hasBody: hasBody)
        case .answered(let answer, let hasBody): write(answer, hasBody: hasBody)
        }
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        // A peer that has asked and sends no more still gets its answer.
        if event as? ChannelEvent == .inputClosed, connection.isReading { return abort() }
        context.fireUserInboundEventTriggered(event)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        guard let error = error as? HTTPParserError, error != .invalidEOFState else { return abort() }
        let answer = connection.receivedGarbage(headTooLarge: error == .headerOverflow, now: Monotonic.now())
        if let answer { write(answer, hasBody: true) }
    }

    func tick(now: UInt64) { if connection.isOver(now: now) { abort() } }

    func stop() { if connection.isReading { abort() } }

    func abort() { context?.close(promise: nil) }

    private func write(_ answer: EndpointAnswer, hasBody: Bool) {
        guard let context else { return }
        var date = HTTPDate()
        var buffer = context.channel.allocator.buffer(capacity: answer.body.count + 512)
        answer.write(into: &buffer, hasBody: hasBody, date: date.at(time(nil)))
        context.writeAndFlush(wrapOutboundOut(buffer)).assumeIsolated().whenComplete { _ in
            self.connection.wrote(now: Monotonic.now())
            self.context?.close(mode: .output, promise: nil)
        }
    }
}
