import Testing

@testable import Capture

/// What is documented of a protocol's exchanges is what they have.
@Suite struct FieldTests {
    @Test(arguments: Conversation.all)
    func exchangesHaveOnlyFieldsThatAreDocumented(_ conversation: Conversation) {
        var options = CaptureOptions()
        options.headers.contexts = ["traceparent", "tracestate"]
        options.headers.requestIDs = ["x-request-id"]
        var run = TrackerRun(options: options)
        var builder = RecordBuilder()
        run.feed(builder.records(of: conversation))
        run.finish()
        for (exchange, fields) in run.closed.map({ ($0.exchange, $0.fields) }) {
            let undocumented = Set(fields.map(\.key)).subtracting(exchange.protocol.fields)
            #expect(undocumented.isEmpty, "\(exchange.protocol)")
            let hasContext = fields.contains { $0.key == .context }
            #expect(!hasContext || !exchange.protocol.carriers.isEmpty, "\(exchange.protocol)")
        }
    }

    @Test func whatThereIsAParserForIsDocumented() {
        #expect(ApplicationProtocol.recognised.contains(.http1))
        for identity in ApplicationProtocol.recognised {
            #expect(!identity.fields.isEmpty)
            #expect(Set(identity.fields).count == identity.fields.count, "\(identity)")
        }
    }
}
