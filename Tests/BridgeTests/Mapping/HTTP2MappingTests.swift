import Testing

@testable import Bridge
@testable import Capture
@testable import Correlate
@testable import OTLP
@testable import Propagation

/// The spans of HTTP/2 and of gRPC calls.
@Suite struct HTTP2MappingTests {
    private func span(
        _ role: Role = .client, status: Int32 = 200, fields: [(FieldKey, String)],
        _ change: (inout Exchange) -> Void = { _ in }
    ) -> (SpanData, String, [String: String]) {
        var samples = Samples()
        var linked = samples.linked(1, role, phase: .closed, status: status)
        linked.exchange.protocol = .http2
        linked.exchange.fields = FieldRange(start: UInt32(samples.fields.fields.count), count: UInt32(fields.count))
        for (key, value) in fields {
            Array(value.utf8).withUnsafeBytes { samples.fields.append(key, .requestHeader, value: $0) }
        }
        change(&linked.exchange)
        let (span, batch, attributes) = mapped(linked, fields: samples.fields)
        return (span, batch.string(span.name), attributes)
    }

    private static let request: [(FieldKey, String)] = [
        (.scheme, "https"), (.authority, "shop:81"), (.method, "GET"), (.target, "/p"), (.version, "2"),
    ]

    @Test func requestHasItsOwnSchemeAndVersion() {
        let (_, name, attributes) = span(fields: HTTP2MappingTests.request)
        #expect(name == "GET /p" && attributes["url.template"] == "/p")
        #expect(attributes["url.full"] == "https://shop:81/p")
        #expect(attributes["network.protocol.version"] == "2")
        #expect(attributes["server.address"] == "shop" && attributes["server.port"] == "81")
        #expect(span(.server, fields: HTTP2MappingTests.request).2["url.scheme"] == "https")
    }

    @Test func resetStreamHasItsCodeAsError() {
        let fields = HTTP2MappingTests.request + [(.errorCode, "REFUSED_STREAM")]
        let (data, _, attributes) = span(status: 0, fields: fields) { $0.hasFailed = true }
        #expect(data.status == .error)
        #expect(attributes["error.type"] == "REFUSED_STREAM")
    }

    @Test(arguments: [Role.client, .server]) func callHasTheConventionsAttributes(_ role: Role) {
        let fields: [(FieldKey, String)] = [(.service, "a.B"), (.method, "C"), (.errorCode, "NOT_FOUND")]
        let (data, name, attributes) = span(role, fields: fields) {
            $0.hasFailed = role == .client
            $0.requestMessages = 3
            $0.responseMessages = Exchange.unknownLength
        }
        #expect(name == "a.B/C" && attributes["rpc.method"] == "a.B/C")
        #expect(attributes["rpc.system.name"] == "grpc")
        #expect(attributes["rpc.response.status_code"] == "NOT_FOUND")
        #expect(attributes["error.type"] == (role == .client ? "NOT_FOUND" : nil))
        #expect((data.status == .error) == (role == .client))
        let side = role == .client ? "client" : "server"
        #expect(attributes["rpc.\(side).requests_per_rpc"] == "3")
        #expect(attributes["rpc.\(side).responses_per_rpc"] == nil)
        #expect(attributes["http.response.status_code"] == nil)
    }

    @Test func callWithoutPathHasNoMethod() {
        let unknown: [(FieldKey, String)] = [(.method, "POST"), (.service, "")]
        let (_, name, attributes) = span(fields: unknown)
        #expect(name == "grpc" && attributes["rpc.method"] == nil && attributes["rpc.system.name"] == "grpc")
        let (_, _, late) = span(fields: unknown + [(.target, "/a.B/C")])
        #expect(late["rpc.method"] == "a.B/C")
    }
}
