extension TLSParser {
    /// The ClientHello is there, as far as it will be.
    mutating func clientHello(_ hello: TLSHello?, in exchanges: inout ExchangeTable) {
        phase = .serverHello
        if let name = hello?.serverName { exchanges.add(.serverName, .requestHeader, value: name, to: handle) }
        if let offered = hello?.protocols { add(protocols: offered, .requestHeader, in: &exchanges) }
        exchanges.requestMoved(handle)
        if exchanges.context.role == .client { exchanges.open(handle) } else { exchanges.setSilent(handle) }
        exchanges.endRequest(handle)
    }

    /// The ServerHello is there, as far as it will be.
    mutating func serverHello(_ hello: TLSHello?, in exchanges: inout ExchangeTable) {
        guard let hello else { return phase = .rest }
        guard !hello.isRetry else { return }
        phase = .rest
        version = hello.version
        let name: StaticString? =
            switch version {
            case 0x0300: "3.0"
            case 0x0301: "1.0"
            case 0x0302: "1.1"
            case 0x0303: "1.2"
            case 0x0304: "1.3"
            default: nil
            }
        if let name {
            let text = UnsafeRawBufferPointer(start: name.utf8Start, count: name.utf8CodeUnitCount)
            exchanges.add(.version, .responseHeader, value: text, to: handle)
        }
        if let chosen = hello.protocols { add(protocols: chosen, .responseHeader, in: &exchanges) }
    }

    /// A side sends something that is, or announces, encryption.
    mutating func changed(_ side: Side, _ type: UInt8, in exchanges: inout ExchangeTable) {
        // What a client sends ahead of the ServerHello is early data (RFC 8446, 2.3).
        guard phase == .rest else { return }
        if side == .requester { hasChanged.requester = true } else { hasChanged.responder = true }
        // Until 1.2 both sides say so when the handshake is nearly over; from 1.3 on the client's does not mean much, but
        // it comes behind the last of the server's flight.
        let isOver = version >= 0x0304 ? side == .requester : hasChanged.requester && hasChanged.responder
        guard isOver || type == ContentType.data else { return }
        succeed(in: &exchanges)
        exchanges.surrender = .leftAlone
    }

    /// The handshake is over.
    mutating func succeed(in exchanges: inout ExchangeTable) {
        guard exchanges.isOpen(handle) else { return exchanges.passOver(handle) }
        exchanges.endResponse(handle)
    }

    /// A side has given up.
    mutating func fail(_ alert: TLSAlert, from side: Side, at point: ExecutionPoint, in exchanges: inout ExchangeTable)
    {
        exchanges.open(handle)
        if answered.time > 0 || side == .responder {
            exchanges.beginResponse(handle, at: answered.time > 0 ? answered : point)
            exchanges.responseMoved(handle)
        }
        let name = UnsafeRawBufferPointer(start: alert.name.utf8Start, count: alert.name.utf8CodeUnitCount)
        exchanges.add(.errorCode, .responseHeader, value: name, to: handle)
        exchanges.setFailed(handle)
        exchanges.endResponse(handle)
        exchanges.surrender = .leftAlone
    }

    /// Names of protocols, separated by commas.
    private func add(protocols: UnsafeRawBufferPointer, _ carrier: Carrier, in exchanges: inout ExchangeTable) {
        withUnsafeTemporaryAllocation(byteCount: protocols.count, alignment: 1) { text in
            var (read, written) = (0, 0)
            while read < protocols.count {
                let length = Int(protocols[read])
                guard length > 0, read + 1 + length <= protocols.count else { break }
                if written > 0 {
                    text[written] = 0x2C
                    written += 1
                }
                for index in 0..<length { text[written + index] = protocols[read + 1 + index] }
                written += length
                read += 1 + length
            }
            guard written > 0 else { return }
            let value = UnsafeRawBufferPointer(rebasing: UnsafeRawBufferPointer(text)[..<written])
            exchanges.add(.nextProtocol, carrier, value: value, to: handle)
        }
    }
}
