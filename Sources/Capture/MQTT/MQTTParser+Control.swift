// Everything but messages.
extension MQTTParser {
    /// From here on a reason code says that something failed.
    private static let firstFailure: UInt8 = 0x80

    /// A client introduces itself.
    mutating func connect(
        _ contents: UnsafeRawBufferPointer, _ head: MessageCutter.Head, in exchanges: inout ExchangeTable
    ) {
        var reader = NetworkOrderReader(contents)
        _ = reader.mediumString()
        guard let level = reader.byte(), let flags = reader.byte(), reader.short() != nil else { return }
        hasProperties = level >= 5
        // A session that goes on may have messages waiting.
        mayPush = flags & 2 == 0
        awaitsPong = false
        self[.requester].aliases.removeAll(in: &exchanges)
        self[.responder].aliases.removeAll(in: &exchanges)
        if level >= 5 {
            guard
                case .properties(let properties) = MQTTProperties.read(
                    reader.rest, left: UInt64(reader.rest.count), isPublish: false)
            else { return }
            _ = reader.take(properties.length)
        }
        if let name = reader.mediumString(), name.count <= MQTTParser.longestClient, exchanges.reserve(name.count) {
            exchanges.unreserve(client.count)
            client = Array(name)
        }
        let handle = exchanges.begin(key: 0, offset: head.offset, at: head.start)
        exchanges.setSilent(handle)
        exchanges.add(.method, .requestHeader, text: "connect", to: handle)
        addClient(to: handle, in: &exchanges)
        exchanges.endRequest(handle)
        if let old = pending.take(.connect, 0, from: .requester) { exchanges.passOver(old.handle) }
        pending.append(MQTTPending(sender: .requester, kind: .connect, identifier: 0, handle: handle))
    }

    /// A SUBSCRIBE or UNSUBSCRIBE.
    mutating func subscribe(
        _ packet: MQTTPacket, _ contents: UnsafeRawBufferPointer, _ head: MessageCutter.Head,
        in exchanges: inout ExchangeTable
    ) {
        var reader = NetworkOrderReader(contents)
        guard let identifier = reader.short() else { return }
        let isSubscribe = packet.kind == .subscribe
        mayPush = mayPush || isSubscribe
        let kind: MQTTPending.Kind = isSubscribe ? .subscribe : .unsubscribe
        if let old = pending.take(kind, identifier, from: .requester) { exchanges.close(old.handle, .cutOff) }
        let filters = filters(reader.rest, packet, isCut: !head.isWhole)
        let handle = exchanges.begin(key: 0, offset: head.offset, at: head.start)
        exchanges.add(.method, .requestHeader, text: isSubscribe ? "subscribe" : "unsubscribe", to: handle)
        if let filters {
            exchanges.add(.destination, .requestHeader, value: filters.first, to: handle)
            if filters.count > 1, head.isWhole {
                exchanges.add(.batchSize, .requestHeader, number: UInt64(filters.count), to: handle)
            }
        }
        addClient(to: handle, in: &exchanges)
        exchanges.open(handle)
        exchanges.endRequest(handle)
        pending.append(
            MQTTPending(
                sender: .requester, kind: kind, identifier: identifier, count: filters?.count ?? 0, handle: handle))
    }

    private mutating func filters(
        _ bytes: UnsafeRawBufferPointer, _ packet: MQTTPacket, isCut: Bool
    ) -> MQTTFilters? {
        let hasOptions = packet.kind == .subscribe
        if hasProperties != true, let filters = MQTTFilters(bytes, hasOptions: hasOptions, isCut: isCut) {
            // Properties are no text that is as long as it says.
            hasProperties = false
            return filters
        }
        let reading = MQTTProperties.read(bytes, left: UInt64(packet.remaining) - 2, isPublish: false)
        guard case .properties(let properties) = reading else { return nil }
        let rest = UnsafeRawBufferPointer(rebasing: bytes.dropFirst(properties.length))
        let filters = MQTTFilters(rest, hasOptions: hasOptions, isCut: isCut)
        if filters != nil { hasProperties = true }
        return filters
    }

