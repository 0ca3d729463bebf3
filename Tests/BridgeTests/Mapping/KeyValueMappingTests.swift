import Testing

@testable import Bridge
@testable import Capture
@testable import Correlate
@testable import OTLP
@testable import Propagation

/// How Redis, Memcached and MongoDB look as spans.
@Suite struct KeyValueMappingTests {
    private var samples = Samples()

    private mutating func span(
        _ name: ApplicationProtocol, _ fields: [(FieldKey, String)], hasFailed: Bool = false
    ) -> (name: String, status: StatusCode, attributes: [String: String]) {
        var linked = samples.linked(1, .client, phase: .closed, status: 0)
        let first = UInt32(samples.fields.fields.count)
        for (key, value) in fields { samples.add(key, value) }
        linked.exchange.fields = FieldRange(start: first, count: UInt32(fields.count))
        linked.exchange.protocol = name
        linked.exchange.hasFailed = hasFailed
        let (span, batch, attributes) = mapped(linked, fields: samples.fields)
        return (batch.string(span.name), span.status, attributes)
    }

    @Test mutating func redisHasItsTextDatabaseAndError() {
        let span = span(
            .redis, [(.method, "SET"), (.statement, "SET k ?"), (.namespace, "2"), (.errorCode, "OOM")], hasFailed: true
        )
        #expect(span.name == "SET" && span.status == .error)
        #expect(span.attributes["db.system.name"] == "redis")
        #expect(span.attributes["db.operation.name"] == "SET")
        #expect(span.attributes["db.query.text"] == "SET k ?")
        #expect(span.attributes["db.namespace"] == "2")
        #expect(span.attributes["db.response.status_code"] == "OOM" && span.attributes["error.type"] == "OOM")
    }

    @Test mutating func memcachedHasItsText() {
        let span = span(.memcached, [(.method, "get"), (.statement, "get a b")])
        #expect(span.name == "get" && span.attributes["db.query.text"] == "get a b")
        #expect(span.attributes["db.system.name"] == "memcached")
    }

    @Test mutating func mongoDBHasItsCollectionAndSize() {
        let span = span(
            .mongodb, [(.method, "insert"), (.collection, "users"), (.namespace, "shop"), (.batchSize, "3")])
        #expect(span.name == "insert users" && span.attributes["db.query.text"] == nil)
        #expect(span.attributes["db.collection.name"] == "users" && span.attributes["db.namespace"] == "shop")
        #expect(span.attributes["db.operation.batch.size"] == "3")
        #expect(self.span(.mongodb, [(.compression, "zlib")]).attributes["interspan.compression"] == "zlib")
    }
}
