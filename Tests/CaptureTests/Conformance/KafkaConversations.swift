import Testing

@testable import Capture

/// Sample conversations of Kafka.
enum KafkaConversations {
    static let all: [Conversation] = [
        Conversation("a producer")
            .silent("apiVersions")
            .loopFromHere()
            .exchange("metadata", "Metadata orders")
            .exchange("produce9", "send orders", requestBody: 5)
            .exchange("produceFailed", "send nowhere", status: 3, requestBody: 4),
        Conversation("a consumer")
            .exchange("joinGroup", "JoinGroup", status: 79)
            .silent("heartbeat")
            .exchange("fetch12", "poll orders")
            .exchange("offsetCommit", "OffsetCommit orders")
            .exchange("heartbeatFailed", "Heartbeat", status: 27),
        Conversation("old versions")
            .exchange("metadata0", "Metadata old-orders")
            .exchange("produceMagic0", "send logs")
            .exchange("listOffsets", "ListOffsets stock")
            .exchange("fetchSeveral", "poll busy"),
        Conversation("several under way")
            .expecting("send orders", requestBody: 5)
            .more(KafkaMessages.request("produce8"))
            .expecting("send nowhere", status: 3, requestBody: 4)
            .more(KafkaMessages.request("produceFailed"))
            .expecting("ListOffsets stock")
            .more(KafkaMessages.request("listOffsets"))
            .response(KafkaMessages.response("produce8"))
            .response(KafkaMessages.response("produceFailed"))
            .response(KafkaMessages.response("listOffsets")),
        Conversation("nobody answers")
            .expecting("send metrics", isOneWay: true)
            .more(KafkaMessages.request("produceUnacknowledged"))
            .exchange("leaveGroup", "LeaveGroup", status: 25),
    ]
}

/// Messages that kafka-python encoded.
enum KafkaMessages {
    static func request(_ name: String) -> [UInt8] { bytes(KafkaFixtures.exchanges[name]!.request) }
    static func response(_ name: String) -> [UInt8] { bytes(KafkaFixtures.exchanges[name]!.response) }

    /// The bytes of hexadecimal digits.
    static func bytes(_ digits: String) -> [UInt8] {
        let values = digits.utf8.map { $0 < 0x3A ? $0 - 0x30 : $0 - 0x57 }
        return stride(from: 0, to: values.count, by: 2).map { values[$0] << 4 | values[$0 + 1] }
    }
}

extension Conversation {
    /// A request and its response.
    fileprivate func exchange(
        _ name: String, _ operation: String, status: Int32 = 0, requestBody: Int = 0, responseBody: Int = 0
    ) -> Conversation {
        request(
            KafkaMessages.request(name), operation, status: status, requestBody: requestBody,
            responseBody: responseBody
        )
        .response(KafkaMessages.response(name))
    }

    /// A request of which nothing comes, and its response.
    fileprivate func silent(_ name: String) -> Conversation {
        more(KafkaMessages.request(name)).response(KafkaMessages.response(name))
    }
}
