import CInterspanBPF
import Testing

@testable import Capture

/// Every API as Kafka's own definitions have it, in several versions.
@Suite struct KafkaGrammarTests {
    @Test func everyAPIIsWrittenDownWell() {
        #expect(KafkaAPI.all.count == 93)
        #expect(KafkaGrammar.steps("i32 { string:topic@-12 uuid:topicID@13+ [i32]@2-3 }@1+")?.count == 6)
        for text: StaticString in ["i33", "{ i32", "} i32", "i32@", "i32@x+", "i32:what", "[{]"] {
            #expect(KafkaGrammar.steps(text) == nil, "\(text)")
        }
    }

    /// Errors that are of partitions of which the rest is as well, or of what is no failure.
    private static let passedOver: Set<String> = ["ApiVersions", "Metadata", "DescribeQuorum", "DescribeLogDirs"]

    @Test func theLastErrorOfEveryResponseIsFound() throws {
        for (api, version, errors, request, response) in KafkaFixtures.versions {
            let run = KafkaTests.run([
                (.requester, KafkaMessages.bytes(request)), (.responder, KafkaMessages.bytes(response)),
            ])
            let name = api == "Produce" ? "send" : api == "Fetch" ? "poll" : api
            guard let closed = run.closed.first else {
                #expect(errors == 0 || Self.passedOver.contains(api), "\(api) \(version)")
                continue
            }
            #expect(closed.value(.method) == name, "\(api) \(version)")
            #expect(closed.exchange.outcome == .complete)
            guard errors > 0, !Self.passedOver.contains(api) else { continue }
            #expect(closed.value(.errorCode) == "UNKNOWN_TOPIC_OR_PARTITION", "\(api) \(version)")
            #expect(run.tracker.counters.losses.isZero, "\(api) \(version)")
        }
    }

    @Test func topicsAndGroupsOfRequestsAreFound() {
        let withTopics: Set<String> = [
            "Produce", "Fetch", "ListOffsets", "Metadata", "OffsetCommit", "OffsetFetch", "CreateTopics",
            "DeleteTopics",
            "DeleteRecords", "OffsetForLeaderEpoch", "AddPartitionsToTxn", "WriteTxnMarkers", "TxnOffsetCommit",
            "CreatePartitions", "ElectLeaders", "AlterPartitionReassignments", "ListPartitionReassignments",
            "OffsetDelete",
            "DescribeProducers", "DescribeQuorum",
        ]
        // By id alone.
        let newest: [String: Int] = ["Produce": 13, "Fetch": 13, "OffsetCommit": 10, "OffsetFetch": 10]
        let withGroups: Set<String> = [
            "OffsetCommit", "OffsetFetch", "JoinGroup", "LeaveGroup", "SyncGroup", "AddOffsetsToTxn", "TxnOffsetCommit",
            "OffsetDelete", "DeleteGroups", "DescribeGroups",
        ]
        for (api, version, _, request, response) in KafkaFixtures.versions {
            let run = KafkaTests.run([
                (.requester, KafkaMessages.bytes(request)), (.responder, KafkaMessages.bytes(response)),
            ])
            guard let closed = run.closed.first else { continue }
            if withTopics.contains(api), version < newest[api, default: .max] {
                let topic = closed.value(.destination) ?? ""
                #expect(topic == "topic-a" || topic.hasPrefix("t-"), "\(api) \(version): \(topic)")
            }
            if withGroups.contains(api) {
                let group = closed.value(.consumerGroup) ?? ""
                #expect(group == "group-a" || group.hasPrefix("t-"), "\(api) \(version): \(group)")
            }
        }
    }
}
