// Messages.
extension MQTTParser {
    /// A message begins.
    ///
    /// - Parameter contents: what is known behind the fixed header.
    mutating func publish(
        _ packet: MQTTPacket, _ contents: UnsafeRawBufferPointer, _ head: MessageCutter.Head, from side: Side,
        in exchanges: inout ExchangeTable
    ) {
        var reader = NetworkOrderReader(contents)
        guard let length = reader.short() else { return }
        let known = reader.rest
        let topic = reader.take(Int(length)) ?? known
        let identifier = packet.qualityOfService > 0 ? reader.short() ?? 0 : 0
        if packet.isRepeated, pending.find(.publish, identifier, from: side) != nil { return }
        if identifier > 0, let old = pending.take(.publish, identifier, from: side) {
            // Its number is used again: it was answered, unseen.
            exchanges.close(old.handle, .cutOff)
        }
        let behind = reader.rest
        let before = UInt64(length) + (packet.qualityOfService > 0 ? 4 : 2)
        let left = UInt64(packet.remaining) &- min(before, UInt64(packet.remaining))
        let reading = properties(reader.rest, left: left, hasTopic: !topic.isEmpty)

        let handle = exchanges.begin(key: 0, offset: head.offset, from: side, at: head.start)
        exchanges.setMessage(side == .requester ? .send : .process, of: handle)
        exchanges.add(.method, .requestHeader, text: side == .requester ? "publish" : "deliver", to: handle)
        if !topic.isEmpty { exchanges.add(.destination, .requestHeader, value: topic, to: handle) }
        var payload = Exchange.unknownLength
        switch reading {
        case .some(.properties(let properties)):
            add(properties, of: topic, from: side, to: handle, in: &exchanges)
            payload = left &- UInt64(properties.length)
        case .some(.cut(let properties?)): add(properties, of: topic, from: side, to: handle, in: &exchanges)
        case .none where hasProperties == false: payload = left
        default: break
        }
        addClient(to: handle, in: &exchanges)
        // The payload, and properties in front of it, which are told apart no further.
        exchanges.addValues(text: topic, to: handle)
        exchanges.addValues(text: behind, isCut: !head.isWhole, to: handle)
        exchanges.open(handle)
        self[side].handle = handle
        self[side].payload = payload
        self[side].isOneWay = identifier == 0
        guard identifier > 0 else { return }
        pending.append(MQTTPending(sender: side, kind: .publish, identifier: identifier, handle: handle))
    }

    /// A packet has moved to its last byte.
    mutating func ended(_ side: Side, in exchanges: inout ExchangeTable) {
        guard let payload = self[side].payload else { return }
        let handle = self[side].handle
        self[side].payload = nil
        self[side].handle = .none
        exchanges.requestMoved(handle, body: payload)
        exchanges.endRequest(handle)
        if self[side].isOneWay { exchanges.endResponse(handle) }
    }

    /// Adds what a message's properties say, as far as they are known.
    private mutating func add(
        _ properties: MQTTProperties, of topic: UnsafeRawBufferPointer, from side: Side, to handle: ExchangeHandle,
        in exchanges: inout ExchangeTable
    ) {
        if properties.alias > 0 {
            if topic.isEmpty {
                self[side].aliases.with(properties.alias) {
                    exchanges.add(.destination, .requestHeader, value: $0, to: handle)
                }
            } else {
                self[side].aliases.set(properties.alias, topic, in: &exchanges)
            }
        }
        properties.add(to: handle, in: &exchanges)
    }

    /// Adds the client's name.
    func addClient(to handle: ExchangeHandle, in exchanges: inout ExchangeTable) {
        guard !client.isEmpty else { return }
        client.withUnsafeBytes { exchanges.add(.clientID, .requestHeader, value: $0, to: handle) }
    }

    /// The properties of a publish; nil when it has none, or it is not known whether it has. What it says of the version is
    /// kept.
    ///
    /// - Parameter left: how much of the packet is behind the topic and the number.
    private mutating func properties(
        _ bytes: UnsafeRawBufferPointer, left: UInt64, hasTopic: Bool
    ) -> MQTTProperties.Reading? {
        // Without a topic it can only be 5.
        if !hasTopic { hasProperties = true }
        if hasProperties == false { return nil }
        let reading = MQTTProperties.read(bytes, left: left, isPublish: true)
        if hasProperties == true { return reading }
        switch reading {
        case .invalid:
            hasProperties = false
            return nil
        case .properties(let properties) where !properties.isEmpty:
            hasProperties = true
            return reading
        // A zero: no properties, or a payload that begins with it.
        case .properties, .cut: return nil
        }
    }
}
