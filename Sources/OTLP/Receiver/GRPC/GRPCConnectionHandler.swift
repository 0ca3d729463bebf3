import NIOCore
import NIOHPACK
import NIOHTTP2
import NIOSSL
import Threading

/// The socket's side of ``GRPCCalls``. It stands right behind NIO's handler of HTTP/2 and takes its frames as they are: a
/// channel for each call, as NIO's multiplexer makes them, is made for streams that live, and ours are one message long.
final class GRPCConnectionHandler: ChannelDuplexHandler, ServedConnection {
    typealias InboundIn = HTTP2Frame
    typealias OutboundIn = HTTP2Frame
    typealias OutboundOut = HTTP2Frame

    /// What a connection may send ahead of our reading, bytes: enough for several streams at full speed.
    static let connectionWindow = 4 << 20
    /// The same for one call.
    static let streamWindow = 1 << 20

    private let service: ExportService
    /// Who is at the other end; read with the first request, since a connection has no addresses before it is active.
    private var sender: SenderAddress?
    private let connections: Connections
    private let settings: OTLPReceiverSettings.GRPC
    private var calls: GRPCCalls
    private var deadline: ReadDeadline
    private var context: ChannelHandlerContext?
    /// The newest stream of the peer's.
    private var newest: HTTP2StreamID = .rootStream
    private var isStopping = false
    private var isReadHeldBack = false
    private var needsFlush = false
    /// While something is being worked on: what was written goes out, and the connection may end, only after it. NIO
    /// tells of a stream's end while the frame that ends it is being written.
    private var isBusy = false
    /// Writes that must be on their way before the connection ends.
    private var lastWords = 0

