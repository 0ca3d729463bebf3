internal import Capture
internal import OTLP

/// Messaging spans: https://opentelemetry.io/docs/specs/semconv/messaging/messaging-spans/
///
/// The name is the operation and the destination, or the template of one that is made for a client. A broker's side has no convention: it gets the same attributes.
enum MessagingAttributes {
    static func append(
        _ exchange: Exchange, fields: borrowing FieldBuffer, to span: inout SpanData, in batch: inout SpanBatch
    ) {
        let system = system(exchange.protocol)
        let start = UInt32(batch.bytes.count)
        let hasOperation = fields.has(.method, of: exchange)
        fields.with(.method, in: exchange.fields) { _ = batch.append(bytes: $0) }
        if !hasOperation { _ = batch.append(text: system) }
        var template: ArenaRange?
        var verdict = DestinationTemplate.Verdict.lasting
        fields.with(.destination, in: exchange.fields) { destination in
            guard !destination.isEmpty else { return }
            _ = batch.append(text: " ")
            let first = UInt32(batch.bytes.count)
            verdict = DestinationTemplate.write(destination) { _ = batch.append(bytes: $0) }
            if verdict == .lasting { _ = batch.append(bytes: destination) }
            template = ArenaRange(offset: first, count: UInt32(batch.bytes.count) - first)
        }
        span.name = ArenaRange(offset: start, count: UInt32(batch.bytes.count) - start)
        batch.append("messaging.system", text: system)
        batch.append("messaging.operation.name", .method, of: exchange, fields)
        if let type = type(exchange.message) { batch.append("messaging.operation.type", text: type) }
        batch.append("messaging.destination.name", .destination, of: exchange, fields)
        if verdict != .lasting, let template {
            batch.append(Attribute(key: .known("messaging.destination.template"), value: .string(template)))
        }
        if verdict == .temporary {
            batch.append(Attribute(key: .known("messaging.destination.temporary"), value: .bool(true)))
            batch.append(Attribute(key: .known("messaging.destination.anonymous"), value: .bool(true)))
        }
        batch.append("messaging.destination.partition.id", .partition, of: exchange, fields)
        batch.append("messaging.message.id", .messageID, of: exchange, fields)
        batch.append("messaging.message.conversation_id", .conversationID, of: exchange, fields)
        batch.append("messaging.client.id", .clientID, of: exchange, fields)
        batch.append("messaging.consumer.group.name", .consumerGroup, of: exchange, fields)
        // Who asks for messages gets however many there are: none and one are said as well.
        if let count = fields.number(.batchSize, in: exchange.fields), count > 1 || exchange.message == .receive {
            batch.append("messaging.batch.message_count", int: count)
        }
        let size = exchange.message == .receive ? exchange.responseBody : exchange.requestBody
        if exchange.message != .none, size > 0, size != Exchange.unknownLength {
            batch.append("messaging.message.body.size", int: Int64(clamping: size))
        }
        switch exchange.protocol {
        case .amqp:
            batch.append("messaging.rabbitmq.destination.routing_key", .routingKey, of: exchange, fields)
            batch.append("messaging.rabbitmq.message.delivery_tag", number: .deliveryTag, of: exchange, fields)
        case .kafka:
            batch.append("messaging.kafka.offset", number: .messageOffset, of: exchange, fields)
        default: break
        }
        FailureAttributes.append(exchange, fields: fields, to: &span, in: &batch)
        ServerAttributes.append(exchange, to: &batch)
    }

    private static func system(_ name: ApplicationProtocol) -> StaticString {
        switch name {
        case .kafka: "kafka"
        case .amqp: "rabbitmq"
        case .nats: "nats"
        case .mqtt: "mqtt"
        default: "_OTHER"
        }
    }

    private static func type(_ operation: MessageOperation) -> StaticString? {
        switch operation {
        case .none: nil
        case .send: "send"
        case .receive: "receive"
        case .process: "process"
        case .settle: "settle"
        }
    }
}
