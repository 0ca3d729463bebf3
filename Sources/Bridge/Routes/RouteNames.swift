internal import Capture
internal import OTLP

/// Names HTTP spans by their routes, so that backends can group them: `GET /users/{id}`, with `http.route` at servers and
/// `url.template` at clients. A configured template that fits comes first; otherwise routes are learned, of a server by its
/// service's name, of a client's calls by whom they are addressed to.
struct RouteNames: Sendable {
    /// Those that the configuration names.
    var templates: [RouteTemplate]
    private var servers = RouteTable()
    private var clients = RouteTable()
    private var route: [UInt8] = []
    /// The resource of the span before, which is often that of the next, and the key of its service.
    private var last: (resource: ResourceData, key: UInt64)?

    init(templates: [RouteTemplate]) { self.templates = templates }

    /// What was learned at servers and of clients' calls.
    var counters: (servers: RouteTable.Counters, clients: RouteTable.Counters) { (servers.counters, clients.counters) }

    /// Adds what was learned to a file.
    func store(into bytes: inout [UInt8]) {
        servers.store(into: &bytes)
        clients.store(into: &bytes)
    }

    /// Knows from now on what was stored, and nothing else that is learned.
    ///
    /// - Parameter now: ns of the monotonic clock.
    /// - Returns: false, and nothing changes, if it is not what was stored.
    mutating func restore(from bytes: [UInt8], now: UInt64) -> Bool {
        var reader = StateReader(bytes)
        guard let servers = RouteTable(&reader, now: now), let clients = RouteTable(&reader, now: now), reader.isAtEnd
        else { return false }
        (self.servers, self.clients) = (servers, clients)
        return true
    }

    /// Adds the route of a span whose name is its method so far.
    mutating func append(
        _ method: StaticString, _ exchange: Exchange, fields: borrowing FieldBuffer, resource: ResourceData,
        to span: inout SpanData, in batch: inout SpanBatch
    ) {
        guard let target = fields.first(.target, in: exchange.fields) else { return }
        route.removeAll(keepingCapacity: true)
        let isServer = exchange.end.role == .server
        let isKnown = fields.withBytes(of: target.value) { target in
            let path = RequestTarget(target).path
            // Neither * nor the authority of CONNECT.
            guard path.first == UInt8(ascii: "/") else { return false }
            if let template = templates.first(where: { $0.matches(path) }) {
                route.append(contentsOf: template.bytes)
                return true
            }
            let (learns, now) = (leadsSomewhere(exchange), exchange.requestStart.time)
            if isServer { return servers.write(path, of: key(of: resource), learns: learns, now: now, to: &route) }
            let key = RouteNames.key(ofServerOf: exchange, fields: fields)
            return clients.write(path, of: key, learns: learns, now: now, to: &route)
        }
        guard isKnown else { return }
        var name = batch.append(text: method)
        name.count += batch.append(text: " ").count
        let text = route.withUnsafeBytes { batch.append(bytes: $0) }
        name.count += text.count
        span.name = name
        batch.append(Attribute(key: .known(isServer ? "http.route" : "url.template"), value: .string(text)))
    }

    /// Whether an answer says that there is something at a path. What was not found, or was refused before anybody looked
    /// for it, would make routes of whatever a scanner asks for.
    private func leadsSomewhere(_ exchange: Exchange) -> Bool {
        switch exchange.status {
        case 100..<400: true
        case 500...599: exchange.status != 501
        default: false
        }
    }

    private mutating func key(of resource: ResourceData) -> UInt64 {
        if let last, last.resource === resource { return last.key }
        var name = resource.serviceName
        let key = name.withUTF8 { KeyHash.of(UnsafeRawBufferPointer($0)) }
        last = (resource, key)
        return key
    }

    /// The key of whom a request is addressed to: by name if it says one, else by address.
    private static func key(ofServerOf exchange: Exchange, fields: borrowing FieldBuffer) -> UInt64 {
        let authority = fields.first(.authority, in: exchange.fields)?.value ?? .empty
        return fields.withBytes(of: authority) { authority in
            let host = Authority.withoutCredentials(authority)
            guard host.isEmpty else { return KeyHash.of(host) }
            var hash = KeyHash.of(exchange.peer.high)
            hash = KeyHash.of(exchange.peer.low, hash)
            return KeyHash.of(UInt64(exchange.peer.port), hash)
        }
    }
}

/// FNV-1a, 64 bits. Services whose hashes are equal share their routes, and nothing worse.
private enum KeyHash {
    static let start: UInt64 = 0xCBF2_9CE4_8422_2325

    static func of(_ bytes: UnsafeRawBufferPointer) -> UInt64 {
        bytes.prefix(256).reduce(start) { hash, byte in
            // Hosts are the same in either case.
            (hash ^ UInt64(byte &- 0x41 < 26 ? byte | 0x20 : byte)) &* 0x100_0000_01B3
        }
    }

    static func of(_ number: UInt64, _ hash: UInt64 = start) -> UInt64 {
        (hash ^ number) &* 0x100_0000_01B3 ^ number >> 32
    }
}
