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
        /// The code of its failure, or how many rows came back, where its status does not tell answers apart.
        var answer: String?
        /// What its operation is to who has not seen what was said before, where that makes a difference.
        var operationWhenJoined: String?

        /// Whether an operation is this exchange's, as far as it may be known.
        func isMeant(by name: String) -> Bool { operation.hasPrefix(name) || name == operationWhenJoined }
    }

    var name: String
    var steps: [Step] = []
    var expected: [Expected] = []
    /// Whether the last response ends with the connection.
    var endsByClose = false
    /// Whether what is said refers to what was said before (HPACK's table): whoever missed that may miss names.
    var hasMemory = false
    /// The responder's port, where that belongs to what a protocol is recognised by once its beginning was missed.
    var port: UInt16?
    /// How an operation ends that stands for a failure whose request was missed, where the protocol has such.
    var standIn: String?
    /// The first of the steps that may be said again and again to the end on one connection, as what is before (a log-in)
    /// may not; nil where none may.
    var loop: Int?
    /// What a step's bytes are when they are said again: they may have numbers that may not come twice.
    var again: @Sendable ([UInt8], _ round: Int) -> [UInt8] = { bytes, _ in bytes }

    var testDescription: String { name }

    init(_ name: String, port: UInt16? = nil, standIn: String? = nil) {
        self.name = name
        self.port = port
        self.standIn = standIn
    }

    /// The requester says something that begins an exchange.
    func request(
        _ text: String, _ operation: String, status: Int32, requestBody: Int = 0, responseBody: Int = 0
    ) -> Conversation {
        request(Array(text.utf8), operation, status: status, requestBody: requestBody, responseBody: responseBody)
    }

    /// The requester says something that begins an exchange.
    func request(
        _ bytes: [UInt8], _ operation: String, status: Int32 = 0, requestBody: Int = 0, responseBody: Int = 0,
        answer: String? = nil, whenJoined: String? = nil
    ) -> Conversation {
        expecting(
            operation, status: status, requestBody: requestBody, responseBody: responseBody, answer: answer,
            whenJoined: whenJoined
        ).more(bytes)
    }

    /// What the requester says next begins another exchange as well.
    func expecting(
        _ operation: String, status: Int32 = 0, requestBody: Int = 0, responseBody: Int = 0, isOneWay: Bool = false,
        isPush: Bool = false, answer: String? = nil, whenJoined: String? = nil
    ) -> Conversation {
        var copy = self
        copy.expected.append(
            Expected(
                operation: operation, status: status, requestBody: requestBody, responseBody: responseBody,
                step: steps.count, isOneWay: isOneWay, isPush: isPush, answer: answer,
                operationWhenJoined: whenJoined))
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
    func loopFromHere(
        _ again: @escaping @Sendable ([UInt8], _ round: Int) -> [UInt8] = { bytes, _ in bytes }
    ) -> Conversation {
        var copy = self
        copy.loop = steps.count
        copy.again = again
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
    static let all: [Conversation] = [
        HTTP1Conversations.all, HTTP2Conversations.all, FastCGIConversations.all, DubboConversations.all,
        TLSConversations.all, DNSConversations.all, MySQLConversations.all, PostgreSQLConversations.all,
        AMQPConversations.all, NATSConversations.all, MQTTConversations.all, KafkaConversations.all,
        RedisConversations.all, MongoConversations.all, MemcachedConversations.all,
    ].flatMap { $0 }
}

extension RecordBuilder {
    /// A record of what a side says, as the end that sends requests (or the other) sees it.
    mutating func say(_ side: Side, _ bytes: [UInt8], asRequester: Bool) -> TestRecord {
        (side == .requester) == asRequester ? send(bytes) : receive(bytes)
    }

    /// At the responder's end of a conversation that has a port.
    init(responderOf conversation: Conversation) {
        self.init()
        if let port = conversation.port { localPort = port }
    }

    /// Records of a conversation, one a step.
    mutating func records(of conversation: Conversation, asRequester: Bool = false) -> [TestRecord] {
        conversation.steps.map { say($0.side, $0.bytes, asRequester: asRequester) }
    }
}
