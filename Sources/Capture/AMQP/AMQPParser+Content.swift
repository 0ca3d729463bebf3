// Messages: a header that tells their size, and bodies.
extension AMQPParser {
    /// Whether the server is in the middle of a message.
    var isDelivering: Bool { (0..<channels.count).contains { channels[$0].delivering.isActive } }

    /// A content header.
    ///
    /// - Parameter reader: at its class.
    mutating func header(
        _ reader: inout NetworkOrderReader, on channel: UInt16, _ head: MessageCutter.Head, from side: Side,
        in exchanges: inout ExchangeTable
    ) {
        guard let place = channels.find(channel), case .header = channels[place][side].stage,
            reader.short() == AMQPMethod.basicClass, reader.short() != nil, let size = reader.longLong()
        else { return }
        let handle = channels[place][side].handle
        AMQPProperties.add(&reader, to: handle, in: &exchanges)
        exchanges.open(handle)
        channels[place][side].stage = .body(left: size)
    }

    /// A frame of a message's body: what is known of its first bytes.
    mutating func addValues(
        _ head: MessageCutter.Head, on channel: UInt16, from side: Side, in exchanges: inout ExchangeTable
    ) {
        guard exchanges.values.isOn, let place = channels.find(channel), channels[place][side].method != .basicGetOk,
            case .body = channels[place][side].stage
        else { return }
        var body = UnsafeRawBufferPointer(rebasing: head.bytes.dropFirst(AMQPFrame.headerLength))
        if head.isWhole { body = UnsafeRawBufferPointer(rebasing: body.dropLast()) }
        exchanges.addValues(body: body, .unknown, isCut: !head.isWhole, to: channels[place][side].handle)
    }

    /// Bytes of a message's body have moved, or its header has.
    mutating func contentMoved(
        _ count: UInt64, on channel: UInt16, from side: Side, in exchanges: inout ExchangeTable
    ) {
        guard let place = channels.find(channel), case .body(let left) = channels[place][side].stage else { return }
        let moved = min(count, left)
        let content = channels[place][side]
        if content.method == .basicGetOk {
            exchanges.responseMoved(content.handle, body: moved)
        } else {
            exchanges.requestMoved(content.handle, body: moved)
        }
        guard moved == left else {
            channels[place][side].stage = .body(left: left &- moved)
            return
        }
        channels[place][side].stage = .none
        finish(content, at: place, in: &exchanges)
    }

    /// What a side was sending on a channel was not seen to its end.
    mutating func abandon(_ side: Side, at place: Int, in exchanges: inout ExchangeTable) {
        let content = channels[place][side]
        guard content.isActive else { return }
        channels[place][side].stage = .none
        exchanges.open(content.handle)
        if content.method == .basicGetOk {
            exchanges.responseMoved(content.handle, body: Exchange.unknownLength)
        } else {
            exchanges.requestMoved(content.handle, body: Exchange.unknownLength)
        }
        finish(content, at: place, in: &exchanges)
    }

    /// Bytes of a side were missed. What it was sending is taken to have come to its end; what waited for it may have been
    /// answered.
    mutating func missed(_ side: Side, in exchanges: inout ExchangeTable) {
        for place in 0..<channels.count {
            abandon(side, at: place, in: &exchanges)
            // Whatever was published unseen had a number too.
            if side == .requester { channels[place].nextTag = 0 }
        }
        guard side == .responder else { return }
        for call in calls {
            if exchanges.isOpen(call.handle) {
                exchanges.close(call.handle, .cutOff)
            } else {
                exchanges.passOver(call.handle)
            }
        }
        for confirmation in confirmations { exchanges.close(confirmation.handle, .cutOff) }
        calls.removeAll(keepingCapacity: true)
        confirmations.removeAll(keepingCapacity: true)
    }

    private mutating func finish(_ content: AMQPContent, at place: Int, in exchanges: inout ExchangeTable) {
        exchanges.endRequest(content.handle)
        if content.method == .basicPublish, content.tag > channels[place].confirmedEarly,
            confirmations.count < AMQPParser.mostConfirmations, content.handle != .none
        {
            confirmations.append(
                AMQPConfirmation(
                    channel: channels[place].number, mayReturn: content.isMandatory, tag: content.tag,
                    hash: content.hash, handle: content.handle))
        } else {
            exchanges.endResponse(content.handle)
        }
    }
}