    /// A packet that answers another.
    mutating func answer(
        _ packet: MQTTPacket, _ contents: UnsafeRawBufferPointer, _ head: MessageCutter.Head, from side: Side,
        in exchanges: inout ExchangeTable
    ) {
        var reader = NetworkOrderReader(contents)
        guard let identifier = reader.short() else { return }
        let other: Side = side == .requester ? .responder : .requester
        switch packet.kind {
        case .connack:
            if packet.remaining > 2 { hasProperties = true } else if hasProperties == nil { hasProperties = false }
            // The number's place has flags and the return code.
            end(
                pending.take(.connect, 0, from: .requester), UInt8(identifier & 0xFF), failsFrom: 1, head,
                in: &exchanges)
        case .puback: acknowledge(identifier, from: other, &reader, head, isLast: true, in: &exchanges)
        case .pubrec: acknowledge(identifier, from: other, &reader, head, isLast: false, in: &exchanges)
        case .pubcomp: acknowledge(identifier, from: other, &reader, head, isLast: true, in: &exchanges)
        case .suback, .unsuback:
            let kind: MQTTPending.Kind = packet.kind == .suback ? .subscribe : .unsubscribe
            let asked = pending.take(kind, identifier, from: .requester)
            let worst = worstCode(reader.rest, packet, asked?.count ?? 0)
            end(asked, worst, failsFrom: MQTTParser.firstFailure, head, in: &exchanges)
        default: break
        }
    }

    /// A DISCONNECT: with 5 it says why.
    mutating func disconnect(
        _ contents: UnsafeRawBufferPointer, _ head: MessageCutter.Head, from side: Side,
        in exchanges: inout ExchangeTable
    ) {
        guard let code = contents.first else { return }
        hasProperties = true
        guard code >= MQTTParser.firstFailure else { return }
        let handle = exchanges.begin(key: 0, offset: head.offset, from: side, at: head.start)
        exchanges.add(.method, .requestHeader, text: "disconnect", to: handle)
        exchanges.add(.errorCode, .requestHeader, number: UInt64(code), to: handle)
        addClient(to: handle, in: &exchanges)
        exchanges.setFailed(handle)
        exchanges.finish(handle)
    }

    private mutating func acknowledge(
        _ identifier: UInt16, from sender: Side, _ reader: inout NetworkOrderReader, _ head: MessageCutter.Head,
        isLast: Bool, in exchanges: inout ExchangeTable
    ) {
        let code = reader.byte() ?? 0
        if head.length > 4 { hasProperties = true }
        if isLast || code >= MQTTParser.firstFailure {
            let entry = pending.take(.publish, identifier, from: sender)
            end(entry, code, failsFrom: MQTTParser.firstFailure, head, in: &exchanges)
        } else if let entry = pending.find(.publish, identifier, from: sender) {
            exchanges.beginResponse(entry.handle, at: head.start)
            exchanges.responseMoved(entry.handle)
        } else {
            exchanges.count(.orphanResponse)
        }
    }

    private mutating func end(
        _ entry: MQTTPending?, _ code: UInt8, failsFrom first: UInt8, _ head: MessageCutter.Head,
        in exchanges: inout ExchangeTable
    ) {
        guard let entry else { return exchanges.count(.orphanResponse) }
        if code >= first {
            exchanges.add(.errorCode, .responseHeader, number: UInt64(code), to: entry.handle)
            exchanges.setFailed(entry.handle)
        } else if entry.kind == .connect {
            return exchanges.passOver(entry.handle)
        }
        exchanges.beginResponse(entry.handle, at: head.start)
        exchanges.responseMoved(entry.handle)
        exchanges.endResponse(entry.handle)
    }

    /// The first code of a SUBACK or UNSUBACK that says that something failed, else 0.
    ///
    /// - Parameter count: how many topics were asked for, 0 when that is not known.
    private mutating func worstCode(
        _ bytes: UnsafeRawBufferPointer, _ packet: MQTTPacket, _ count: Int
    ) -> UInt8 {
        let left = Int(packet.remaining) - 2
        if hasProperties == nil, count > 0 {
            // One code for each topic, or (UNSUBACK) none: what is more are properties.
            hasProperties = left > (packet.kind == .suback ? count : 0)
        }
        var codes = bytes
        if hasProperties == true {
            guard
                case .properties(let properties) = MQTTProperties.read(bytes, left: UInt64(left), isPublish: false)
            else { return 0 }
            codes = UnsafeRawBufferPointer(rebasing: bytes.dropFirst(properties.length))
        } else if hasProperties == nil {
            return 0
        }
        return codes.first { $0 >= MQTTParser.firstFailure } ?? 0
    }
}
