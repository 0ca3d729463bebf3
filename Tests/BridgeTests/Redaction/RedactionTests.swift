import Testing

@testable import Bridge
@testable import Capture
@testable import Correlate
@testable import OTLP

/// What of a request is in its span, by what the configuration says.
@Suite struct RedactionTests {
    private var samples = Samples()

    private static let token = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJl"

    private func span(
        _ linked: LinkedExchange, _ options: MappingOptions = MappingOptions()
    ) -> (name: String, [String: String]) {
        let (span, batch, attributes) = mapped(linked, fields: samples.fields, mapper: SpanMapper(options))
        return (batch.string(span.name), attributes)
    }

    private mutating func header(
        _ name: String, _ value: String, _ carrier: Carrier = .requestHeader, of linked: inout LinkedExchange
    ) {
        Array(name.utf8).withUnsafeBytes { name in
            Array(value.utf8).withUnsafeBytes { samples.fields.append(.header, carrier, name: name, value: $0) }
        }
        linked.exchange.fields.count += 1
    }

    private static let queries: [(TextRule, String?)] = [
        (.mask, "a=REDACTED&b=&REDACTED;token=REDACTED"), (.drop, nil), (.keep, "a=1&b=&plain;token=REDACTED"),
    ]

    @Test(arguments: queries)
    mutating func queryIsByItsRule(_ rule: TextRule, _ expected: String?) {
        var options = MappingOptions()
        options.query = rule
        for role in [Role.server, .client] {
            let linked = samples.linked(
                1, role, phase: .closed, target: "/p?a=1&b=&plain;token=x", others: [(.authority, "h")])
            let (_, attributes) = span(linked, options)
            if role == .server {
                #expect(attributes["url.query"] == expected)
            } else {
                #expect(attributes["url.full"] == "http://h/p" + (expected.map { "?" + $0 } ?? ""))
            }
        }
    }

    @Test(arguments: [
        "AWSAccessKeyId", "Signature", "sig", "X-Goog-Signature", "X-Amz-Security-Token", "X-Amz-Credential",
        "password",
        "user[password]", "client_secret", "api_key", "apikey", "access_token", "refreshToken", "code", "key", "jwt",
        "SESSIONID", "pass%77ord", "t%6Fken",
    ])
    mutating func keptQueriesHaveNoSecrets(_ name: String) {
        var options = MappingOptions()
        options.query = .keep
        let linked = samples.linked(1, .server, phase: .closed, target: "/p?\(name)=hunter2&page=3")
        #expect(span(linked, options).1["url.query"] == "\(name)=REDACTED&page=3")
    }

    private static let update = "UPDATE accounts SET city = 'Ulm' WHERE id = 7"
    private static let alter = "ALTER USER joe IDENTIFIED BY 'hunter2'"

    @Test(
        arguments: [
            (TextRule.mask, update, "UPDATE accounts SET city = ? WHERE id = ?"), (.drop, update, nil),
            (.keep, update, update),
            (.keep, alter, "ALTER USER joe IDENTIFIED BY ?"),
            (.keep, "SELECT a FROM t WHERE api_token = 'x'", "SELECT a FROM t WHERE api_token = ?"),
        ] as [(TextRule, String, String?)])
    mutating func statementIsByItsRule(_ rule: TextRule, _ statement: String, _ expected: String?) {
        var options = MappingOptions()
        options.sql = rule
        var linked = samples.linked(1, .client, phase: .closed, others: [(.statement, statement)])
        linked.exchange.protocol = .mysql
        let (name, attributes) = span(linked, options)
        #expect(attributes["db.query.text"] == expected)
        #expect(attributes["db.query.summary"] == name && !name.isEmpty)
    }

