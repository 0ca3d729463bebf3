import Testing

@testable import Bridge
@testable import Capture
@testable import Correlate
@testable import OTLP
@testable import Propagation

@Suite struct SpanMapperTests {
    private var samples = Samples()

    private mutating func span(_ linked: LinkedExchange, offset: Int64 = 0) -> (SpanData, SpanBatch, [String: String]) {
        mapped(linked, fields: samples.fields, offset: offset)
    }

    private mutating func dns(
        _ others: [(FieldKey, String)], role: Role = .client, outcome: Outcome = .complete
    ) -> (name: String, status: StatusCode, message: String, [String: String]) {
        var linked = samples.linked(1, role, phase: .closed, outcome: outcome, others: others)
        // What the samples add for HTTP is not there.
        linked.exchange.fields = FieldRange(
            start: linked.exchange.fields.start + 2, count: linked.exchange.fields.count - 2)
        linked.exchange.protocol = .dns
        linked.exchange.isDatagram = true
        linked.exchange.hasFailed = others.contains { $0 == (.errorCode, "NXDOMAIN") }
        linked.exchange.local = Endpoint(ipv4: 0, port: 53)
        let (span, batch, attributes) = span(linked)
        return (batch.string(span.name), span.status, batch.string(span.statusMessage), attributes)
    }

    @Test mutating func dnsSpanHasQuestionAndCode() {
        let (name, status, _, attributes) = dns([
            (.questionName, "www.shop.test"), (.questionType, "AAAA"), (.errorCode, "NOERROR"), (.rows, "2"),
        ])
        #expect(name == "DNS AAAA")
        #expect(status == .unset)
        #expect(attributes["dns.question.name"] == "www.shop.test")
        #expect(attributes["dns.question.type"] == "AAAA")
        #expect(attributes["dns.response.rcode"] == "NOERROR")
        #expect(attributes["interspan.dns.answer_count"] == "2")
        #expect(attributes["error.type"] == nil)
        #expect(attributes["network.transport"] == "udp")
        #expect(attributes["network.local.address"] == nil, "the socket is bound to every address")
        #expect(attributes["network.local.port"] == "53")
    }

    @Test mutating func dnsFailureIsItsCode() {
        let (name, status, _, attributes) = dns(
            [(.questionName, "none.test"), (.questionType, "TYPE65280"), (.errorCode, "NXDOMAIN")], role: .server)
        #expect(name == "DNS", "types without a name are too many for names")
        #expect(status == .error)
        #expect(attributes["error.type"] == "NXDOMAIN" && attributes["dns.response.rcode"] == "NXDOMAIN")
        #expect(attributes["server.address"] == nil && attributes["server.port"] == "53")
    }

    @Test mutating func dnsWithoutAnswerSaysSo() {
        let (name, status, message, attributes) = dns(
            [(.method, "NOTIFY"), (.questionName, "shop.test"), (.questionType, "SOA")], outcome: .noResponse)
        #expect(name == "DNS NOTIFY")
        #expect(status == .error && message == "no response came")
        #expect(attributes["error.type"] == "no_response" && attributes["dns.response.rcode"] == nil)
    }

    @Test mutating func serverSpanHasTheConventionsAttributes() {
        let (span, batch, attributes) = span(
            samples.linked(
                1, .server, phase: .closed, target: "/cart?id=7&token=s3cret",
                others: [(.authority, "shop.example:8080"), (.version, "1.1"), (.userAgent, "curl/8")]), offset: 5)
        #expect(batch.string(span.name) == "GET /cart")
        #expect(attributes["http.route"] == "/cart" && attributes["url.template"] == nil)
        #expect(span.kind == .server)
        #expect(span.start == 1005 && span.end == 1205)
        #expect(attributes["http.request.method"] == "GET")
        #expect(attributes["url.path"] == "/cart")
        #expect(attributes["url.query"] == "id=REDACTED&token=REDACTED")
        #expect(attributes["url.scheme"] == "http")
        #expect(attributes["url.full"] == nil)
        #expect(attributes["server.address"] == "shop.example")
        #expect(attributes["server.port"] == "8080")
        #expect(attributes["http.response.status_code"] == "200")
        #expect(attributes["network.protocol.version"] == "1.1")
        #expect(attributes["network.peer.address"] == "127.0.0.1")
        #expect(attributes["network.peer.port"] == "40000")
        #expect(attributes["user_agent.original"] == "curl/8")
        #expect(attributes["interspan.exchange.id"] == "0000000000000001fffffffffffffffe")
        #expect(attributes["interspan.first_byte_ns"] == "100")
        #expect(span.status == .unset)
    }

