import CInterspanBPF
import Testing

@testable import Capture

@Suite struct MQTTTests {
    private typealias B = MQTTBytes
    private static let context = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"

    private func run(port: UInt16 = 8080, _ said: [(Side, [UInt8])]) -> TrackerRun {
        var options = CaptureOptions()
        options.headers.contexts = ["traceparent"]
        var builder = RecordBuilder()
        builder.peerPort = port
        var run = TrackerRun(options: options)
        run.feed(said.map { builder.say($0.0, $0.1, asRequester: true) })
        run.feed(builder.event(INTERSPAN_KIND_CLOSE))
        run.finish()
        return run
    }

    @Test func aTopicIsRememberedByItsNumber() {
        let run = run([
            (.requester, B.connect("c", level: 5)), (.responder, B.packet(0x20, [0, 0, 0])),
            (.requester, B.publish("a/b", "1", properties: B.alias(2))),
            (.requester, B.publish("", "22", properties: B.alias(2))),
            (.requester, B.publish("", "333", properties: B.alias(3))),
            (.responder, B.publish("c/d", "4", properties: B.alias(2))),
            (.responder, B.publish("", "55", properties: B.alias(2))),
        ])
        #expect(
            run.closed.map(\.operation) == ["publish a/b", "publish a/b", "publish", "deliver c/d", "deliver c/d"])
        #expect(run.closed.map(\.exchange.requestBody) == [1, 2, 3, 1, 2])
        #expect(run.closed.allSatisfy { $0.value(.clientID) == "c" })
    }

    @Test func userPropertiesAreRead() {
        let properties = [0x01, 1] + B.userProperty("a", "b") + B.userProperty("traceparent", Self.context)
        let run = run([
            (.requester, B.connect("c", level: 5)),
            (.requester, B.publish("t", "x", properties: properties + [0x09] + B.text("id-1"))),
        ])
        #expect(run.opened.map { $0.value(.context) } == [Self.context])
        #expect(run.closed[0].value(.conversationID) == "id-1")
    }

    @Test func userPropertiesThatAreCutOffAreReadAsFarAsTheyAreKnown() {
        let long = B.userProperty("cookie", String(repeating: "c", count: 30_000))
        let properties = B.userProperty("traceparent", Self.context) + long + B.userProperty("b3", "behind")
        let run = run([
            (.requester, B.connect("c", level: 5)), (.requester, B.publish("t", "x", properties: properties)),
        ])
        #expect(run.closed.map(\.operation) == ["publish t"])
        #expect(run.opened.map { $0.value(.context) } == [Self.context])
        #expect(run.closed.map(\.exchange.requestBody) == [Exchange.unknownLength])
    }

    private static let payloads: [([UInt8], UInt64)] = [
        // Text is no list of properties; an empty payload would be none.
        (B.publish("t", "{\"a\":1}"), 7), (B.publish("t", ""), 0),
        (B.publish("t", "xyz", properties: [0x01, 1]), 3),
        // No properties, or a payload that begins with zero.
        (B.publish("t", "xyz", properties: []), Exchange.unknownLength),
    ]

    @Test(arguments: payloads)
    func whereAPayloadBeginsIsToldByThePacketOrNotAtAll(_ packet: [UInt8], _ length: UInt64) {
        let run = run(port: 1883, [(.requester, packet)])
        #expect(run.closed.map(\.operation) == ["publish t"])
        #expect(run.closed.map(\.exchange.requestBody) == [length])
    }

    @Test func whatIsSentAgainIsOneExchange() {
        let run = run([
            (.requester, B.connect("c", level: 4)), (.requester, B.publish("t", "x", quality: 1, identifier: 5)),
            (.requester, B.publish("t", "x", quality: 1, identifier: 5, isRepeated: true)),
            (.responder, B.answer(0x40, 5)),
            (.requester, B.publish("t", "yy", quality: 1, identifier: 5)), (.responder, B.answer(0x40, 5)),
        ])
        #expect(run.closed.map(\.exchange.requestBody) == [1, 2])
        #expect(run.closed.allSatisfy { $0.exchange.outcome == .complete })
    }

    @Test func aRefusalEndsADeliveryThatIsMadeSureOf() {
        let run = run([
            (.requester, B.connect("c", level: 5)),
            (.requester, B.publish("t", "x", quality: 2, identifier: 5, properties: [])),
            (.responder, B.answer(0x50, 5, [0x97, 0])), (.responder, B.packet(0xE0, [0x8B, 0])),
        ])
        #expect(run.closed.map(\.operation) == ["publish t", "disconnect"])
        #expect(run.closed.map { $0.value(.errorCode) } == ["151", "139"])
        #expect(run.closed.allSatisfy { $0.exchange.hasFailed })
    }

    @Test func bothSidesNumberTheirMessagesForThemselves() {
        let run = run([
            (.requester, B.connect("c", level: 4)), (.requester, B.publish("up", "x", quality: 1, identifier: 1)),
            (.responder, B.publish("down", "yy", quality: 1, identifier: 1)), (.requester, B.answer(0x40, 1)),
            (.responder, B.answer(0x40, 1)),
        ])
        #expect(run.closed.map(\.operation) == ["deliver down", "publish up"])
    }
}
