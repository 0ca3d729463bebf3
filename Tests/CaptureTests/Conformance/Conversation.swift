import Testing

@testable import Capture

/// A sample conversation on one connection and the exchanges in it. A protocol names some, and inherits every test of
/// ``ConformanceTests``. Operations must differ within a conversation, so that a wrong pairing shows.
struct Conversation: Sendable, CustomTestStringConvertible {
    /// What one side says before the other speaks.
    struct Step: Sendable {
        var side: Side
        var bytes: [UInt8]
    }

    /// An exchange as it must come out.
    struct Expected: Sendable, Equatable {
        var operation: String
        var status: Int32
        var requestBody = 0
        var responseBody = 0
        /// The step that has the request's first byte.
        var step: Int
        /// Whether nobody answers it.
        var isOneWay = false
        /// Whether the responder sends it of its own accord.
        var isPush = false
    }

    var name: String
    var steps: [Step] = []
    var expected: [Expected] = []
    /// Whether the last response ends with the connection.
    var endsByClose = false
    /// Whether what is said refers to what was said before (HPACK's table): whoever missed that may miss names.
    var hasMemory = false
    /// The first of the steps that may be said again and again to the end on one connection, as what is before (a log-in)
    /// may not; nil where none may.
    var loop: Int?

    var testDescription: String { name }

    init(_ name: String) { self.name = name }

    /// The requester says something that begins an exchange.
    func request(
        _ text: String, _ operation: String, status: Int32, requestBody: Int = 0, responseBody: Int = 0
    ) -> Conversation {
        request(Array(text.utf8), operation, status: status, requestBody: requestBody, responseBody: responseBody)
    }

    /// The requester says something that begins an exchange.
    func request(
        _ bytes: [UInt8], _ operation: String, status: Int32 = 0, requestBody: Int = 0, responseBody: Int = 0
    ) -> Conversation {
        expecting(operation, status: status, requestBody: requestBody, responseBody: responseBody).more(bytes)
    }

    /// What the requester says next begins another exchange as well.
    func expecting(
        _ operation: String, status: Int32 = 0, requestBody: Int = 0, responseBody: Int = 0, isOneWay: Bool = false,
        isPush: Bool = false
    ) -> Conversation {
        var copy = self
        copy.expected.append(
            Expected(
                operation: operation, status: status, requestBody: requestBody, responseBody: responseBody,
                step: steps.count, isOneWay: isOneWay, isPush: isPush))
        return copy
    }

    /// The requester goes on.
    func more(_ text: String) -> Conversation { more(Array(text.utf8)) }

    /// The requester goes on.
    func more(_ bytes: [UInt8]) -> Conversation { adding(.requester, bytes) }

    /// The responder says something.
    func response(_ text: String) -> Conversation { response(Array(text.utf8)) }

    /// The responder says something.
    func response(_ bytes: [UInt8]) -> Conversation { adding(.responder, bytes) }

    /// What comes from here on may be repeated on the same connection.
    func loopFromHere() -> Conversation {
        var copy = self
        copy.loop = steps.count
        return copy
    }

    /// The connection is closed, and that ends the last response.
    func close() -> Conversation {
        var copy = self
        copy.endsByClose = true
        return copy
    }

    /// What is said refers to what was said before.
    func remembering() -> Conversation {
        var copy = self
        copy.hasMemory = true
        return copy
    }

    private func adding(_ side: Side, _ bytes: [UInt8]) -> Conversation {
        var copy = self
        copy.steps.append(Step(side: side, bytes: bytes))
        return copy
    }

    /// Every conversation of every protocol.
    static let all: [Conversation] =
        HTTP1Conversations.all + HTTP2Conversations.all + DNSConversations.all + RedisConversations.all
        + MongoConversations.all + MemcachedConversations.all
}

extension RecordBuilder {
    /// A record of what a side says, as the end that sends requests (or the other) sees it.
    mutating func say(_ side: Side, _ bytes: [UInt8], asRequester: Bool) -> TestRecord {
        (side == .requester) == asRequester ? send(bytes) : receive(bytes)
    }

    /// Records of a conversation, one a step.
    mutating func records(of conversation: Conversation, asRequester: Bool = false) -> [TestRecord] {
        conversation.steps.map { say($0.side, $0.bytes, asRequester: asRequester) }
    }
}
