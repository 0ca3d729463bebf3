import Testing

@testable import Bridge
@testable import Capture
@testable import Correlate
@testable import OTLP
@testable import Propagation

/// The spans of FastCGI, Dubbo, TLS, and of what goes on within HTTP/1.
@Suite struct WebMappingTests {
    private var samples = Samples()

    private mutating func span(
        _ identity: ApplicationProtocol, _ role: Role = .client, status: Int32 = 0, others: [(FieldKey, String)] = [],
        responses: [(FieldKey, String)] = [], _ change: (inout Exchange) -> Void = { _ in }
    ) -> (SpanData, String, [String: String]) {
        var linked = samples.linked(1, role, phase: .closed, target: "/p", status: status)
        linked.exchange.protocol = identity
        if identity != .fastcgi, identity != .http1 {
            linked.exchange.fields = FieldRange(start: UInt32(samples.fields.fields.count), count: 0)
        }
        for (carrier, fields) in [(Carrier.requestHeader, others), (.responseHeader, responses)] {
            for (key, value) in fields {
                Array(value.utf8).withUnsafeBytes { samples.fields.append(key, carrier, value: $0) }
                linked.exchange.fields.count += 1
            }
        }
        change(&linked.exchange)
        let (span, batch, attributes) = mapped(linked, fields: samples.fields)
        return (span, batch.string(span.name), attributes)
    }

    @Test mutating func fastCGIIsHTTPUnderItsOwnName() {
        let (span, name, attributes) = span(.fastcgi, .server, status: 404)
        #expect(name == "GET" && span.kind == .server && span.status == .unset)
        #expect(attributes["network.protocol.name"] == "fastcgi")
        #expect(attributes["http.response.status_code"] == "404" && attributes["url.path"] == "/p")
    }

    @Test mutating func applicationThatTookNoRequestIsAnError() {
        let (span, _, attributes) = span(.fastcgi, .server, responses: [(.errorCode, "OVERLOADED")]) {
            $0.hasFailed = true
        }
        #expect(span.status == .error && attributes["error.type"] == "OVERLOADED")
        #expect(attributes["http.response.status_code"] == nil)
    }

    @Test(
        arguments: [
            (Int32(20), false, nil, "OK", nil), (20, true, "a.B", "OK", "a.B"), (20, true, nil, "OK", "_OTHER"),
            (31, true, nil, "SERVER_TIMEOUT", "SERVER_TIMEOUT"),
            (60, true, nil, "SERVICE_NOT_FOUND", "SERVICE_NOT_FOUND"),
        ] as [(Int32, Bool, String?, String, String?)])
    mutating func dubboHasItsStatusByName(
        _ status: Int32, _ hasFailed: Bool, _ thrown: String?, _ name: String, _ type: String?
    ) {
        let (span, operation, attributes) = span(
            .dubbo, status: status, others: [(.service, "a.Shop"), (.method, "buy")],
            responses: thrown.map { [(.errorCode, $0)] } ?? []
        ) { $0.hasFailed = hasFailed }
        #expect(operation == "a.Shop/buy" && attributes["rpc.method"] == "a.Shop/buy")
        #expect(attributes["rpc.system.name"] == "dubbo" && attributes["rpc.response.status_code"] == name)
        #expect(attributes["error.type"] == type && (span.status == .error) == hasFailed)
    }

    @Test mutating func handshakeNamesWhoWasAskedForAndWhatWillBeSpoken() {
        let (span, name, attributes) = span(
            .tls, others: [(.serverName, "shop.example"), (.nextProtocol, "h2,http/1.1")],
            responses: [(.version, "1.2"), (.nextProtocol, "h2")])
        #expect(name == "TLS handshake" && span.kind == .client && span.status == .unset)
        #expect(attributes["server.address"] == "shop.example" && attributes["server.port"] == "80")
        #expect(attributes["tls.protocol.name"] == "tls" && attributes["tls.protocol.version"] == "1.2")
        #expect(attributes["tls.next_protocol"] == "h2")
        #expect(attributes["interspan.tls.offered_protocols"] == "h2,http/1.1")
        #expect(attributes["tls.established"] == "true")
    }

    @Test mutating func handshakeThatFailedHasTheAlertsName() {
        let (span, _, attributes) = span(.tls, .server, responses: [(.errorCode, "unknown_ca")]) {
            $0.hasFailed = true
        }
        #expect(span.status == .error && attributes["error.type"] == "unknown_ca")
        #expect(attributes["tls.established"] == "false" && attributes["server.address"] == "127.0.0.1")
    }

    @Test mutating func messagesAreCountedUnlessSomeWereMissed() {
        let (_, _, attributes) = span(.http1, status: 101) {
            $0.requestMessages = 3
            $0.responseMessages = Exchange.unknownLength
            $0.requestBody = 50
            $0.responseBody = 60
        }
        #expect(attributes["interspan.request.messages"] == "3")
        #expect(attributes["interspan.response.messages"] == nil)
        #expect(attributes["interspan.request.bytes"] == "50" && attributes["interspan.response.bytes"] == "60")
        #expect(attributes["http.request.body.size"] == nil && attributes["http.response.body.size"] == nil)
    }
}
