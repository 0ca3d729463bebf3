import Testing

@testable import Bridge
@testable import Capture
@testable import Correlate
@testable import OTLP
@testable import Propagation

/// What a Kafka exchange looks like as a span.
@Suite struct KafkaSpanTests {
    private var samples = Samples()

    private mutating func span(
        _ role: Role, _ message: MessageOperation, _ fields: [(FieldKey, String)], failed: Bool = false
    ) -> (name: String, span: SpanData, attributes: [String: String]) {
        var linked = samples.linked(1, role, phase: .closed, status: 0, others: [])
        linked.exchange.protocol = .kafka
        linked.exchange.message = message
        linked.exchange.hasFailed = failed
        var buffer = FieldBuffer()
        for (key, value) in fields {
            Array(value.utf8).withUnsafeBytes { buffer.append(key, .requestHeader, value: $0) }
        }
        linked.exchange.fields = FieldRange(start: 0, count: UInt32(fields.count))
        let (span, batch, attributes) = mapped(linked, fields: buffer)
        return (batch.string(span.name), span, attributes)
    }

    @Test mutating func sendIsAProducersAtTheClientAndAServersAtTheBroker() {
        let fields: [(FieldKey, String)] = [
            (.method, "send"), (.clientID, "shop"), (.partition, "3"), (.batchSize, "5"), (.destination, "orders"),
            (.messageOffset, "41"),
        ]
        let (name, span, attributes) = span(.client, .send, fields)
        #expect(name == "send orders")
        #expect(span.kind == .producer)
        #expect(attributes["messaging.system"] == "kafka")
        #expect(attributes["messaging.operation.name"] == "send")
        #expect(attributes["messaging.operation.type"] == "send")
        #expect(attributes["messaging.destination.name"] == "orders")
        #expect(attributes["messaging.destination.partition.id"] == "3")
        #expect(attributes["messaging.client.id"] == "shop")
        #expect(attributes["messaging.batch.message_count"] == "5")
        #expect(attributes["messaging.kafka.offset"] == "41")
        #expect(self.span(.server, .send, fields).span.kind == .server)
    }

    @Test(arguments: ["0", "1", "7"])
    mutating func pollSaysHowManyCameAlsoNone(_ count: String) {
        let (name, span, attributes) = span(.client, .receive, [(.method, "poll"), (.batchSize, count)])
        #expect(name == "poll")
        #expect(span.kind == .consumer)
        #expect(attributes["messaging.operation.type"] == "receive")
        #expect(attributes["messaging.batch.message_count"] == count)
    }

    @Test mutating func oneMessageSentIsNoBatch() {
        let attributes = span(.client, .send, [(.method, "send"), (.batchSize, "1")]).attributes
        #expect(attributes["messaging.batch.message_count"] == nil)
    }

    @Test mutating func otherRequestsAreAClientsAndFailuresHaveTheErrorsName() {
        let (name, span, attributes) = span(
            .client, .none, [(.method, "JoinGroup"), (.consumerGroup, "billing"), (.errorCode, "UNKNOWN_MEMBER_ID")],
            failed: true)
        #expect(name == "JoinGroup")
        #expect(span.kind == .client)
        #expect(span.status == .error)
        #expect(attributes["error.type"] == "UNKNOWN_MEMBER_ID")
        #expect(attributes["messaging.consumer.group.name"] == "billing")
        #expect(attributes["messaging.operation.type"] == nil)
    }
}
