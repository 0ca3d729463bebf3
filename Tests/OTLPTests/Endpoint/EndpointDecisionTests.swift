import NIOHTTP1
import Testing

@testable import OTLP

/// What is done with the heads of requests, and when a connection has lasted too long.
@Suite struct EndpointDecisionTests {
    private func head(
        _ uri: String, _ method: HTTPMethod = .GET, minor: Int = 1, host: [String] = ["h"],
        more: (String, String)...
    ) -> HTTPRequestHead {
        HTTPRequestHead(
            version: HTTPVersion(major: 1, minor: minor), method: method, uri: uri,
            headers: HTTPHeaders(host.map { ("Host", $0) } + more))
    }

    private func status(_ head: HTTPRequestHead) -> Int? {
        if case .answered(let answer, _) = EndpointDecision.make(head) { answer.status } else { nil }
    }

    @Test(arguments: [
        ("/metrics", "/metrics"), ("/metrics?x=1", "/metrics"), ("/", "/"), ("/a/../b", "/a/../b"),
        ("http://host:1/metrics?y", "/metrics"), ("HTTPS://host", "/"), ("http://host?x", "/"), ("/%00", "/%00"),
    ])
    func thePathIsAskedForWithoutItsQuery(_ uri: String, _ path: String) {
        #expect(EndpointDecision.make(head(uri)) == .ask(EndpointRequest(path: path), hasBody: true))
    }

    @Test func aHeadIsAnsweredWithoutABody() {
        #expect(
            EndpointDecision.make(head("/x", .HEAD)) == .ask(EndpointRequest(path: "/x"), hasBody: false))
        guard case .answered(_, let hasBody) = EndpointDecision.make(head("*", .HEAD)) else {
            Issue.record("it is asked for")
            return
        }
        #expect(!hasBody)
    }

    @Test(arguments: [HTTPMethod.POST, .PUT, .DELETE, .OPTIONS, .CONNECT, .TRACE, .PATCH, .RAW(value: "BREW")])
    func nothingCanBeWritten(_ method: HTTPMethod) { #expect(status(head("/metrics", method)) == 405) }

    @Test func whatMayMeanSeveralThingsIsRefused() {
        #expect(status(head("/", host: [])) == 400)
        #expect(status(head("/", host: ["a", "b"])) == 400)
        #expect(status(head("/", minor: 0, host: [])) == nil, "HTTP/1.0 has no Host")
        for uri in ["*", "metrics", "host:1", "ftp://host/x", ""] { #expect(status(head(uri)) == 400, "\(uri)") }
    }

    @Test func whatThePeerWouldTakeIsHandedOn() {
        let several = head("/x", more: ("Accept", "a/b"), ("accept", "c/d;q=0.5"))
        #expect(
            EndpointDecision.make(several) == .ask(EndpointRequest(path: "/x", accept: "a/b,c/d;q=0.5"), hasBody: true))
    }

    @Test func aConnectionServesOneRequest() {
        var connection = EndpointConnection(readTimeout: 10, writeTimeout: 100, now: 0)
        #expect(connection.received(head("/"), now: 1) != nil)
        #expect(connection.received(head("/"), now: 1) == nil)
        #expect(connection.receivedGarbage(headTooLarge: false, now: 1) == nil)
        #expect(!connection.isReading)
    }

    @Test func everyPhaseIsBounded() {
        var connection = EndpointConnection(readTimeout: 10, writeTimeout: 100, now: 5)
        #expect(!connection.isOver(now: 14))
        #expect(connection.isOver(now: 15), "a byte now and then gives no more time")
        _ = connection.received(head("/"), now: 14)
        #expect(!connection.isOver(now: 113))
        #expect(connection.isOver(now: 114))
        connection.wrote(now: 50)
        #expect(!connection.isOver(now: 50 + EndpointConnection.linger - 1))
        #expect(connection.isOver(now: 50 + EndpointConnection.linger))
    }

    @Test func garbageIsAnsweredOnce() {
        var connection = EndpointConnection(readTimeout: 10, writeTimeout: 100, now: 0)
        #expect(connection.receivedGarbage(headTooLarge: true, now: 1)?.status == 431)
        #expect(connection.receivedGarbage(headTooLarge: false, now: 1) == nil)
    }
}
