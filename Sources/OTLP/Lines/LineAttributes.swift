/// Gathers what is asked of the attributes of a span (semantic conventions, the present names before the former).
struct LineAttributes {
    /// A value, as far as it is asked for.
    enum Value {
        case text(UnsafeRawBufferPointer)
        case number(UInt64)
        case other
    }

    private var thread: UInt64 = 0
    private var method: UInt64 = 0
    private var formerMethod: UInt64 = 0
    private var path: UInt64 = 0
    private var pathRank: UInt8 = .max
    private var service: UInt64 = 0
    private var procedure: UInt64 = 0
    private var destination: UInt64 = 0
    private var peer: UInt64 = 0
    private var peerRank: UInt8 = .max
    private var serverPort: UInt64 = 0
    private var serverPortRank: UInt8 = .max
    private var peerPort: UInt16 = 0
    private var peerPortRank: UInt8 = .max
    private var localPort: UInt16 = 0
    private var localPortRank: UInt8 = .max
    private var exchange: UInt64 = 0
    private var ids = LineSpan()

    /// Takes in an attribute.
    mutating func take(_ key: UnsafeRawBufferPointer, _ value: Value) {
        // The length tells nearly all keys from those that are asked for.
        switch key.count {
        case 8 where Self.isKey(key, "url.path"): take(path: value, 0)
        case 8 where Self.isKey(key, "url.full"): take(path: value, 2)
        case 8 where Self.isKey(key, "http.url"): take(path: value, 3)
        case 9 where Self.isKey(key, "thread.id"): thread = Self.hash(value)
        case 10 where Self.isKey(key, "request.id"), 10 where Self.isKey(key, "request_id"): take(id: value)
        case 10 where Self.isKey(key, "rpc.method"): procedure = Self.hash(value)
        case 11 where Self.isKey(key, "http.method"): formerMethod = Self.hash(value)
        case 11 where Self.isKey(key, "http.target"): take(path: value, 1)
        case 11 where Self.isKey(key, "rpc.service"): service = Self.hash(value)
        case 11 where Self.isKey(key, "server.port"): take(serverPort: value, 0)
        case 11 where Self.isKey(key, "client.port"): take(peerPort: value, 3)
        case 12 where Self.isKey(key, "peer.service"): take(peer: value, 0)
        case 12 where Self.isKey(key, "x-request-id"): take(id: value)
        case 13 where Self.isKey(key, "net.peer.name"): take(peer: value, 2)
        case 13 where Self.isKey(key, "net.peer.port"):
            take(serverPort: value, 1)
            take(peerPort: value, 2)
        case 13 where Self.isKey(key, "net.host.port"): take(localPort: value, 2)
        case 14 where Self.isKey(key, "server.address"): take(peer: value, 1)
        case 15 where Self.isKey(key, "http.request_id"): take(id: value)
        case 17 where Self.isKey(key, "network.peer.port"): take(peerPort: value, 0)
        case 17 where Self.isKey(key, "guid:x-request-id"): take(id: value)
        case 18 where Self.isKey(key, "network.local.port"): take(localPort: value, 0)
        case 18 where Self.isKey(key, "net.sock.peer.port"): take(peerPort: value, 1)
        case 18 where Self.isKey(key, "net.sock.host.port"): take(localPort: value, 1)
        case 19 where Self.isKey(key, "http.request.method"): method = Self.hash(value)
        case 20 where Self.isKey(key, "messaging.message.id"), 20 where Self.isKey(key, "messaging.message_id"):
            take(id: value)
        case 21 where Self.isKey(key, "interspan.exchange.id"): exchange = Self.hash(value)
        case 21 where Self.isKey(key, "messaging.destination"): destination = Self.hash(value)
        case 26 where Self.isKey(key, "messaging.destination.name"): destination = Self.hash(value)
        case 32 where Self.isKey(key, "http.request.header.x-request-id"): take(id: value)
        case 36 where Self.isKey(key, "http.request.header.x-correlation-id"): take(id: value)
        default: break
        }
    }

    /// Puts what was gathered into a span, whose kind and name's hash are known.
    func finish(_ span: inout LineSpan) {
        let isCall = span.kind == .client || span.kind == .producer
        if isCall, peer != 0 || serverPort != 0 {
            var hash = TextHash()
            hash.absorb(span.operation)
            hash.absorb(peer)
            hash.absorb(serverPort)
            span.operation = hash.value
        }
        span.thread = thread
        span.exchange = exchange
        span.ids = ids.ids
        switch span.kind {
        case .client, .producer: span.clientPort = localPort
        case .server, .consumer: span.clientPort = peerPort
        default: break
        }
        span.signature = signature
    }

    private var signature: UInt64 {
        var hash = TextHash()
        if destination != 0 {
            hash.absorb(1)
            hash.absorb(destination)
        } else if procedure != 0 {
            hash.absorb(2)
            hash.absorb(service)
            hash.absorb(procedure)
        } else if path != 0, method != 0 || formerMethod != 0 {
            hash.absorb(3)
            hash.absorb(method != 0 ? method : formerMethod)
            hash.absorb(path)
        } else {
            return 0
        }
        return hash.value
    }

    private mutating func take(path value: Value, _ rank: UInt8) {
        guard rank <= pathRank, case .text(let text) = value else { return }
        path = RequestSignature(method: UnsafeRawBufferPointer(start: nil, count: 0)).with(path: text)
        pathRank = rank
    }

    private mutating func take(peer value: Value, _ rank: UInt8) {
        guard rank <= peerRank, case .text = value else { return }
        peer = Self.hash(value)
        peerRank = rank
    }

    private mutating func take(serverPort value: Value, _ rank: UInt8) {
        guard rank <= serverPortRank, let port = Self.port(value) else { return }
        serverPort = UInt64(port)
        serverPortRank = rank
    }

    private mutating func take(peerPort value: Value, _ rank: UInt8) {
        guard rank <= peerPortRank, let port = Self.port(value) else { return }
        peerPort = port
        peerPortRank = rank
    }

    private mutating func take(localPort value: Value, _ rank: UInt8) {
        guard rank <= localPortRank, let port = Self.port(value) else { return }
        localPort = port
        localPortRank = rank
    }

    private mutating func take(id value: Value) {
        let hash = Self.hash(value)
        if hash != 0 { ids.add(id: hash) }
    }

    private static func port(_ value: Value) -> UInt16? {
        guard case .number(let number) = value, let port = UInt16(exactly: number), port != 0 else { return nil }
        return port
    }

    private static func hash(_ value: Value) -> UInt64 {
        switch value {
        case .text(let text): text.isEmpty ? 0 : TextHash.of(text)
        case .number(let number): withUnsafeBytes(of: number.littleEndian) { TextHash.of($0) }
        case .other: 0
        }
    }

    @inline(__always)
    static func isKey(_ key: UnsafeRawBufferPointer, _ wanted: StaticString) -> Bool {
        wanted.withUTF8Buffer { key.elementsEqual($0) }
    }
}
