import CInterspanBPF
import Testing

@testable import Capture

/// What holds for every protocol: each of its sample conversations comes out the same however its bytes are cut, and
/// whatever goes missing, no response is ever given to a request that is not its own.
@Suite struct ConformanceTests {
    @Test(arguments: Conversation.all, [true, false])
    func wholeMessagesAreTheirExchanges(_ conversation: Conversation, asRequester: Bool) {
        var builder = RecordBuilder()
        let run = run(builder.records(of: conversation, asRequester: asRequester), builder, conversation)
        expectAll(run, conversation)
        #expect(
            run.opened.allSatisfy { ($0.exchange.end.role == .client) == (asRequester != $0.exchange.isPush) })
    }

    @Test(arguments: Conversation.all, [true, false])
    func splitAtEveryByteIsTheSame(_ conversation: Conversation, isSequenced: Bool) {
        // Without numbers, it is not known whether something came before a pipeline.
        guard isSequenced || !conversation.isPipeline else { return }
        for step in conversation.steps.indices {
            for cut in 1..<max(conversation.steps[step].bytes.count, 2) {
                var builder = RecordBuilder()
                builder.isSequenced = isSequenced
                var records: [TestRecord] = []
                for (index, said) in conversation.steps.enumerated() {
                    let parts = index == step ? [said.bytes.prefix(cut), said.bytes.dropFirst(cut)] : [said.bytes[...]]
                    for part in parts { records.append(builder.say(said.side, Array(part), asRequester: false)) }
                }
                expectAll(run(records, builder, conversation), conversation)
            }
        }
    }

    @Test(arguments: Conversation.all)
    func byteByByteIsTheSame(_ conversation: Conversation) {
        var builder = RecordBuilder()
        let records = conversation.steps.flatMap { step in
            step.bytes.map { builder.say(step.side, [$0], asRequester: true) }
        }
        expectAll(run(records, builder, conversation), conversation)
    }

    @Test(arguments: Conversation.all)
    func coalescedIsTheSame(_ conversation: Conversation) {
        var builder = RecordBuilder()
        var records: [TestRecord] = []
        var index = 0
        while index < conversation.steps.count {
            var bytes: [UInt8] = []
            let side = conversation.steps[index].side
            while index < conversation.steps.count, conversation.steps[index].side == side {
                bytes += conversation.steps[index].bytes
                index += 1
            }
            records.append(builder.say(side, bytes, asRequester: false))
        }
        expectAll(run(records, builder, conversation), conversation)
    }

    @Test(arguments: Conversation.all)
    func recordsOutOfOrderAreTheSame(_ conversation: Conversation) {
        var builder = RecordBuilder()
        var records = [builder.event(INTERSPAN_KIND_OPEN)]
        for step in conversation.steps {
            let third = step.bytes.count / 3
            let parts = [step.bytes[..<third], step.bytes[third..<(2 * third)], step.bytes[(2 * third)...]]
            let made = parts.filter { !$0.isEmpty }.map { builder.say(step.side, Array($0), asRequester: true) }
            records += made.reversed()
        }
        let run = run(records, builder, conversation)
        expectAll(run, conversation)
        #expect(run.lost(.gap) == 0)
    }

    @Test(arguments: Conversation.all)
    func repeatedAndOverlappingRecordsAreTheSame(_ conversation: Conversation) {
        var builder = RecordBuilder()
        var records: [TestRecord] = []
        for step in conversation.steps {
            let record = builder.say(step.side, step.bytes, asRequester: false)
            var first = record
            first.head = Array(step.bytes.prefix(step.bytes.count / 2))
            first.header.length = UInt32(first.head.count)
            records += [first, record, record]
        }
        let run = run(records, builder, conversation)
        expectAll(run, conversation)
        #expect(run.lost(.duplicate) >= UInt64(run.closed.count))
    }

    @Test(arguments: Conversation.all)
    func sequenceNumbersThatWrapAreTheSame(_ conversation: Conversation) {
        for distance in stride(from: UInt32(1), to: 120, by: 7) {
            var builder = RecordBuilder()
            builder.firstSent = 0 &- distance
            builder.firstReceived = 0 &- (distance / 2)
            let records = conversation.steps.flatMap { step in
                [step.bytes[..<(step.bytes.count / 2)], step.bytes[(step.bytes.count / 2)...]]
                    .map { builder.say(step.side, Array($0), asRequester: true) }
            }
            expectAll(run(records, builder, conversation), conversation)
        }
    }

    @Test(arguments: Conversation.all)
    func bothEndsGiveEqualIdentities(_ conversation: Conversation) {
        var client = RecordBuilder()
        var server = client.peer
        let sent = run(client.records(of: conversation, asRequester: true), client, conversation)
        let received = run(server.records(of: conversation, asRequester: false), server, conversation)
        #expect(sent.closed.map(\.exchange.end.id) == received.closed.map(\.exchange.end.id))
        #expect(Set(sent.closed.map(\.exchange.end.id)).count == conversation.expected.count)
    }

    @Test(arguments: Conversation.all)
    func cutOffAtEveryByteGivesOnlyWhatIsThere(_ conversation: Conversation) {
        let total = conversation.steps.map(\.bytes.count).reduce(0, +)
        for length in 0..<total {
            var left = length
            var builder = RecordBuilder()
            var records: [TestRecord] = []
            for step in conversation.steps where left > 0 {
                records.append(builder.say(step.side, Array(step.bytes.prefix(left)), asRequester: false))
                left -= min(left, step.bytes.count)
            }
            let run = run(records, builder, conversation)
            expectNoWrongPair(run, conversation)
            #expect(run.lost(.orphanResponse) == 0)
        }
    }

    @Test(arguments: Conversation.all, [true, false])
    func joinedAtEveryByteFindsTheNextRequest(_ conversation: Conversation, isSequenced: Bool) {
        // Inside a tunnel, and of a pipeline of which only the last request is seen, nobody can know.
        guard !conversation.isTunnel, !conversation.isPipeline else { return }
        let total = conversation.steps.map(\.bytes.count).reduce(0, +)
        for start in 1..<total {
            var skip = start
            var builder = RecordBuilder(responderOf: conversation)
            builder.isSequenced = isSequenced
            var records: [TestRecord] = []
            var firstWhole = 0
            for (index, step) in conversation.steps.enumerated() {
                let missed = min(skip, step.bytes.count)
                skip -= missed
                if missed > 0 {
                    _ = builder.say(step.side, Array(step.bytes.prefix(missed)), asRequester: false)
                    firstWhole = index + 1
                }
                guard missed < step.bytes.count else { continue }
                records.append(builder.say(step.side, Array(step.bytes.dropFirst(missed)), asRequester: false))
            }
            let run = run(records, builder, conversation)
            expectNoWrongPair(run, conversation)
            // A request in one record that follows a response is found.
            for expected in conversation.expected
            where expected.step > firstWhole && conversation.steps[expected.step - 1].side == .responder {
                let name = conversation.hasMemory ? expected.object : expected.operation
                #expect(
                    run.closed.contains {
                        $0.operation.hasSuffix(name) || $0.operation == expected.operationWhenJoined
                    }, "joined at \(start)")
            }
        }
    }

    @Test(arguments: Conversation.all)
    func anyRecordLostPairsNothingWrong(_ conversation: Conversation) {
        for missing in 0..<conversation.steps.count {
            var builder = RecordBuilder(responderOf: conversation)
            var records = builder.records(of: conversation)
            records.remove(at: missing)
            // Whoever joins inside a tunnel sees what is spoken there.
            guard !conversation.isTunnel || missing > 1 else { continue }
            let run = run(records, builder, conversation, rest: true)
            expectNoWrongPair(run, conversation)
        }
    }

    @Test(arguments: Conversation.all)
    func onlyTheFirstBytesCaptured(_ conversation: Conversation) {
        for limit in [0, 8, 16, 40, 64] where !conversation.isTunnel {
            var builder = RecordBuilder()
            builder.headLimit = limit
            builder.tailLimit = limit / 4
            let run = run(builder.records(of: conversation), builder, conversation)
            expectNoWrongPair(run, conversation, bodies: false)
        }
    }

    @Test(arguments: Conversation.all)
    func garbageDoesNoHarm(_ conversation: Conversation) {
        var random = SeededGenerator(state: 42)
        for _ in 0..<200 {
            var builder = RecordBuilder()
            builder.headLimit = Bool.random(using: &random) ? .max : Int.random(in: 0..<80, using: &random)
            builder.tailLimit = Int.random(in: 0..<20, using: &random)
            var records: [TestRecord] = []
            for step in conversation.steps + conversation.steps {
                var bytes = step.bytes
                for _ in 0..<Int.random(in: 0..<4, using: &random) {
                    let place = Int.random(in: 0..<bytes.count, using: &random)
                    switch Int.random(in: 0..<4, using: &random) {
                    case 0: bytes[place] = UInt8.random(in: 0...255, using: &random)
                    case 1: bytes.insert(UInt8.random(in: 0...255, using: &random), at: place)
                    case 2: bytes.remove(at: place)
                    default: bytes.replaceSubrange(place..., with: bytes[..<place])
                    }
                    if bytes.isEmpty { bytes = [0] }
                }
                var record = builder.say(step.side, bytes, asRequester: Bool.random(using: &random))
                if Int.random(in: 0..<10, using: &random) == 0 {
                    record.header.sequence = UInt32.random(in: 0 ... .max, using: &random)
                }
                records.append(record)
            }
            let run = run(records, builder, conversation)
            #expect(run.closed.count <= 3 * conversation.expected.count + 8)
        }
    }

    @Test(arguments: Conversation.all.filter { $0.loop != nil })
    func tenThousandInARowAreTenThousand(_ conversation: Conversation) {
        guard let loop = conversation.loop else { return }
        let inLoop = conversation.expected.filter { $0.step >= loop }.count
        let rounds = 10_000 / max(inLoop, 1)
        var builder = RecordBuilder()
        var run = TrackerRun()
        run.feed(conversation.steps[..<loop].map { builder.say($0.side, $0.bytes, asRequester: false) })
        for round in 0..<rounds {
            let steps = conversation.steps[loop...]
            run.feed(steps.map { builder.say($0.side, conversation.again($0.bytes, round), asRequester: false) })
        }
        #expect(run.closed.count == conversation.expected.count - inLoop + rounds * inLoop)
        #expect(run.closed.allSatisfy { $0.exchange.outcome == .complete })
        #expect(Set(run.closed.map(\.exchange.end)).count == run.closed.count)
        #expect(run.tracker.counters.losses.isZero)
        run.finish()
    }

    @Test func everyProtocolHasAConversationThatGoesOn() {
        let spoken = Conversation.all.filter { $0.loop != nil }.map { conversation in
            var builder = RecordBuilder()
            return run(builder.records(of: conversation), builder, conversation).closed.first?.exchange.protocol
        }
        // Of TLS a connection has one handshake.
        for identity in ApplicationProtocol.allCases where ParserTable().has(identity) && identity != .tls {
            #expect(spoken.contains(identity), "\(identity) has no conversation with loopFromHere()")
        }
    }

    @Test func connectionsInterleavedRecordByRecordAreTheSame() {
        var run = TrackerRun()
        var queues: [[TestRecord]] = []
        for (index, conversation) in (Conversation.all + Conversation.all).enumerated() {
            var builder = RecordBuilder()
            builder.socket = UInt64(index + 1)
            builder.firstSent = UInt32(index * 77_777)
            queues.append(builder.records(of: conversation) + [builder.event(INTERSPAN_KIND_CLOSE)])
        }
        while queues.contains(where: { !$0.isEmpty }) {
            for index in queues.indices where !queues[index].isEmpty { run.feed(queues[index].removeFirst()) }
        }
        run.advance(to: 2_000_000_000)
        run.finish()
        #expect(run.closed.count == 2 * Conversation.all.map(\.expected.count).reduce(0, +))
        #expect(run.closed.allSatisfy { $0.exchange.outcome == .complete })
        #expect(run.tracker.counters.losses.isZero)
    }

    // MARK: Helpers

    private func run(
        _ records: [TestRecord], _ builder: RecordBuilder, _ conversation: Conversation, rest: Bool = false
    ) -> TrackerRun {
        var builder = builder
        // Whatever the bytes are, values are looked for in them as well.
        var options = CaptureOptions()
        options.values.isOn = true
        var run = TrackerRun(options: options)
        run.feed(records)
        if rest { run.advance(to: builder.time + 1_000_000_000) }
        run.feed(builder.event(INTERSPAN_KIND_CLOSE))
        run.advance(to: builder.time)
        run.finish()
        return run
    }

    private func expectAll(_ run: borrowing TrackerRun, _ conversation: Conversation) {
        let got = run.closed.map { Conversation.Expected($0, in: conversation) }
        #expect(
            got.sorted { $0.operation < $1.operation } == conversation.expected.sorted { $0.operation < $1.operation })
        #expect(run.closed.allSatisfy { $0.exchange.outcome == .complete })
        #expect(run.firstBytes.count == conversation.expected.filter { !$0.isOneWay }.count)
        for reason in LossReason.allCases where reason != .duplicate { #expect(run.lost(reason) == 0, "\(reason)") }
    }

    /// Whether a name is what may be left of one: nothing, the method, the path.
    private func isPart(_ name: String, of expected: Conversation.Expected) -> Bool {
        let name = name.hasPrefix("/") ? String(name.dropFirst()) : name
        let target = "POST /" + expected.operation
        return name == "?" || target.hasPrefix(name) || expected.operation.hasPrefix(name)
    }

    private func expectNoWrongPair(_ run: borrowing TrackerRun, _ conversation: Conversation, bodies: Bool = true) {
        for closed in run.closed {
            if let standIn = conversation.standIn, closed.exchange.hasFailed, closed.operation.hasSuffix(standIn) {
                continue
            }
            // A target may be cut where bytes are missing; a status is its own request's or none.
            // Of some protocols a message whose names are missing is told of without them.
            let expected = conversation.expected.filter {
                if closed.operation == "?" { return true }
                return conversation.hasMemory ? isPart(closed.operation, of: $0) : $0.isMeant(by: closed.operation)
            }
            #expect(!expected.isEmpty, "\(closed.operation)")
            let status = closed.exchange.status
            #expect(status == 0 || expected.contains { $0.status == status }, "\(closed.operation): \(status)")
            if let answer = closed.answer, conversation.expected.contains(where: { $0.answer != nil }) {
                #expect(expected.contains { $0.answer == answer }, "\(closed.operation): \(answer)")
            }
            guard bodies, closed.exchange.outcome == .complete, !conversation.endsByClose,
                closed.exchange.responseBody != Exchange.unknownLength
            else { continue }
            #expect(expected.contains { $0.responseBody == Int(closed.exchange.responseBody) })
        }
    }
}

extension Conversation.Expected {
    /// What it is about: the part behind the last slash.
    var object: String { operation.split(separator: "/").last.map(String.init) ?? operation }

    init(_ closed: TrackerRun.Closed, in conversation: Conversation) {
        let expected = conversation.expected.first { $0.operation == closed.operation }
        self.init(
            operation: closed.operation, status: closed.exchange.status,
            requestBody: Int(closed.exchange.requestBody), responseBody: Int(closed.exchange.responseBody),
            step: expected?.step ?? -1, isOneWay: closed.exchange.responseStart.time == 0,
            isPush: closed.exchange.isPush,
            answer: conversation.expected.contains { $0.answer != nil } ? closed.answer : nil,
            operationWhenJoined: expected?.operationWhenJoined)
    }
}

extension Conversation {
    /// Whether requests are sent before the responses to earlier ones.
    var isPipeline: Bool { name.hasSuffix("pipelined") || name == PostgreSQLConversations.pipelined }
    /// Whether something else is spoken at its end, which may look like this protocol to whoever joins there.
    var isTunnel: Bool { name == "upgrade" || name == "tunnel" }
}