    @Test mutating func allowedHeadersAreThereWithoutTheirSecrets() {
        var options = MappingOptions()
        options.headers = ["x-tenant", "authorization", "referer", "set-cookie", "x-missing", "x-api-key"]
        var linked = samples.linked(1, .server, phase: .closed, target: "/p")
        header("X-Tenant", "gold", of: &linked)
        header("x-tenant", "silver", of: &linked)
        header("X-TENANT", "bronze", .responseHeader, of: &linked)
        header("Authorization", "Bearer hunter2", of: &linked)
        header("X-API-Key", "hunter2", of: &linked)
        header("Set-Cookie", "sid=hunter2", .responseHeader, of: &linked)
        header("Referer", "https://u:hunter2@shop/cart?token=hunter2&a=b#x", of: &linked)
        header("x-other", "not asked for here", of: &linked)
        let (_, attributes) = span(linked, options)
        #expect(attributes["http.request.header.x-tenant"] == "gold,silver")
        #expect(attributes["http.response.header.x-tenant"] == "bronze")
        #expect(attributes["http.request.header.authorization"] == "REDACTED")
        #expect(attributes["http.request.header.x-api-key"] == "REDACTED")
        #expect(attributes["http.response.header.set-cookie"] == "REDACTED")
        #expect(
            attributes["http.request.header.referer"]
                == "https://REDACTED@shop/cart?token=REDACTED&a=REDACTED#x")
        #expect(!attributes.keys.contains { $0.hasSuffix("x-other") || $0.hasSuffix("x-missing") })
        #expect(!attributes.values.contains { $0.contains("hunter2") })
        #expect(!span(linked).1.keys.contains { $0.contains("header") }, "none by default")
    }

    @Test mutating func callsHaveMetadata() {
        var options = MappingOptions()
        options.headers = ["x-tenant"]
        var linked = samples.linked(1, .client, phase: .closed, others: [(.service, "a.B")])
        linked.exchange.protocol = .http2
        header("x-tenant", "gold", of: &linked)
        header("x-tenant", "silver", .responseHeader, of: &linked)
        let (_, attributes) = span(linked, options)
        #expect(attributes["rpc.request.metadata.x-tenant"] == "gold")
        #expect(attributes["rpc.response.metadata.x-tenant"] == "silver")
    }

    @Test mutating func credentialsAreMaskedByDefault() {
        let linked = samples.linked(
            1, .server, phase: .closed, target: "/reset/\(Self.token)",
            others: [(.userAgent, "agent (Bearer abcdefghij0123456789)")])
        var mapper = SpanMapper()
        var batch = SpanBatch()
        mapper.append(
            linked.exchange, fields: samples.fields,
            place: .init(rootOf: linked.exchange.end, join: .link(.none), confidence: 0, earliest: 0),
            resource: ResourceData(attributes: []), wallClockOffset: 0, to: &batch)
        let attributes = attributes(of: batch.spans[0], in: batch)
        #expect(attributes["url.path"] == "/reset/REDACTED")
        #expect(attributes["user_agent.original"] == "agent (Bearer REDACTED)")
        #expect(batch.string(batch.spans[0].name) == "GET /reset/{id}")
        #expect(mapper.counters.redaction.credentials == 2)
    }

    @Test mutating func credentialsInKeysOfCachesAreMasked() {
        var linked = samples.linked(1, .client, phase: .closed, others: [(.statement, "GET session:\(Self.token)")])
        linked.exchange.protocol = .redis
        #expect(span(linked).1["db.query.text"] == "GET session:REDACTED")
    }

    @Test(arguments: [["Ulm", "127\\.0\\.0\\.\\d+"], ["\\bUlm\\b", "^127.*"], ["Ulm|127.0.0.1"]])
    mutating func patternsAreReplacedInEveryText(_ patterns: [String]) throws {
        var options = MappingOptions()
        options.headers = ["x-city"]
        options.patterns = try PatternSet(patterns.map { RedactionPattern($0) })
        var linked = samples.linked(
            1, .server, phase: .closed, target: "/Ulm/list", others: [(.authority, "Ulm"), (.userAgent, "from Ulm")])
        header("x-city", "Ulm", of: &linked)
        let (name, attributes) = span(linked, options)
        #expect(name == "GET /REDACTED/list")
        #expect(attributes["http.route"] == "/REDACTED/list" && attributes["url.path"] == "/REDACTED/list")
        #expect(attributes["user_agent.original"] == "from REDACTED")
        #expect(attributes["http.request.header.x-city"] == "REDACTED")
        #expect(attributes["network.peer.address"] == "REDACTED", "what the socket says is a text as well")
        #expect(!attributes.values.contains { $0.contains("Ulm") || $0.contains("127.0") })
    }

    @Test mutating func patternsAreReplacedInMessages() throws {
        var options = MappingOptions()
        options.patterns = try PatternSet([RedactionPattern("connection", replacement: "wire")])
        let linked = samples.linked(1, .client, phase: .closed, status: 0, outcome: .noResponse)
        let (span, batch, _) = mapped(linked, fields: samples.fields, mapper: SpanMapper(options))
        #expect(batch.string(span.statusMessage) == "the wire was closed before a response came")
    }

    @Test mutating func aSpanDoesNotTouchTheOneBeforeIt() throws {
        var options = MappingOptions()
        options.patterns = try PatternSet([RedactionPattern("second")])
        var mapper = SpanMapper(options)
        var batch = SpanBatch()
        for (number, target) in ["/first", "/second"].enumerated() {
            let linked = samples.linked(UInt64(number + 1), .server, phase: .closed, target: target)
            mapper.append(
                linked.exchange, fields: samples.fields,
                place: .init(rootOf: linked.exchange.end, join: .link(.none), confidence: 0, earliest: 0),
                resource: ResourceData(attributes: []), wallClockOffset: 0, to: &batch)
        }
        #expect(batch.spans.map { batch.string($0.name) } == ["GET /first", "GET /REDACTED"])
        #expect(mapper.counters.redaction.patterns == 3)
    }
}
