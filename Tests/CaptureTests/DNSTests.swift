import CInterspanBPF
import Testing

@testable import Capture

/// DNS messages: names, types, codes, and what is one at all.
@Suite struct DNSTests {
    @Test(
        arguments: [
            ([3, 119, 119, 119, 4, 84, 101, 83, 116, 0], "www.TeSt"),
            ([0], "."),
            ([3, 97, 46, 98, 2, 34, 92, 0], "a\\.b.\\\"\\\\"),
            ([5, 0, 9, 10, 13, 200, 0], "\\000\\t\\n\\r\\200"),
        ] as [([UInt8], String)])
    func namesAreEscaped(_ wire: [UInt8], _ text: String) {
        var room = [UInt8](repeating: 0, count: DNSName.maximumText)
        let count = wire.withUnsafeBytes { wire in room.withUnsafeMutableBytes { DNSName.write(wire, to: $0) } }
        #expect(String(decoding: room.prefix(count), as: UTF8.self) == text)
    }

    @Test func theLongestNameFits() {
        let wire = [UInt8]([UInt8](repeating: 63, count: 1) + [UInt8](repeating: 1, count: 63))
        let name = wire + wire + wire + [61] + [UInt8](repeating: 255, count: 61) + [0]
        #expect(name.count == DNSName.maximumLength)
        let message = [UInt8](repeating: 0, count: 12) + name + [0, 1, 0, 1]
        message.withUnsafeBytes { bytes in
            guard case .whole(let question) = DNSQuestion.read(bytes) else {
                Issue.record("no question")
                return
            }
            var room = [UInt8](repeating: 0, count: DNSName.maximumText)
            #expect(room.withUnsafeMutableBytes { DNSName.write(question.name, to: $0) } == 253 * 4 - 3 * 3)
        }
    }

    @Test(
        arguments: [
            [0xC0, 12], [64, 1], [63] + [UInt8](repeating: 1, count: 63) + [0xC0, 12],
            (0..<5).flatMap { _ in [UInt8(60)] + [UInt8](repeating: 97, count: 60) } + [0],
        ] as [[UInt8]])
    func namesThatAreNoneAreRefused(_ name: [UInt8]) {
        let message = [UInt8](repeating: 0, count: 12) + name + [0, 1, 0, 1]
        message.withUnsafeBytes {
            if case .invalid = DNSQuestion.read($0) { return }
            Issue.record("\(name)")
        }
    }

    @Test func typesAndCodesWithoutMnemonicAreNumbers() {
        var run = TrackerRun()
        var builder = RecordBuilder()
        builder.peerPort = 53
        run.feed(builder.event(INTERSPAN_KIND_OPEN))
        run.feed(builder.send(DNSBytes.query(1, "odd.test", type: 65_280, options: true).framed))
        run.feed(builder.receive(DNSBytes.answer(1, "odd.test", type: 65_280, code: 15, options: 255).framed))
        #expect(run.closed.first?.value(.questionType) == "TYPE65280")
        #expect(run.closed.first?.value(.errorCode) == "RCODE4095")
        #expect(run.closed.first?.exchange.status == 4095)
        run.finish()
    }

    @Test func aMessageLongerThanWhatIsKeptIsStillOne() {
        var run = TrackerRun()
        var builder = RecordBuilder()
        builder.peerPort = 53
        builder.headLimit = 3072
        builder.tailLimit = 1024
        run.feed(builder.event(INTERSPAN_KIND_OPEN))
        run.feed(builder.send(DNSBytes.query(1, "big.test", type: 16).framed))
        run.feed(builder.receive(DNSBytes.answer(1, "big.test", type: 16, addresses: 4000).framed))
        run.feed(builder.send(DNSBytes.query(2, "next.test").framed))
        run.feed(builder.receive(DNSBytes.answer(2, "next.test", code: 3).framed))
        #expect(run.closed.map(\.exchange.status) == [0, 3])
        #expect(run.closed.first?.value(.rows) == "4000")
        run.finish()
        #expect(run.tracker.counters.losses.isZero)
    }

    @Test func aTransferLastsUntilItsConnectionEnds() {
        var run = TrackerRun()
        var builder = RecordBuilder()
        builder.peerPort = 53
        run.feed(builder.event(INTERSPAN_KIND_OPEN))
        run.feed(builder.send(DNSBytes.query(1, "zone.test", type: 252).framed))
        run.feed(builder.receive(DNSBytes.answer(1, "zone.test", type: 252, records: [6, 1, 1]).framed))
        run.feed(builder.receive(DNSBytes.answer(1, "zone.test", type: 252, records: [1, 1]).framed))
        #expect(run.closed.isEmpty)
        let last = builder.time
        run.feed(builder.event(INTERSPAN_KIND_CLOSE))
        #expect(run.closed.map(\.exchange.outcome) == [.complete])
        #expect(run.closed.first?.exchange.ended == last)
        run.finish()
        #expect(run.tracker.counters.losses.isZero)
    }

    @Test func aConnectionThatClosesLeavesItsQuestionsUnanswered() {
        var run = TrackerRun()
        var builder = RecordBuilder()
        builder.peerPort = 53
        run.feed(builder.event(INTERSPAN_KIND_OPEN))
        run.feed(builder.send(DNSBytes.query(1, "a.test").framed + DNSBytes.query(2, "b.test").framed))
        run.feed(builder.receive(DNSBytes.answer(2, "b.test").framed))
        run.feed(builder.event(INTERSPAN_KIND_CLOSE))
        #expect(run.closed.map(\.operation) == ["b.test", "a.test"])
        #expect(run.closed.map(\.exchange.outcome) == [.complete, .noResponse])
        run.finish()
    }

    @Test(arguments: [
        "GET / HTTP/1.1\r\nHost: shop\r\n\r\n", "*1\r\n$4\r\nPING\r\n", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
        "\u{0}\u{0}\u{0}\u{20}\u{0}\u{3}\u{0}\u{9}\u{0}\u{0}\u{0}\u{1}\u{0}\u{4}test", "AMQP\u{0}\u{0}\u{9}\u{1}",
        "\u{10}\u{20}\u{0}\u{4}MQTT\u{5}\u{2}\u{0}\u{3c}",
    ])
    func otherProtocolsAreNotTakenForIt(_ text: String) {
        let hint = RecognitionHint(
            recordLength: UInt64(text.utf8.count), isFirst: true, isOpening: true, senderPort: 40_000,
            receiverPort: 53, isFromOpener: true)
        #expect(Array(text.utf8).withUnsafeBytes { DNSSignature.recognise($0, hint) } == .no)
    }

    @Test func hardlyAnyGarbageIsTakenForIt() {
        var random = SeededGenerator(state: 1)
        let hint = RecognitionHint(
            recordLength: 64, isFirst: true, isOpening: true, senderPort: 40_000, receiverPort: 8080, isFromOpener: true
        )
        for _ in 0..<20_000 {
            var bytes = (0..<64).map { _ in UInt8.random(in: 0...255, using: &random) }
            // As DNS as can be, but for the question.
            bytes[0] = 0
            bytes[1] = 62
            bytes.replaceSubrange(4..<14, with: [1, 0, 0, 1, 0, 0, 0, 0, 0, 0])
            if bytes[14...].contains(0) { continue }
            #expect(bytes.withUnsafeBytes { DNSSignature.recognise($0, hint) } == .no || bytes[14] < 64)
        }
    }
}