    init(service: ExportService, connections: Connections, settings: OTLPReceiverSettings.GRPC) {
        self.service = service
        self.connections = connections
        self.settings = settings
        calls = GRPCCalls(settings: settings)
        deadline = ReadDeadline(timeout: settings.readTimeoutNanoseconds, now: Monotonic.now())
    }

    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
        connections.add(self)
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        connections.remove(self)
        self.context = nil
    }

    func channelActive(context: ChannelHandlerContext) {
        // Settings cannot change a connection's window, and 64 KiB is what each begins with (RFC 9113, section 6.9.2).
        write(.windowUpdate(windowSizeIncrement: Self.connectionWindow - 65_535), on: .rootStream)
        settle()
        context.fireChannelActive()
    }

    func channelInactive(context: ChannelHandlerContext) {
        let aborted = calls.closeAll(budget: &service.budget)
        service.counters.update { $0.aborted &+= UInt64(aborted) }
        context.fireChannelInactive()
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        isBusy = true
        let frame = unwrapInboundIn(data)
        let now = Monotonic.now()
        switch frame.payload {
        case .headers(let headers):
            newest = max(newest, frame.streamID)
            let action = calls.received(
                headers.headers, of: frame.streamID.number, ends: headers.endStream, now: now, budget: &service.budget)
            perform(action, on: frame.streamID, now: now)
        case .data(let data):
            guard case .byteBuffer(let piece) = data.data else { return }
            let action = piece.withUnsafeReadableBytes {
                calls.received($0, of: frame.streamID.number, ends: data.endStream, now: now, budget: &service.budget)
            }
            perform(action, on: frame.streamID, now: now)
        // Whoever asks for nothing but a sign of life gets it, and keeps its connection.
        case .ping: deadline.extend(now: now)
        case .goAway: isStopping = true
        default: break
        }
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        isBusy = false
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
        switch event {
        case let event as NIOHTTP2WindowUpdatedEvent: widen(event)
        case let event as StreamClosedEvent:
            if calls.closed(event.streamID.number, budget: &service.budget) {
                service.counters.update { $0.aborted &+= 1 }
            }
            settle()
        case ChannelEvent.inputClosed:
            // What was sent whole is still answered; the rest will never be.
            let aborted = calls.inputEnded(budget: &service.budget)
            service.counters.update { $0.aborted &+= UInt64(aborted) }
            isStopping = true
            settle()
        default: context.fireUserInboundEventTriggered(event)
        }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        // One stream's fault: NIO has reset it and goes on. Everything else ends the connection.
        if error is NIOHTTP2Errors.StreamError || error is NIOHTTP2Errors.StreamClosed { return }
        service.countFailure(of: error)
        context.close(promise: nil)
    }

    func tick(now: UInt64) {
        isBusy = true
        for (id, action) in calls.giveUp(now: now, budget: &service.budget) {
            let stream = HTTP2StreamID(id)
            if let action { perform(action, on: stream, now: now) } else { write(.rstStream(.cancel), on: stream) }
        }
        if !calls.isEmpty {
            // Each has a deadline of its own, or waits for us.
            deadline.extend(now: now)
        } else if deadline.isOver(now: now) {
            service.counters.update { $0.timeouts &+= 1 }
            sayGoAway()
        }
        isBusy = false
        settle()
    }

    func stop() {
        sayGoAway()
        settle()
    }

    func abort() { context?.close(promise: nil) }

    private func sayGoAway() {
        guard !isStopping else { return }
        isStopping = true
        write(.goAway(lastStreamID: newest, errorCode: .noError, opaqueData: nil), on: .rootStream)
    }

    private func perform(_ action: GRPCCalls.Action?, on stream: HTTP2StreamID, now: UInt64) {
        switch action {
        case nil: break
        case .export(let request, let charge):
            deadline.extend(now: now)
            export(request, charge: charge, on: stream)
        case .fail(let headers, let stops, let refusal):
            service.counters.update { $0.requests &+= 1 }
            if let refusal {
                service.count(refusal)
            } else {
                service.counters.update { $0.unsupported &+= 1 }
            }
            write(.headers(.init(headers: headers, endStream: true)), on: stream)
            // RFC 9113, section 8.1: answered before the request was whole, and nothing was wrong with asking.
            if stops { write(.rstStream(.noError), on: stream) }
        case .refuseStream: write(.rstStream(.refusedStream), on: stream)
        }
    }

    private func export(_ request: ExportRequest, charge: Int, on stream: HTTP2StreamID) {
        guard let context else { return service.budget.give(charge) }
        if sender == nil { sender = SenderAddress(of: context.channel) }
        let bound = NIOLoopBound(self, eventLoop: context.eventLoop)
        let signal = request.signal
        service.export(request, from: sender, charge: charge, limit: settings.maxMessageSize) { answer in
            bound.value.answered(answer, signal: signal, on: stream)
        }
    }

    private func answered(_ answer: ExportAnswer, signal: Signal, on stream: HTTP2StreamID) {
        let now = Monotonic.now()
        if case .refused(let refusal) = answer { service.count(refusal) }
        guard let context, calls.answered(stream.number, now: now) else { return }
        deadline.extend(now: now)
        service.counters.update { $0.requests &+= 1 }
        let wasBusy = isBusy
        isBusy = true
        switch answer {
        case .taken(let rejected, let message):
            let body = AnswerBody.response(to: signal, rejected: rejected, message: message, encoding: .protobuf)
            var buffer = context.channel.allocator.buffer(capacity: 5 + body.count)
            buffer.writeInteger(UInt8(0))
            buffer.writeInteger(UInt32(truncatingIfNeeded: body.count))
            buffer.writeBytes(body)
            write(.headers(.init(headers: GRPCHeaders.head)), on: stream)
            write(.data(.init(data: .byteBuffer(buffer))), on: stream)
            write(.headers(.init(headers: GRPCHeaders.good, endStream: true)), on: stream)
        case .refused(let refusal):
            write(.headers(.init(headers: GRPCHeaders.failed(refusal), endStream: true)), on: stream)
        }
        // It goes out together with others that are ready when what was read has been gone through.
        isBusy = wasBusy
        settle()
    }

    /// Lets the peer send more once half of what it may send has come.
    private func widen(_ event: NIOHTTP2WindowUpdatedEvent) {
        guard let size = event.inboundWindowSize else { return }
        let target = event.streamID == .rootStream ? Self.connectionWindow : Self.streamWindow
        guard size <= target / 2 else { return }
        if event.streamID != .rootStream, !calls.isReceiving(event.streamID.number) { return }
        write(.windowUpdate(windowSizeIncrement: target - size), on: event.streamID)
    }

    private func write(_ payload: HTTP2Frame.FramePayload, on stream: HTTP2StreamID) {
        guard let context else { return }
        needsFlush = true
        let frame = wrapOutboundOut(HTTP2Frame(streamID: stream, payload: payload))
        guard isStopping else { return context.write(frame, promise: nil) }
        lastWords += 1
        context.write(frame).assumeIsolated().whenComplete { _ in
            self.lastWords -= 1
            self.settle()
        }
    }

    private func settle() {
        guard !isBusy else { return }
        if needsFlush {
            needsFlush = false
            isBusy = true
            context?.flush()
            isBusy = false
        }
        if isStopping, calls.isEmpty, lastWords == 0 { abort() } else { resume() }
    }

    private func resume() {
        guard isReadHeldBack, let context, context.channel.isWritable else { return }
        isReadHeldBack = false
        context.read()
    }
}

extension HTTP2StreamID {
    /// It is one of 31 bits.
    fileprivate var number: Int32 { Int32(self) }
}
