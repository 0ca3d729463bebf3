@testable import Bridge
@testable import Capture

/// A request's head, to be judged.
struct TelemetryRequest: Sendable, CustomStringConvertible {
    var method: String
    var target: String
    var agent: String?
    var type: String?
    var headers: [String]
    var answered: [String]
    var contexts: [(String, String)]
    var port: UInt16
    var `protocol`: ApplicationProtocol
    var service: String?
    /// Whether its body is OTLP's.
    var carriesTelemetry = false
    /// Further fields.
    var others: [(FieldKey, String)] = []

    init(
        _ method: String, _ target: String, agent: String? = nil, type: String? = nil, headers: [String] = [],
        answered: [String] = [], contexts: [(String, String)] = [], port: UInt16 = 80,
        protocol: ApplicationProtocol = .http1
    ) {
        (self.method, self.target, self.agent, self.type) = (method, target, agent, type)
        (self.headers, self.answered, self.contexts, self.port) = (headers, answered, contexts, port)
        self.protocol = `protocol`
    }

    init(http2 method: String, _ target: String, agent: String? = nil, port: UInt16 = 80) {
        self.init(method, target, agent: agent, port: port, protocol: .http2)
    }

    /// A call of gRPC's.
    init(call service: String, port: UInt16 = 80) {
        self.init("", "", type: "application/grpc", port: port, protocol: .http2)
        self.service = service
    }

    var description: String { "\(method) \(target) \(agent ?? "-") \(type ?? "-")" }

    /// The fields, as Capture gives them.
    func add(to fields: inout FieldBuffer) {
        func add(_ key: FieldKey, _ carrier: Carrier, _ name: String, _ value: String) {
            Array(name.utf8).withUnsafeBytes { name in
                Array(value.utf8).withUnsafeBytes { fields.append(key, carrier, name: name, value: $0) }
            }
        }
        if let service {
            add(.service, .requestHeader, "", service)
        } else {
            if !method.isEmpty { add(.method, .requestHeader, "", method) }
            if !target.isEmpty { add(.target, .requestHeader, "", target) }
        }
        if let agent { add(.userAgent, .requestHeader, "", agent) }
        if let type { add(.contentType, .requestHeader, "", type) }
        for name in headers { add(.header, .requestHeader, name, "10") }
        for name in answered { add(.header, .responseHeader, name, "10") }
        for (name, value) in contexts { add(.context, .requestHeader, name, value) }
        for (key, value) in others { add(key, .requestHeader, "", value) }
    }

    /// What it is, which both of its ends say.
    var kind: TelemetryKind? {
        var fields = FieldBuffer()
        add(to: &fields)
        let kinds = [Role.client, .server].map { role in
            let (own, other) = (Endpoint(ipv4: 0x7F00_0001, port: 40_000), Endpoint(ipv4: 0x7F00_0001, port: port))
            let process = Samples.process(7)
            var exchange = Exchange(
                end: Samples.end(1, role), protocol: `protocol`, socket: 1, process: process,
                local: role == .client ? own : other, peer: role == .client ? other : own,
                requestStart: ExecutionPoint(time: 1, process: process.key, thread: 9))
            exchange.carriesTelemetry = carriesTelemetry
            exchange.fields = FieldRange(start: 0, count: UInt32(fields.fields.count))
            return TelemetryKind(exchange, fields)
        }
        precondition(kinds[0] == kinds[1])
        return kinds[0]
    }
}
