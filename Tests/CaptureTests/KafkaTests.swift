import CInterspanBPF
import Testing

@testable import Capture

/// What is read from Kafka's messages, as kafka-python encodes them.
@Suite struct KafkaTests {
    static let context = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
    static let other = "00-1af7651916cd43dd8448eb211c80319c-c7ad6b7169203331-01"

    /// Plays requests and responses, one a record.
    static func run(_ messages: [(Side, [UInt8])], headLimit: Int = .max, close: Bool = true) -> TrackerRun {
        var options = CaptureOptions()
        options.headers.contexts = ["traceparent"]
        var builder = RecordBuilder()
        builder.headLimit = headLimit
        var run = TrackerRun(options: options)
        for (side, bytes) in messages { run.feed(builder.say(side, bytes, asRequester: true)) }
        if close { run.feed(builder.event(INTERSPAN_KIND_CLOSE)) }
        run.advance(to: builder.time + 1_000_000_000)
        run.finish()
        return run
    }

    static func run(_ names: String...) -> TrackerRun {
        run(
            names.flatMap { name in
                [(.requester, KafkaMessages.request(name)), (.responder, KafkaMessages.response(name))]
                    .filter { !$0.1.isEmpty }
            })
    }

    @Test(arguments: [
        ("produce3", "orders", "0"), ("produce8", "orders", "0"), ("produce9", "orders", "0"),
        ("produce12", "orders", "0"),
    ])
    func sendSaysWhereToAndWhatCameOfIt(_ name: String, _ topic: String, _ partition: String) throws {
        let sent = try #require(Self.run(name).closed.first)
        #expect(sent.value(.method) == "send")
        #expect(sent.exchange.message == .send)
        #expect(sent.value(.destination) == topic)
        #expect(sent.value(.partition) == partition)
        #expect(sent.value(.clientID) == "shop")
        #expect(sent.value(.batchSize) == "1")
        #expect(sent.value(.messageOffset) == "41")
        #expect(sent.exchange.requestBody == 5)
        #expect(sent.fields.filter { $0.key == .context }.map(\.value) == [Self.context])
        #expect(!sent.exchange.hasFailed)
    }

    @Test(arguments: ["fetch4", "fetch11", "fetch12"])
    func pollSaysWhatCame(_ name: String) throws {
        let poll = try #require(Self.run(name).closed.first)
        #expect(poll.value(.method) == "poll")
        #expect(poll.exchange.message == .receive)
        #expect(poll.value(.destination) == "orders")
        #expect(poll.value(.partition) == "0")
        #expect(poll.value(.batchSize) == "2")
        #expect(poll.value(.messageOffset) == "5")
        #expect(poll.fields.filter { $0.key == .context }.map(\.value) == [Self.context], "both carry the same one")
    }

    @Test func pollOfSeveralTopicsIsAboutTheOneThatCame() throws {
        let poll = try #require(Self.run("fetchSeveral").closed.first)
        #expect(poll.value(.destination) == "busy")
        #expect(poll.value(.partition) == "4")
        #expect(poll.value(.batchSize) == "3")
    }

    @Test func laterPollsOfASessionAreAboutItsTopic() {
        let run = Self.run("fetch11", "fetchEmpty", "fetchFailed")
        #expect(run.closed.map { $0.value(.destination) } == ["orders", "orders", "orders"])
        #expect(run.closed.map { $0.value(.batchSize) } == ["2", "0", "0"])
        #expect(run.closed[2].value(.errorCode) == "OFFSET_OUT_OF_RANGE")
    }

    @Test func topicsByIDHaveTheNameThatABrokerTold() throws {
        #expect(Self.run("produce13").closed[0].value(.destination) == nil, "nobody told")
        let run = Self.run("metadata", "produce13", "fetch18")
        #expect(run.closed.map(\.operation) == ["Metadata orders", "send orders", "poll orders"])
        #expect(run.closed[1].value(.batchSize) == "2")
        #expect(run.closed[2].value(.partition) == "3")
        #expect(run.closed[2].exchange.responseBody == 6)
    }

    @Test(arguments: [
        "produce-none", "produce-gzip", "produce-snappy", "produce-snappy-raw", "produce-snappy-xerial", "produce-lz4",
        "produce-zstd",
    ])
    func compressedBatchesGiveTheirContexts(_ name: String) throws {
        let run = Self.run(name)
        let sent = try #require(run.closed.first)
        #expect(sent.value(.batchSize) == "12")
        #expect(sent.fields.filter { $0.key == .context }.map(\.value) == [Self.context, Self.other])
    }

