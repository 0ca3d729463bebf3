// What the server says.
extension AMQPParser {
    /// The reply code of an orderly end.
    private static let success: UInt16 = 200

    /// A method of the server's.
    ///
    /// - Parameter reader: at its arguments.
    mutating func said(
        _ method: AMQPMethod, _ reader: inout NetworkOrderReader, on channel: UInt16, _ head: MessageCutter.Head,
        in exchanges: inout ExchangeTable
    ) {
        switch method {
        case .basicDeliver: deliver(&reader, on: channel, head, in: &exchanges)
        case .basicReturn: returned(&reader, on: channel, head, in: &exchanges)
        case .basicAck, .basicNack:
            confirmed(&reader, on: channel, isRefused: method == .basicNack, head, in: &exchanges)
        case .channelClose, .connectionClose:
            failed(method, &reader, on: channel, head, in: &exchanges)
        case .basicCancel:
            // The queue is gone.
            if let tag = reader.shortString() { subscriptions.cancel(channel, tag: tag) }
        default:
            guard let asked = method.answers,
                let index = calls.firstIndex(where: { $0.channel == channel && $0.method == asked })
            else {
                if method == .basicGetOk { content(.basicGetOk, .none, on: channel, in: &exchanges) }
                return
            }
            answered(calls.remove(at: index), with: method, &reader, head, in: &exchanges)
        }
    }

    private mutating func answered(
        _ call: AMQPCall, with method: AMQPMethod, _ reader: inout NetworkOrderReader, _ head: MessageCutter.Head,
        in exchanges: inout ExchangeTable
    ) {
        switch method {
        case .basicGetOk:
            exchanges.beginResponse(call.handle, at: head.start)
            if let tag = reader.longLong() {
                exchanges.add(.deliveryTag, .responseHeader, number: tag, to: call.handle)
                if call.needsSettling { subscriptions.remember(call.channel, call.queue, tag, in: &exchanges) }
            }
            _ = (reader.byte(), reader.shortString())
            if let routingKey = reader.shortString(), !routingKey.isEmpty {
                exchanges.add(.routingKey, .responseHeader, value: routingKey, to: call.handle)
            }
            content(.basicGetOk, call.handle, on: call.channel, in: &exchanges)
            return
        case .confirmSelectOk: confirm(call.channel, in: &exchanges)
        case .basicConsumeOk:
            if let tag = reader.shortString() { subscriptions.consuming(call.channel, tag: tag) }
        case .channelCloseOk:
            if let index = channels.find(call.channel) { channels.remove(at: index, in: &exchanges) }
            subscriptions.forget(channel: call.channel)
            // What it had published and was not confirmed will not be.
            for place in calls.indices.reversed() where calls[place].channel == call.channel {
                exchanges.close(calls.remove(at: place).handle, .noResponse)
            }
            for place in confirmations.indices.reversed() where confirmations[place].channel == call.channel {
                exchanges.close(confirmations.remove(at: place).handle, .noResponse)
            }
        default: break
        }
        guard exchanges.isOpen(call.handle) else { return exchanges.passOver(call.handle) }
        exchanges.beginResponse(call.handle, at: head.start)
        exchanges.responseMoved(call.handle)
        exchanges.endResponse(call.handle)
    }

    private mutating func deliver(
        _ reader: inout NetworkOrderReader, on channel: UInt16, _ head: MessageCutter.Head,
        in exchanges: inout ExchangeTable
    ) {
        let handle = exchanges.begin(
            key: 0, offset: head.offset, stream: UInt64(channel), from: .responder, at: head.start)
        exchanges.setMessage(.process, of: handle)
        exchanges.add(.method, .messageMetadata, text: AMQPMethod.basicDeliver.name, to: handle)
        if let consumer = reader.shortString(), let tag = reader.longLong() {
            _ = reader.byte()
            let queue = subscriptions.delivered(channel, consumer: consumer, tag: tag, in: &exchanges)
            if let exchange = reader.shortString(), let routingKey = reader.shortString() {
                subscriptions.withQueue(queue) {
                    exchanges.addDestination(exchange, routingKey, $0, to: handle)
                }
            }
            exchanges.add(.deliveryTag, .messageMetadata, number: tag, to: handle)
        }
        content(.basicDeliver, handle, on: channel, in: &exchanges)
    }