    @Test mutating func clientSpanHasTheWholeURLWithoutSecrets() {
        let (_, _, attributes) = span(
            samples.linked(1, .client, phase: .closed, target: "/p?k=v", others: [(.authority, "u:pw@h:81")]))
        #expect(attributes["url.full"] == "http://h:81/p?k=REDACTED")
        #expect(attributes["url.path"] == nil)
        #expect(attributes["server.address"] == "h")
    }

    @Test(arguments: [
        ("/p", "h?token=secret", "http://h/p"), ("/p", "?token=secret", "http://127.0.0.1/p"),
        ("h:443", "h:443", "http://h:443"), ("u:pw@h:443", "h:443", "http://h:443"), ("*", "h", "http://h"),
    ])
    mutating func whatIsNoAuthorityAndNoPathStaysOutOfTheURL(_ target: String, _ host: String, _ url: String) {
        let (_, _, attributes) = span(
            samples.linked(1, .client, phase: .closed, target: target, others: [(.authority, host)]))
        #expect(attributes["url.full"] == url)
    }

    @Test mutating func clientSpanWithoutHostIsNamedByThePeer() {
        let (_, _, attributes) = span(samples.linked(1, .client, phase: .closed, target: "/p"))
        #expect(attributes["url.full"] == "http://127.0.0.1/p")
        #expect(attributes["server.address"] == "127.0.0.1")
        #expect(attributes["server.port"] == "80")
    }

    @Test(arguments: [(Role.server, 404, false), (.server, 500, true), (.client, 404, true), (.client, 399, false)])
    mutating func statusIsAnErrorForWhoIsAtFault(_ role: Role, _ status: Int32, _ isError: Bool) {
        let (span, _, attributes) = span(samples.linked(1, role, phase: .closed, status: status))
        #expect((span.status == .error) == isError)
        #expect(attributes["error.type"] == (isError ? String(status) : nil))
    }

    @Test(arguments: [
        (Outcome.noResponse, "no_response"), (.cutOff, "cut_off"), (.processExited, "process_exited"),
    ])
    mutating func exchangeThatDidNotCompleteSaysSo(_ outcome: Outcome, _ type: String) {
        let (span, batch, attributes) = span(
            samples.linked(1, .client, phase: .closed, status: 0, outcome: outcome))
        #expect(span.status == .error)
        #expect(attributes["error.type"] == type)
        #expect(!batch.string(span.statusMessage).isEmpty)
        #expect(attributes["http.response.status_code"] == nil)
        #expect(span.end >= span.start)
    }

    @Test mutating func captureThatEndedFirstIsNoError() {
        let (span, _, attributes) = span(
            samples.linked(1, .client, phase: .closed, status: 0, outcome: .captureEnded))
        #expect(span.status == .unset)
        #expect(attributes["interspan.incomplete"] == "true")
    }

    @Test mutating func targetOfConnectIsNoPath() {
        let (_, _, attributes) = span(
            samples.linked(1, .server, phase: .closed, target: "user:pass@host:443", others: [(.authority, "host:443")])
        )
        #expect(attributes["url.path"] == nil)
        #expect(attributes["server.address"] == "host")
    }
}
