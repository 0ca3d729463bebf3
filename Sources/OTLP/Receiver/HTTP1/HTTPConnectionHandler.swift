import Glibc
import NIOCore
import NIOHTTP1
import Threading

/// The socket's side of ``HTTPConnection``.
final class HTTPConnectionHandler: ChannelDuplexHandler, ServedConnection {
    typealias InboundIn = HTTPServerRequestPart
    typealias OutboundIn = NIOCore.ByteBuffer
    typealias OutboundOut = NIOCore.ByteBuffer

    /// How long a peer whose connection we end may take to read why, ns. Closing at once, with something of it unread,
    /// would reset the connection and take the answer away.
    private static let linger: UInt64 = 2_000_000_000

    private let service: ExportService
    /// Who is at the other end; read with the first request, since a connection has no addresses before it is active.
    private var sender: SenderAddress?
    private let connections: Connections
    private let settings: OTLPReceiverSettings.HTTP
    private var connection: HTTPConnection
    private var context: ChannelHandlerContext?
    /// A read that the channel wants and that is held back.
    private var isReadHeldBack = false
    private var isReading = false
    /// Set once we have said our last word.
    private var lingersUntil: UInt64?

    init(service: ExportService, connections: Connections, settings: OTLPReceiverSettings.HTTP) {
        self.service = service
        self.connections = connections
        self.settings = settings
        connection = HTTPConnection(settings: settings, now: Monotonic.now())
    }

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
        connections.add(self)
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        connections.remove(self)
        self.context = nil
    }

    func channelInactive(context: ChannelHandlerContext) {
        endOfInput()
        context.fireChannelInactive()
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        isReading = true
        switch unwrapInboundIn(data) {
        case .head(let head): perform(connection.received(head))
        case .body(let piece):
            perform(piece.withUnsafeReadableBytes { connection.received($0, budget: &service.budget) })
        case .end: perform(connection.receivedEnd(now: Monotonic.now()))
        }
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        isReading = false
        settle()
        context.fireChannelReadComplete()
    }

    func read(context: ChannelHandlerContext) {
        isReadHeldBack = true
        resume()
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        resume()
        context.fireChannelWritabilityChanged()
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if event as? ChannelEvent == .inputClosed {
            if lingersUntil != nil { return context.close(promise: nil) }
            endOfInput()
            settle()
        } else {
            context.fireUserInboundEventTriggered(event)
        }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        switch error {
        case HTTPParserError.invalidEOFState: endOfInput()
        case let error as HTTPParserError:
            perform(connection.receivedGarbage(headTooLarge: error == .headerOverflow, budget: &service.budget))
        default:
            service.countFailure(of: error)
            return context.close(promise: nil)
        }
        settle()
    }

    func tick(now: UInt64) {
        if let lingersUntil {
            if now >= lingersUntil { abort() }
        } else if connection.isLate(now: now) {
            guard let action = connection.giveUp(budget: &service.budget) else {
                service.counters.update { $0.timeouts &+= 1 }
                return abort()
            }
            perform(action)
            settle()
        }
    }

    func stop() {
        connection.stop()
        if connection.isIdle, lingersUntil == nil { abort() }
    }

    func abort() { context?.close(promise: nil) }

    private func endOfInput() {
        if connection.receivedEndOfInput(budget: &service.budget) { service.counters.update { $0.aborted &+= 1 } }
    }

    private func perform(_ action: HTTPConnection.Action?) {
        switch action {
        case nil: break
        case .export(let request, let charge, let place): export(request, charge: charge, place: place)
        case .writeContinue:
            guard let context else { return }
            var buffer = context.channel.allocator.buffer(capacity: 32)
            buffer.writeStaticString("HTTP/1.1 100 Continue\r\n\r\n")
            context.writeAndFlush(wrapOutboundOut(buffer), promise: nil)
        case .refused(let refusal): service.count(refusal)
        case .unsupported: service.counters.update { $0.unsupported &+= 1 }
        }
    }

    private func export(_ request: ExportRequest, charge: Int, place: UInt64) {
        guard let context else { return service.budget.give(charge) }
        if sender == nil { sender = SenderAddress(of: context.channel) }
        let bound = NIOLoopBound(self, eventLoop: context.eventLoop)
        let (signal, encoding) = (request.signal, request.encoding)
        service.export(request, from: sender, charge: charge, limit: settings.maxBodySize) { answer in
            bound.value.answered(answer, signal: signal, encoding: encoding, place: place)
        }
    }

    private func answered(
        _ answer: ExportAnswer, signal: Signal, encoding: ExportRequest.Encoding, place: UInt64
    ) {
        if case .refused(let refusal) = answer { service.count(refusal) }
        connection.answered(.make(answer, signal: signal, encoding: encoding), at: place)
        // Otherwise it is written when what was read has been gone through, with others that are ready by then.
        if !isReading { settle() }
    }

    /// Writes what can be written, and ends or goes on.
    private func settle() {
        guard let context, lingersUntil == nil else { return }
        if connection.answers.isReady {
            var ends = false
            var buffer = context.channel.allocator.buffer(capacity: 256)
            var answered: UInt64 = 0
            while let next = connection.nextAnswer(now: Monotonic.now()) {
                next.answer.write(
                    into: &buffer, keepsAlive: next.keepsAlive, hasBody: next.hasBody, date: service.date.at(time(nil)))
                ends = !next.keepsAlive
                answered += 1
            }
            service.counters.update { $0.requests &+= answered }
            let written = context.writeAndFlush(wrapOutboundOut(buffer))
            if ends {
                lingersUntil = Monotonic.now() &+ Self.linger
                written.assumeIsolated().whenComplete { _ in self.context?.close(mode: .output, promise: nil) }
            }
        }
        if lingersUntil == nil, connection.isOver, connection.answers.isEmpty {
            lingersUntil = Monotonic.now() &+ Self.linger
            context.close(mode: .output, promise: nil)
        }
        resume()
    }

    private func resume() {
        guard isReadHeldBack, let context, connection.wantsInput, context.channel.isWritable else { return }
        isReadHeldBack = false
        context.read()
    }
}
