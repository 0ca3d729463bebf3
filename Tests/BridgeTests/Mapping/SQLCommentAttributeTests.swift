import Testing

@testable import Bridge
@testable import Capture
@testable import Correlate
@testable import OTLP
@testable import Propagation

private let parent = "traceparent='00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01'"

/// `sqlcommenter.<key>` on the spans of statements.
@Suite struct SQLCommentAttributeTests {
    private func attributes(
        _ statement: String, end: String? = nil, _ name: ApplicationProtocol = .postgresql,
        comments: SQLCommentReader? = SQLCommentReader()
    ) -> [String: String] {
        var samples = Samples()
        var linked = samples.linked(1, .client, phase: .closed, status: 0)
        let first = UInt32(samples.fields.fields.count)
        samples.add(.statement, statement)
        if let end { samples.add(.statementEnd, end) }
        linked.exchange.fields = FieldRange(start: first, count: end == nil ? 1 : 2)
        linked.exchange.protocol = name
        let place = SpanContext(
            rootOf: linked.exchange.end, join: .link(.none), confidence: 1, earliest: linked.exchange.requestStart.time)
        var batch = SpanBatch()
        var mapper = SpanMapper(MappingOptions(comments: comments))
        mapper.append(
            linked.exchange, fields: samples.fields, place: place, resource: ResourceData(attributes: []),
            wallClockOffset: 0, to: &batch)
        var found: [String: String] = [:]
        for attribute in batch.attributes {
            guard case .named(let key) = attribute.key, case .string(let value) = attribute.value else { continue }
            #expect(found[batch.string(key)] == nil, "a key twice")
            found[batch.string(key)] = batch.string(value)
        }
        return found
    }

    @Test(arguments: [ApplicationProtocol.mysql, .postgresql])
    func pairsBesideTheContextAreAttributes(_ name: ApplicationProtocol) {
        let expected = ["sqlcommenter.db_driver": "psycopg2:2.9", "sqlcommenter.route": "/a b"]
        let contexts = "\(parent),tracestate='a%3D1',sw8='1',B3='0',baggage='a%3D1',uberctx-a='1'"
        let comment = "/*db_driver='psycopg2%%3A2.9',route='%2Fa%20b',\(contexts)*/"
        #expect(attributes("SELECT 1 \(comment)", name) == expected)
        #expect(attributes("INSERT INTO t VALUES ('", end: "') \(comment)", name) == expected)
        #expect(attributes("SELECT 1 \(comment)", name, comments: nil) == [:])
        #expect(attributes("SELECT '\(comment.replacing("'", with: "''"))'", name) == [:])
        #expect(attributes("SELECT 1 -- user: 'bob', password='x'", name) == [:])
    }

    @Test func keysAndValuesAreBounded() {
        let many = (0..<100).map { "key\($0)='v'" }.joined(separator: ",")
        #expect(attributes("SELECT 1 /*\(many)*/").count == SQLCommentAttributes.maximumCount)
        let long = String(repeating: "k", count: SQLCommentAttributes.maximumKey)
        #expect(attributes("SELECT 1 /*\(long)='v',\(long)k='w'*/") == ["sqlcommenter.\(long)": "v"])
        // Cut between characters.
        let value = String(repeating: "x", count: SQLCommentAttributes.maximumValue - 1)
        #expect(attributes("SELECT 1 /*a='\(value)%C3%A9',b='\(value)%C3'*/")["sqlcommenter.a"] == value)
        #expect(attributes("SELECT 1 /*a='b%0A%00c'*/") == ["sqlcommenter.a": "b  c"])
    }

    @Test func ofAKeyTheFirstCountsAndOddOnesAreLeftOut() {
        #expect(
            attributes("SELECT 1 /*a='1',a='2',A='3'*/ /*a='4'*/") == ["sqlcommenter.a": "1", "sqlcommenter.A": "3"])
        #expect(
            attributes("SELECT 1 /*my%20key='1',%C3%A9='2',b='',~='3',c.d_e-1='4'*/") == ["sqlcommenter.c.d_e-1": "4"])
    }

    @Test func commentsAreNoPartOfTheText() {
        var batch = SpanBatch()
        Array("SELECT 1 /*a='b',\(parent)*/ -- c: d".utf8).withUnsafeBytes {
            let range = SQLMask.append($0, .postgresql, isWhole: true, to: &batch)
            #expect(batch.string(range) == "SELECT ?")
        }
    }
}
