internal import Capture
internal import Correlate
internal import OTLP

/// The attributes that spans of a protocol can have: what ``SpanMapper`` makes of exchanges that have every field which the
/// protocol's exchanges may have, with every end and every outcome.
enum MappedAttributes {
    /// The keys, sorted.
    static func keys(of identity: ApplicationProtocol) -> Set<String> {
        var keys: Set<String> = []
        for role in [Role.client, .server] {
            for message in [MessageOperation.none, .send, .receive, .process, .settle] {
                for hasFailed in [false, true] {
                    for method in ["GET", "sample"] {
                        let exchange = sample(identity, role, message, hasFailed: hasFailed)
                        keys.formUnion(mapped(exchange, method: method))
                    }
                }
            }
        }
        var cutOff = sample(identity, .client, .none, hasFailed: false)
        cutOff.outcome = .captureEnded
        return keys.union(mapped(cutOff, method: "GET"))
    }

    private static func sample(
        _ identity: ApplicationProtocol, _ role: Role, _ message: MessageOperation, hasFailed: Bool
    ) -> Exchange {
        let process = ProcessIdentity.none
        let local = Endpoint(ipv4: 0x7F00_0001, port: 40_000)
        let peer = Endpoint(ipv4: 0x7F00_0002, port: 80)
        var exchange = Exchange(
            end: ExchangeEnd(id: ExchangeID(high: 1, low: 1), role: role), protocol: identity, socket: 1,
            process: process,
            local: role == .client ? local : peer, peer: role == .client ? peer : local,
            requestStart: ExecutionPoint(time: 1000, process: process.key, thread: 1))
        exchange.outcome = .complete
        exchange.status = hasFailed ? 500 : 200
        exchange.hasFailed = hasFailed
        exchange.message = message
        exchange.responseStart.time = 2000
        exchange.responseEnd.time = 3000
        exchange.ended = 3000
        exchange.requestBody = 10
        exchange.responseBody = 10
        exchange.requestMessages = 2
        exchange.responseMessages = 2
        return exchange
    }

    private static func mapped(_ sample: Exchange, method: String) -> Set<String> {
        var exchange = sample
        var fields = FieldBuffer()
        for key in exchange.protocol.fields {
            Array((key == .method ? method : value(of: key)).utf8).withUnsafeBytes {
                fields.append(key, exchange.protocol.carriers.first ?? .requestHeader, value: $0)
            }
        }
        exchange.fields = FieldRange(start: 0, count: UInt32(fields.fields.count))
        let place = SpanContext(rootOf: exchange.end, join: .link(.none), confidence: 0, earliest: 1000)
        var batch = SpanBatch()
        var mapper = SpanMapper()
        mapper.append(
            exchange, fields: fields, place: place, resource: ResourceData(attributes: []), wallClockOffset: 0,
            to: &batch)
        return Set(
            batch.attributes.map { attribute in
                switch attribute.key {
                case .known(let key): key.description
                case .named(let range): batch.string(range).prefix { $0 != "." } + ".<key>"
                }
            })
    }

    /// A value that means something wherever it stands.
    private static func value(of key: FieldKey) -> String {
        switch key {
        case .target: "/sample?q=1"
        case .authority: "sample:80"
        case .statement: "SELECT a FROM sample /*key='sample'*/"
        case .rows, .batchSize, .partition, .messageOffset, .deliveryTag: "2"
        default: "sample"
        }
    }
}
