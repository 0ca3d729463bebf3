// Most responses begin with how long the client is to wait, and an error.
private let plain: StaticString = "i32 i16:error"

extension KafkaAPI {
    /// Every API by its key, from Kafka's message definitions
    /// (https://github.com/apache/kafka/tree/trunk/clients/src/main/resources/common/message, 4.2). Versions that
    /// brokers no longer take are there as well: old brokers do.
    static let all: ContiguousArray<KafkaAPI> = [
        KafkaAPI(
            "send", 13, flexible: 9, .send,
            "string@3+ i16:acks i32 { string:topic@-12 uuid:topicID@13+ { i32:partition records } }",
            """
            { string:topic@-12 uuid:topicID@13+ { i32:partition i16:error i64:offset i64@2+ i64@5+ { i32 string }@8+ \
            string@8+ } }
            """
        ),
        KafkaAPI(
            "poll", 18, flexible: 12, .poll,
            """
            i32@-14 i32 i32 i32@3+ i8@4+ i32@7+ i32:epoch@7+ { string:topic@-12 uuid:topicID@13+ { i32:partition \
            i32@9+ i64 i32@12+ i64@5+ i32 } }
            """,
            """
            i32@1+ i16:error@7+ i32@7+ { string:topic@-12 uuid:topicID@13+ { i32:partition i16:error i64 i64@4+ i64@5+ \
            { i64 i64 }@4+ i32@11+ records } }
            """
        ),
        KafkaAPI(
            "ListOffsets", 11, flexible: 6, .request,
            "i32 i8@2+ { string:topic { i32:partition i32@4+ i64 i32@-0 } } i32@10+",
            "i32@2+ { string:topic { i32:partition i16:error [i64]@-0 i64@1+ i64@1+ i32@4+ } }"),
        KafkaAPI(
            "Metadata", 13, flexible: 9, .request, "{ uuid@10+ string:topic }",
            """
            i32@3+ { i32 string i32 string@1+ } string@2+ i32@1+ { i16:error string:topic uuid:itsID@10+ i8@1+ { i16 \
            i32 i32 i32@7+ [i32] [i32] [i32]@5+ } i32@8+ } i32@8-10 i16:error@13+
            """
        ),
        KafkaAPI("LeaderAndIsr", 7, flexible: 4, .request, "", "i16:error"),
        KafkaAPI("StopReplica", 4, flexible: 2, .request, "", "i16:error"),
        KafkaAPI("UpdateMetadata", 8, flexible: 6, .request, "", "i16:error"),
        KafkaAPI("ControlledShutdown", 3, flexible: 3, .request, "", "i16:error"),
        KafkaAPI(
            "OffsetCommit", 10, flexible: 8, .settle,
            """
            string:group i32@1+ string@1+ string@7+ i64@2-4 { string:topic@-9 uuid:topicID@10+ { i32:partition i64 \
            i32@6+ i64@1-1 string } }
            """,
            "i32@3+ { string:topic@-9 uuid:topicID@10+ { i32:partition i16:error } }"),
        KafkaAPI(
            "OffsetFetch", 10, flexible: 6, .request,
            """
            string:group@-7 { string:topic [i32:partition] }@-7 { string:group string@9+ i32@9+ { string:topic@-9 \
            uuid:topicID@10+ [i32:partition] } }@8+
            """,
            """
            i32@3+ { string:topic { i32:partition i64 i32@5+ string i16:error } }@-7 i16:error@2-7 { string { \
            string:topic@-9 uuid:topicID@10+ { i32:partition i64 i32 string i16:error } } i16:error }@8+
            """
        ),
        // Its key is a group's name, a transaction's, or one of a share group and a partition.
        KafkaAPI(
            "FindCoordinator", 6, flexible: 3, .request, "string@-3 i8@1+ [string]@4+",
            "i32@1+ i16:error@-3 string@1-3 i32@-3 string@-3 i32@-3 { string i32 string i32 i16:error string }@4+"),
        KafkaAPI("JoinGroup", 9, flexible: 6, .request, "string:group", "i32@2+ i16:error"),
        KafkaAPI("Heartbeat", 4, flexible: 4, .silent, "string:group", "i32@1+ i16:error"),
        KafkaAPI(
            "LeaveGroup", 5, flexible: 4, .request, "string:group", "i32@1+ i16:error { string string i16:error }@3+"),
        KafkaAPI("SyncGroup", 5, flexible: 4, .request, "string:group", "i32@1+ i16:error"),
        KafkaAPI(
            "DescribeGroups", 6, flexible: 5, .request, "[string:group]",
            """
            i32@1+ { i16:error string@6+ string string string string { string string@4+ string string bytes bytes } \
            i32@3+ }
            """
        ),
        KafkaAPI("ListGroups", 5, flexible: 3, .request, "", "i32@1+ i16:error"),
        KafkaAPI("SaslHandshake", 1, .silent, "", "i16:error"),
        KafkaAPI("ApiVersions", 4, flexible: 3, .silent, "", "i16:error"),
        KafkaAPI(
            "CreateTopics", 7, flexible: 5, .request,
            "{ string:topic i32 i16 { i32 [i32] } { string string } }",
            "i32@2+ { string:topic uuid:itsID@7+ i16:error string@1+ i32@5+ i16@5+ { string string i8 i8 i8 }@5+ }"),
        KafkaAPI(
            "DeleteTopics", 6, flexible: 4, .request, "{ string:topic uuid }@6+ [string:topic]@-5",
            "i32@1+ { string uuid@6+ i16:error string@5+ }"),
        KafkaAPI(
            "DeleteRecords", 2, flexible: 2, .request, "{ string:topic { i32:partition i64 } }",
            "i32 { string { i32 i64 i16:error } }"),
        KafkaAPI("InitProducerId", 6, flexible: 2, .request, "", plain),
        KafkaAPI(
            "OffsetForLeaderEpoch", 4, flexible: 4, .request,
            "i32@3+ { string:topic { i32:partition i32@2+ i32 } }",
            "i32@2+ { string { i16:error i32 i32@1+ i64 } }"),
        KafkaAPI(
            "AddPartitionsToTxn", 5, flexible: 3, .request,
            """
            { string i64 i16 i8 { string:topic [i32:partition] } }@4+ string@-3 i64@-3 i16@-3 { string:topic \
            [i32:partition] }@-3
            """,
            "i32 i16:error@4+ { string { string { i32 i16:error } } }@4+ { string { i32 i16:error } }@-3"),
        KafkaAPI("AddOffsetsToTxn", 4, flexible: 3, .request, "string i64 i16 string:group", plain),
        KafkaAPI("EndTxn", 5, flexible: 3, .request, "", plain),
        KafkaAPI(
            "WriteTxnMarkers", 2, flexible: 1, .request,
            "{ i64 i16 i8 { string:topic [i32:partition] } i32 i8@2+ }",
            "{ i64 { string { i32 i16:error } } }"),
        KafkaAPI(
            "TxnOffsetCommit", 5, flexible: 3, .settle,
            """
            string string:group i64 i16 i32@3+ string@3+ string@3+ { string:topic { i32:partition i64 i32@2+ string } \
            }
            """,
            "i32 { string { i32 i16:error } }"),
        KafkaAPI("DescribeAcls", 3, flexible: 2, .request, "", plain),
        KafkaAPI("CreateAcls", 3, flexible: 2, .request, "", "i32 { i16:error string }"),
        KafkaAPI(
            "DeleteAcls", 3, flexible: 2, .request, "",
            "i32 { i16:error string { i16:error string i8 string i8@1+ string string i8 i8 } }"),
        KafkaAPI(
            "DescribeConfigs", 4, flexible: 4, .request, "",
            "i32 { i16:error string i8 string { string string i8 i8 i8 { string string i8 }@1+ i8@3+ string@3+ } }"),
        KafkaAPI("AlterConfigs", 2, flexible: 2, .request, "", "i32 { i16:error string i8 string }"),
        KafkaAPI(
            "AlterReplicaLogDirs", 2, flexible: 2, .request, "{ string { string:topic [i32:partition] } }",
            "i32 { string { i32 i16:error } }"),
        KafkaAPI("DescribeLogDirs", 5, flexible: 2, .request, "{ string:topic [i32:partition] }", "i32 i16:error@3+"),
        KafkaAPI("SaslAuthenticate", 2, flexible: 2, .silent, "", "i16:error"),
        KafkaAPI(
            "CreatePartitions", 3, flexible: 2, .request, "{ string:topic i32 { [i32] } }",
            "i32 { string i16:error string }"),
        KafkaAPI("CreateDelegationToken", 3, flexible: 2, .request, "", "i16:error"),
        KafkaAPI("RenewDelegationToken", 2, flexible: 2, .request, "", "i16:error"),
        KafkaAPI("ExpireDelegationToken", 2, flexible: 2, .request, "", "i16:error"),
        KafkaAPI("DescribeDelegationToken", 3, flexible: 2, .request, "", "i16:error"),
        KafkaAPI("DeleteGroups", 2, flexible: 2, .request, "[string:group]", "i32 { string i16:error }"),
        KafkaAPI(
            "ElectLeaders", 2, flexible: 2, .request, "i8@1+ { string:topic [i32:partition] }",
            "i32 i16:error@1+ { string { i32 i16:error string } }"),
        KafkaAPI("IncrementalAlterConfigs", 1, flexible: 1, .request, "", "i32 { i16:error string i8 string }"),
        KafkaAPI(
            "AlterPartitionReassignments", 1, flexible: 0, .request,
            "i32 i8@1+ { string:topic { i32:partition [i32] } }",
            "i32 i8@1+ i16:error string { string { i32 i16:error string } }"),
        KafkaAPI("ListPartitionReassignments", 0, flexible: 0, .request, "i32 { string:topic [i32:partition] }", plain),
        KafkaAPI(
            "OffsetDelete", 0, .request, "string:group { string:topic { i32:partition } }",
            "i16:error i32 { string { i32 i16:error } }"),
        KafkaAPI("DescribeClientQuotas", 1, flexible: 1, .request, "", plain),
        KafkaAPI("AlterClientQuotas", 1, flexible: 1, .request, "", "i32 { i16:error string { string string } }"),
        KafkaAPI(
            "DescribeUserScramCredentials", 0, flexible: 0, .request, "",
            "i32 i16:error string { string i16:error string { i8 i32 } }"),
        KafkaAPI("AlterUserScramCredentials", 0, flexible: 0, .request, "", "i32 { string i16:error string }"),
        KafkaAPI("Vote", 2, flexible: 0, .request, "", "i16:error"),
        KafkaAPI("BeginQuorumEpoch", 1, flexible: 1, .request, "", "i16:error"),
        KafkaAPI("EndQuorumEpoch", 1, flexible: 1, .request, "", "i16:error"),
        KafkaAPI("DescribeQuorum", 2, flexible: 0, .request, "{ string:topic { i32:partition } }", "i16:error"),
        KafkaAPI("AlterPartition", 3, flexible: 0, .request, "", plain),
        KafkaAPI("UpdateFeatures", 2, flexible: 0, .request, "", "i32 i16:error string { string i16:error string }@-1"),
        KafkaAPI("Envelope", 0, flexible: 0, .request, "", "bytes i16:error"),
        KafkaAPI("FetchSnapshot", 1, flexible: 0, .request, "", plain),
        KafkaAPI("DescribeCluster", 2, flexible: 0, .request, "", plain),
        KafkaAPI(
            "DescribeProducers", 0, flexible: 0, .request, "{ string:topic [i32:partition] }",
            "i32 { string { i32 i16:error string { i64 i32 i32 i64 i32 i64 } } }"),
        KafkaAPI("BrokerRegistration", 4, flexible: 0, .request, "", plain),
        KafkaAPI("BrokerHeartbeat", 2, flexible: 0, .silent, "", plain),
        KafkaAPI("UnregisterBroker", 0, flexible: 0, .request, "", plain),
        KafkaAPI(
            "DescribeTransactions", 0, flexible: 0, .request, "",
            "i32 { i16:error string string i32 i64 i64 i16 { string [i32] } }"),
        KafkaAPI("ListTransactions", 2, flexible: 0, .request, "", plain),
        KafkaAPI("AllocateProducerIds", 0, flexible: 0, .request, "", plain),
        KafkaAPI("ConsumerGroupHeartbeat", 1, flexible: 0, .silent, "string:group", plain),
        KafkaAPI("ConsumerGroupDescribe", 1, flexible: 0, .request, "[string:group]", ""),
        KafkaAPI("ControllerRegistration", 0, flexible: 0, .request, "", plain),
        KafkaAPI("GetTelemetrySubscriptions", 0, flexible: 0, .request, "", plain),
        KafkaAPI("PushTelemetry", 0, flexible: 0, .request, "", plain),
        KafkaAPI("AssignReplicasToDirs", 0, flexible: 0, .request, "", plain),
        KafkaAPI("ListConfigResources", 1, flexible: 0, .request, "", plain),
        KafkaAPI(
            "DescribeTopicPartitions", 0, flexible: 0, .request, "{ string:topic }",
            "i32 { i16:error string:topic uuid:itsID i8 { i16 i32 i32 i32 [i32] [i32] [i32] [i32] [i32] } i32 }"),
        KafkaAPI("ShareGroupHeartbeat", 1, flexible: 0, .silent, "string:group", plain),
        KafkaAPI("ShareGroupDescribe", 1, flexible: 0, .request, "[string:group]", ""),
        KafkaAPI(
            "poll", 2, flexible: 0, .poll,
            """
            string:group string i32 i32 i32 i32 i32@1+ i32@1+ i8@2+ i8@2+ { uuid:topicID { i32:partition i32@-0 { i64 \
            i64 [i8] } } }
            """,
            """
            i32 i16:error string i32@1+ { uuid:topicID { i32:partition i16:error string i16:error string i32 i32 tags \
            records { i64 i64 i16 } } }
            """
        ),
        KafkaAPI(
            "ShareAcknowledge", 2, flexible: 0, .settle,
            "string:group string i32 i8@2+ { uuid:topicID { i32:partition { i64 i64 [i8] } } }",
            "i32 i16:error string i32@2+ { uuid { i32 i16:error string i32 i32 tags } }"),
        KafkaAPI("AddRaftVoter", 1, flexible: 0, .request, "", plain),
        KafkaAPI("RemoveRaftVoter", 0, flexible: 0, .request, "", plain),
        KafkaAPI("UpdateRaftVoter", 0, flexible: 0, .request, "", plain),
        KafkaAPI("InitializeShareGroupState", 0, flexible: 0, .request, "string:group", ""),
        KafkaAPI("ReadShareGroupState", 0, flexible: 0, .request, "string:group", ""),
        KafkaAPI("WriteShareGroupState", 1, flexible: 0, .request, "string:group", ""),
        KafkaAPI("DeleteShareGroupState", 0, flexible: 0, .request, "string:group", ""),
        KafkaAPI("ReadShareGroupStateSummary", 1, flexible: 0, .request, "string:group", ""),
        KafkaAPI("StreamsGroupHeartbeat", 0, flexible: 0, .silent, "string:group", plain),
        KafkaAPI("StreamsGroupDescribe", 0, flexible: 0, .request, "[string:group]", ""),
        KafkaAPI("DescribeShareGroupOffsets", 1, flexible: 0, .request, "", ""),
        KafkaAPI("AlterShareGroupOffsets", 0, flexible: 0, .request, "string:group", plain),
        KafkaAPI("DeleteShareGroupOffsets", 0, flexible: 0, .request, "string:group", plain),
    ]
}