    /// A message follows.
    private mutating func content(
        _ method: AMQPMethod, _ handle: ExchangeHandle, on channel: UInt16, in exchanges: inout ExchangeTable
    ) {
        guard let place = channels.place(channel, in: &exchanges) else {
            // Where it ends will not be seen.
            exchanges.finish(handle)
            return exchanges.endResponse(handle)
        }
        abandon(.responder, at: place, in: &exchanges)
        channels[place].delivering = AMQPContent(handle: handle, method: method, stage: .header)
    }

    /// A message could not be routed. Its confirmation follows it.
    private mutating func returned(
        _ reader: inout NetworkOrderReader, on channel: UInt16, _ head: MessageCutter.Head,
        in exchanges: inout ExchangeTable
    ) {
        content(.basicReturn, .none, on: channel, in: &exchanges)
        guard let code = reader.short(), reader.shortString() != nil, let exchange = reader.shortString(),
            let routingKey = reader.shortString()
        else { return }
        let hash = AMQPParser.hash(exchange, routingKey)
        let index = confirmations.firstIndex { $0.channel == channel && $0.mayReturn && $0.hash == hash }
        guard let index else { return }
        confirmations[index].mayReturn = false
        exchanges.add(.errorCode, .responseHeader, number: UInt64(code), to: confirmations[index].handle)
        exchanges.setFailed(confirmations[index].handle)
        exchanges.beginResponse(confirmations[index].handle, at: head.start)
    }

    /// Messages have arrived, or been refused.
    private mutating func confirmed(
        _ reader: inout NetworkOrderReader, on channel: UInt16, isRefused: Bool, _ head: MessageCutter.Head,
        in exchanges: inout ExchangeTable
    ) {
        guard let tag = reader.longLong(), let bits = reader.byte() else { return }
        let isMultiple = bits & 1 != 0
        if let place = channels.find(channel), channels[place].nextTag > 0, tag >= channels[place].nextTag {
            channels[place].confirmedEarly = tag
        }
        confirmations.removeAll { confirmation in
            guard confirmation.channel == channel,
                isMultiple ? tag == 0 || confirmation.tag <= tag : confirmation.tag == tag
            else { return false }
            let handle = confirmation.handle
            if isRefused {
                exchanges.add(.errorCode, .responseHeader, text: "nack", to: handle)
                exchanges.setFailed(handle)
            }
            exchanges.beginResponse(handle, at: head.start)
            exchanges.responseMoved(handle)
            exchanges.endResponse(handle)
            return true
        }
    }

    /// The server closes the channel or the connection: whatever waits for it there has failed.
    private mutating func failed(
        _ method: AMQPMethod, _ reader: inout NetworkOrderReader, on channel: UInt16, _ head: MessageCutter.Head,
        in exchanges: inout ExchangeTable
    ) {
        guard let code = reader.short() else { return }
        let isAll = method == .connectionClose
        var isTold = code == AMQPParser.success
        func end(_ handle: ExchangeHandle) {
            guard handle != .none else { return }
            isTold = true
            exchanges.add(.errorCode, .responseHeader, number: UInt64(code), to: handle)
            exchanges.setFailed(handle)
            exchanges.beginResponse(handle, at: head.start)
            exchanges.responseMoved(handle)
            exchanges.endResponse(handle)
        }
        calls.removeAll { call in
            guard isAll || call.channel == channel else { return false }
            // Closing is what both wanted.
            if call.method == .channelClose || call.method == .connectionClose { return false }
            end(call.handle)
            return true
        }
        confirmations.removeAll { confirmation in
            guard isAll || confirmation.channel == channel else { return false }
            end(confirmation.handle)
            return true
        }
        subscriptions.forget(channel: channel)
        guard !isTold else { return }
        let handle = exchanges.begin(
            key: 0, offset: head.offset, stream: UInt64(channel), from: .responder, at: head.start)
        exchanges.add(.method, .responseHeader, text: method.name, to: handle)
        end(handle)
    }
}