    @Test(arguments: ["produceMagic0", "produceMagic1"])
    func oldMessageSetsAreCounted(_ name: String) throws {
        let sent = try #require(Self.run(name).closed.first)
        #expect(sent.operation == "send logs")
        #expect(sent.value(.batchSize) == "2")
        #expect(sent.value(.partition) == "1")
    }

    @Test func errorsHaveTheirNames() throws {
        let run = Self.run("produceFailed", "leaveGroup", "createTopics", "heartbeatFailed", "saslAuthenticate")
        #expect(run.closed.allSatisfy { $0.exchange.hasFailed })
        #expect(
            run.closed.map { $0.value(.errorCode) } == [
                "UNKNOWN_TOPIC_OR_PARTITION", "UNKNOWN_MEMBER_ID", "TOPIC_ALREADY_EXISTS", "REBALANCE_IN_PROGRESS",
                "SASL_AUTHENTICATION_FAILED",
            ])
        #expect(run.closed[1].value(.consumerGroup) == "billing")
        #expect(run.closed[4].fields.allSatisfy { !$0.value.contains("secret") })
    }

    @Test func logInAndSignsOfLifeAreNotMissed() {
        let run = Self.run("apiVersions", "heartbeat")
        #expect(run.closed.isEmpty)
        #expect(run.tracker.counters.passedOver == 2)
    }

    @Test func agreeingOnAVersionIsNoFailure() {
        #expect(Self.run("apiVersionsTooNew").closed.isEmpty)
        #expect(Self.run("joinGroup", "joinGroupAgain").closed.allSatisfy { !$0.exchange.hasFailed })
    }

    @Test func nobodyAnswersWhatAsksForNoAcknowledgement() {
        let run = Self.run("produceUnacknowledged", "syncGroup")
        #expect(run.closed.map(\.operation) == ["send metrics", "SyncGroup"])
        #expect(run.closed.allSatisfy { $0.exchange.outcome == .complete })
        #expect(run.closed[0].exchange.responseStart.time == 0)
        #expect(run.closed[0].value(.batchSize) == "3")
    }

    @Test func tokensWithoutHeadersArePassedOver() {
        var token: [UInt8] = [0, 0, 0, 12, 0]
        token += Array("user\0pass12".utf8)
        let run = Self.run([
            (.requester, KafkaMessages.request("saslHandshake")), (.responder, KafkaMessages.response("saslHandshake")),
            (.requester, token), (.responder, [0, 0, 0, 0]),
            (.requester, KafkaMessages.request("produce8")), (.responder, KafkaMessages.response("produce8")),
        ])
        #expect(run.closed.map(\.operation) == ["send orders"])
        #expect(run.tracker.counters.losses.isZero)
    }

    @Test func offsetsOfACommitAreItsTopicsAndGroup() throws {
        let commit = try #require(Self.run("offsetCommit").closed.first)
        #expect(commit.operation == "OffsetCommit orders")
        #expect(commit.exchange.message == .settle)
        #expect(commit.value(.consumerGroup) == "billing")
        #expect(commit.value(.partition) == "6")
    }

    @Test func responsesInAnotherOrderFindTheirRequests() {
        let names = ["produce8", "produceFailed", "listOffsets"]
        let run = Self.run(
            names.map { (.requester, KafkaMessages.request($0)) }
                + [2, 0, 1].map { (.responder, KafkaMessages.response(names[$0])) })
        #expect(run.closed.map(\.operation) == ["ListOffsets stock", "send orders", "send nowhere"])
        #expect(run.closed.map { $0.value(.errorCode) } == [nil, nil, "UNKNOWN_TOPIC_OR_PARTITION"])
    }

    @Test func tenThousandInARowAllComeOut() {
        var builder = RecordBuilder()
        var run = TrackerRun()
        var request = KafkaMessages.request("produce8")
        var response = KafkaMessages.response("produce8")
        for number in 0..<10_000 {
            for place in 0..<4 {
                let byte = UInt8(truncatingIfNeeded: number >> (24 - 8 * place))
                request[8 + place] = byte
                response[4 + place] = byte
            }
            run.feed(builder.send(request))
            run.feed(builder.receive(response))
        }
        run.finish()
        #expect(run.closed.count == 10_000)
        #expect(run.closed.allSatisfy { $0.exchange.outcome == .complete && $0.value(.messageOffset) == "41" })
    }
}
