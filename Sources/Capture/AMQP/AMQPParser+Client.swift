// What the client says.
extension AMQPParser {
    /// A method of the client's.
    ///
    /// - Parameter reader: at its arguments.
    mutating func asked(
        _ method: AMQPMethod, _ reader: inout NetworkOrderReader, on channel: UInt16, _ head: MessageCutter.Head,
        in exchanges: inout ExchangeTable
    ) {
        switch method {
        case .basicPublish: publish(&reader, on: channel, head, in: &exchanges)
        case .basicAck, .basicNack, .basicReject: settle(method, &reader, on: channel, head, in: &exchanges)
        case .basicRecoverAsync: subscriptions.missed()
        case .channelCloseOk:
            if let index = channels.find(channel) { channels.remove(at: index, in: &exchanges) }
            subscriptions.forget(channel: channel)
        default:
            guard method.isAnswered else { return }
            call(method, &reader, on: channel, head, in: &exchanges)
        }
    }

    private mutating func publish(
        _ reader: inout NetworkOrderReader, on channel: UInt16, _ head: MessageCutter.Head,
        in exchanges: inout ExchangeTable
    ) {
        guard let place = channels.place(channel, in: &exchanges) else { return }
        abandon(.requester, at: place, in: &exchanges)
        let handle = exchanges.begin(key: 0, offset: head.offset, stream: UInt64(channel), at: head.start)
        _ = reader.short()
        var content = AMQPContent()
        content.handle = handle
        content.stage = .header
        exchanges.setMessage(.send, of: handle)
        exchanges.add(.method, .requestHeader, text: AMQPMethod.basicPublish.name, to: handle)
        if let exchange = reader.shortString(), let routingKey = reader.shortString() {
            exchanges.addDestination(exchange, routingKey, to: handle)
            content.hash = AMQPParser.hash(exchange, routingKey)
            content.isMandatory = (reader.byte() ?? 0) & 1 != 0
        }
        if channels[place].nextTag > 0 {
            content.tag = channels[place].nextTag
            channels[place].nextTag &+= 1
        }
        channels[place].publishing = content
    }

    private mutating func settle(
        _ method: AMQPMethod, _ reader: inout NetworkOrderReader, on channel: UInt16, _ head: MessageCutter.Head,
        in exchanges: inout ExchangeTable
    ) {
        guard let tag = reader.longLong(), let bits = reader.byte() else { return }
        let isMultiple = method != .basicReject && bits & 1 != 0
        let (queue, count) = subscriptions.settle(channel, tag: tag, isMultiple: isMultiple)
        let handle = exchanges.begin(key: 0, offset: head.offset, stream: UInt64(channel), at: head.start)
        exchanges.setMessage(.settle, of: handle)
        exchanges.add(.method, .requestHeader, text: method.name, to: handle)
        subscriptions.withQueue(queue) { name in
            if !name.isEmpty { exchanges.add(.destination, .requestHeader, value: name, to: handle) }
        }
        if tag > 0 { exchanges.add(.deliveryTag, .requestHeader, number: tag, to: handle) }
        if count > 1 { exchanges.add(.batchSize, .requestHeader, number: UInt64(count), to: handle) }
        exchanges.finish(handle)
    }

    /// A method that is answered, if only with an end.
    private mutating func call(
        _ method: AMQPMethod, _ reader: inout NetworkOrderReader, on channel: UInt16, _ head: MessageCutter.Head,
        in exchanges: inout ExchangeTable
    ) {
        let arguments = AMQPArguments(method, &reader)
        var call = AMQPCall(channel: channel, method: method, handle: .none)
        switch method {
        case .channelOpen:
            if let index = channels.find(channel) { channels.remove(at: index, in: &exchanges) }
            subscriptions.forget(channel: channel)
        case .basicConsume:
            let queue = subscriptions.queue(arguments.name, in: &exchanges)
            subscriptions.consume(
                channel, queue: queue, tag: arguments.consumer, needsSettling: !arguments.needsNoSettling,
                isPending: !arguments.isUnanswered, in: &exchanges)
        case .basicGet:
            call.queue = subscriptions.queue(arguments.name, in: &exchanges)
            call.needsSettling = !arguments.needsNoSettling
        case .basicCancel: subscriptions.cancel(channel, tag: arguments.consumer)
        case .basicRecover: subscriptions.missed()
        case .confirmSelect where arguments.isUnanswered: confirm(channel, in: &exchanges)
        default: break
        }
        guard !arguments.isUnanswered else { return }
        call.handle = exchanges.begin(key: 0, offset: head.offset, stream: UInt64(channel), at: head.start)
        exchanges.add(.method, .requestHeader, text: method.name, to: call.handle)
        if !arguments.name.isEmpty {
            exchanges.add(.destination, .requestHeader, value: arguments.name, to: call.handle)
        }
        if method == .basicGet { exchanges.setMessage(.receive, of: call.handle) }
        if method.isOfInterest { exchanges.open(call.handle) } else { exchanges.setSilent(call.handle) }
        exchanges.endRequest(call.handle)
        if calls.count >= AMQPParser.mostCalls {
            exchanges.count(.tableFull)
            exchanges.passOver(calls.removeFirst().handle)
        }
        calls.append(call)
    }

    /// From now on the server confirms what is published on a channel.
    mutating func confirm(_ channel: UInt16, in exchanges: inout ExchangeTable) {
        guard let place = channels.place(channel, in: &exchanges), channels[place].nextTag == 0 else { return }
        channels[place].nextTag = 1
        channels[place].confirmedEarly = 0
    }

    /// What a returned message is known by.
    static func hash(_ exchange: UnsafeRawBufferPointer, _ routingKey: UnsafeRawBufferPointer) -> UInt64 {
        var hash: UInt64 = 0xCBF2_9CE4_8422_2325
        for byte in exchange { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3 }
        hash = (hash ^ 0x100) &* 0x100_0000_01B3
        for byte in routingKey { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3 }
        return hash
    }
}
