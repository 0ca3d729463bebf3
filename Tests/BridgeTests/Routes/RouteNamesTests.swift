import Testing

@testable import Bridge
@testable import Capture
@testable import Correlate
@testable import OTLP

/// Names and routes of the spans that HTTP exchanges become, one after the other.
@Suite struct RouteNamesTests {
    private var samples = Samples()
    private var mapper = SpanMapper()
    private var number: UInt64 = 0

    private mutating func span(
        _ target: String, _ role: Role = .server, status: Int32 = 200, host: String = "shop", service: String = "shop",
        outcome: Outcome = .complete
    ) -> (name: String, route: String?) {
        number += 1
        let linked = samples.linked(
            number, role, phase: .closed, target: target, status: status, outcome: outcome, others: [(.authority, host)]
        )
        var batch = SpanBatch()
        mapper.append(
            linked.exchange, fields: samples.fields,
            place: SpanContext(rootOf: linked.exchange.end, join: .link(.none), confidence: 0, earliest: 0),
            resource: ResourceData(attributes: [(key: "service.name", value: .string(service))]), wallClockOffset: 0,
            to: &batch)
        let attributes = attributes(of: batch.spans[0], in: batch)
        #expect(attributes[role == .server ? "url.template" : "http.route"] == nil)
        return (batch.string(batch.spans[0].name), attributes[role == .server ? "http.route" : "url.template"])
    }

    @Test(arguments: [Role.server, .client]) mutating func idsHaveOneName(_ role: Role) {
        let spans = (0..<200).map { span("/users/\($0)/orders/0af76519-\($0)?page=\($0)", role) }
        #expect(Set(spans.map(\.name)) == ["GET /users/{id}/orders/{id}"])
        #expect(Set(spans.map(\.route)) == ["/users/{id}/orders/{id}"])
    }

    @Test mutating func scannersMakeNoRoutes() {
        for status in [400, 401, 403, 404, 405, 410, 501] as [Int32] {
            let (name, route) = span("/phpmyadmin", status: status)
            #expect(name == "GET" && route == nil)
        }
        #expect(span("/lost", status: 0, outcome: .noResponse).name == "GET")
        #expect(span("/broken", status: 503).name == "GET /broken")
        #expect(span("/broken", status: 404).name == "GET /broken")
    }

    @Test mutating func servicesAndHostsLearnApart() {
        _ = span("/a", service: "one")
        #expect(span("/a", status: 404, service: "two").name == "GET")
        #expect(span("/a", status: 404, service: "one").name == "GET /a")
        _ = span("/b", .client, host: "One:80")
        #expect(span("/b", .client, status: 404, host: "user:pw@one:80").name == "GET /b")
        #expect(span("/b", .client, status: 404, host: "two").name == "GET")
        #expect(span("/b", status: 404, service: "one").name == "GET")
    }

    @Test mutating func configuredTemplatesComeFirst() throws {
        var options = MappingOptions()
        options.routes = try ["/users/me", "/users/{user}", "/{tenant}/reports/*", "/"].map { try RouteTemplate($0) }
        mapper = SpanMapper(options)
        #expect(span("/users/me").name == "GET /users/me")
        #expect(span("/users/joe?x").route == "/users/{user}")
        #expect(span("/users/joe", status: 404).name == "GET /users/{user}")
        #expect(span("/users/joe/x").name == "GET /users/joe/x")
        #expect(span("/acme/reports").route == "/{tenant}/reports/*")
        #expect(span("/acme/reports/2024/q1.pdf").route == "/{tenant}/reports/*")
        #expect(span("/", status: 404).name == "GET /")
    }

    @Test mutating func whatIsNoPathHasNoRoute() {
        #expect(span("*").name == "GET" && span("host:443").name == "GET")
        #expect(span("http://shop/p/7?q").name == "GET /p/{id}")
    }

    @Test func templatesCoverOthers() throws {
        func covers(_ one: String, _ other: String) throws -> Bool {
            try RouteTemplate(one).covers(try RouteTemplate(other))
        }
        #expect(try covers("/a/{b}", "/a/c") && covers("/*", "/a/{b}") && covers("/a/*", "/a") && covers("/", "/"))
        #expect(
            try !covers("/a/c", "/a/{b}") && !covers("/a/{b}", "/a/*") && !covers("/a", "/a/b") && !covers("/a/b", "/a")
        )
    }
}
