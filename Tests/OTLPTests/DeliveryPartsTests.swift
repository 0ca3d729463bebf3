import Testing

@testable import OTLP

/// The values that a delivery is made of.
@Suite struct DeliveryPartsTests {
    // MARK: Prior knowledge

    @Test func theFirstRequestOpensAndTheOthersJoin() {
        var knowledge = PriorKnowledge()
        #expect((0..<4).map { _ in knowledge.next() } == [.opens, .joins, .joins, .joins])
    }

    @Test func aConnectionThatCouldNotBeOpenedIsOpenedNextTime() {
        var knowledge = PriorKnowledge()
        let first = knowledge.next()
        let second = knowledge.next()
        knowledge.learn(second, wasWrong: false, failed: true)
        #expect(knowledge.next() == .joins)
        knowledge.learn(first, wasWrong: false, failed: true)
        #expect(knowledge.next() == .opens)
    }

    @Test func aWrongBeliefIsCorrected() {
        var knowledge = PriorKnowledge()
        _ = knowledge.next()
        // The connection had gone.
        knowledge.learn(.joins, wasWrong: true, failed: true)
        #expect(knowledge.next() == .opens)
        // There was one after all.
        knowledge.learn(.opens, wasWrong: true, failed: true)
        #expect(knowledge.next() == .joins)
    }

    // MARK: Headers

    private func headers(_ lines: [String]) -> AnswerHeaders {
        var headers = AnswerHeaders(["grpc-status", "grpc-message"])
        for line in lines { Array(line.utf8).withUnsafeBytes { headers.take($0) } }
        return headers
    }

    @Test func headersAndTrailersAreReadInAnyCase() {
        let found = headers(["HTTP/2 200 \r\n", "GRPC-Status:  7\t\r\n", "other: x\r\n", "grpc-message:\r\n", "\r\n"])
        #expect(found["grpc-status"] == "7")
        #expect(found["grpc-message"] == "")
        #expect(found["other"] == nil)
    }

    @Test func aSecondAnswerForgetsTheFirst() {
        #expect(headers(["HTTP/2 100\r\n", "grpc-status: 7\r\n", "HTTP/2 200\r\n"])["grpc-status"] == nil)
    }

    @Test func aValueThatIsTooLongCountsAsAbsent() {
        #expect(headers(["grpc-status: " + String(repeating: "1", count: 16 * 1024)])["grpc-status"] != nil)
        #expect(headers(["grpc-status: " + String(repeating: "1", count: 16 * 1024 + 1)])["grpc-status"] == nil)
        #expect(headers(["", ":", "grpc-status", "\u{0}\u{FF}: 1"])["grpc-status"] == nil)
    }

    // MARK: Loads

    @Test func aLoadIsSettledPartByPartAndItsRowsLast() {
        var portion = Portion()
        portion.contents = [.spans(SpanSlice(Samples.batch(10)))]
        portion.receipt = Receipt(weight: Weight(requests: 2, items: 10, bytes: 1003), rows: [4, 5])
        var load = Load(portion)
        load.took(items: 4, remaining: portion.contents)
        #expect(load.part.weight == Weight(requests: 0, items: 4, bytes: 400))
        #expect(load.part.rows.isEmpty && !load.isLast)
        #expect(load.everything.weight == portion.receipt.weight)
        #expect(load.everything.rows == [4, 5])
        load.settled()
        load.took(items: 6, remaining: [])
        #expect(load.part.weight == Weight(requests: 2, items: 6, bytes: 603))
        #expect(load.part.rows == [4, 5] && load.isLast)
        load.settled()
        #expect(load.everything.weight == Weight())
    }

    @Test func contentsAreHalvedDownToWhatCannotBeDivided() throws {
        let received = Portion.Content.received(Samples.received(.traces, items: 1))
        #expect([received].halves == nil)
        #expect([Portion.Content.spans(SpanSlice(Samples.batch(1)))].halves == nil)
        let (first, second) = try #require([Portion.Content.spans(SpanSlice(Samples.batch(5)))].halves)
        #expect(first.map(\.count) == [2] && second.map(\.count) == [3])
        let (left, right) = try #require([received, received, received].halves)
        #expect(left.count == 1 && right.count == 2)
    }

    @Test func aRequestHasNoMoreItemsThanItMayHave() throws {
        let bytes = TelemetryEncoder(.protobuf).encode(Samples.batch(5)) { [UInt8]($0) }
        let batch = try #require(try TelemetryReader.read(protobuf: bytes, signal: .traces).batch)
        let binding = try GRPCBinding(OTLPGRPCSettings(endpoint: "http://x:1"), .traces)
        let writer = RequestWriter(binding, .traces, largestCount: 2)
        var contents: [Portion.Content] = [.received(batch)]
        var counts: [Int] = []
        while !contents.isEmpty {
            let written = writer.write(contents, into: ByteBuffer())
            #expect(written.isGood && written.items <= 2)
            counts.append(written.items)
            contents = written.remaining
        }
        #expect(counts.reduce(0, +) == 5)
    }

    @Test func oneItemIsNotTakenApart() throws {
        let binding = try GRPCBinding(OTLPGRPCSettings(endpoint: "http://x:1"), .logs)
        let writer = RequestWriter(binding, .logs)
        let large = ReceivedBatch(
            signal: .logs, bytes: [UInt8](repeating: 0, count: GRPCBinding.largestMessage + 1), items: 1)
        let body = ByteBuffer()
        let written = writer.write([.received(large), .received(Samples.received(.logs, items: 2))], into: body)
        #expect(written.isGood && written.items == 1)
        #expect(written.remaining.map(\.count) == [2])
    }

    @Test func whatIsTooLargeIsHalvedItemByItem() throws {
        let bytes = TelemetryEncoder(.protobuf).encode(Samples.batch(5)) { [UInt8]($0) }
        let batch = try #require(try TelemetryReader.read(protobuf: bytes, signal: .traces).batch)
        var left: [[Portion.Content]] = [[.received(batch), .spans(SpanSlice(Samples.batch(3)))]]
        var whole: [Int] = []
        while let contents = left.popLast() {
            guard let (first, second) = contents.halves else {
                whole.append(contents.reduce(0) { $0 + $1.count })
                continue
            }
            #expect((first + second).reduce(0) { $0 + $1.count } == contents.reduce(0) { $0 + $1.count })
            left += [first, second]
        }
        #expect(whole == [Int](repeating: 1, count: 8))
    }
}
