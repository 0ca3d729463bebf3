import CInterspanBPF
import Testing

@testable import Capture

@Suite struct AMQPTests {
    private typealias B = AMQPBytes
    private static let context = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"

    private func run(
        headLimit: Int = .max, tailLimit: Int = 0, _ said: [(Side, [UInt8])]
    ) -> TrackerRun {
        var options = CaptureOptions()
        options.headers.contexts = ["traceparent"]
        var builder = RecordBuilder()
        builder.headLimit = headLimit
        builder.tailLimit = tailLimit
        var run = TrackerRun(options: options)
        run.feed(said.map { builder.say($0.0, $0.1, asRequester: true) })
        run.feed(builder.event(INTERSPAN_KIND_CLOSE))
        run.finish()
        return run
    }

    @Test func aDeliveryNamesExchangeRoutingKeyAndQueue() {
        let run = run([
            (.requester, B.consume(1, "orders", "")), (.responder, B.method(1, 0x3C_0015, B.short("amq.ctag-1"))),
            (.responder, B.deliver(1, "amq.ctag-1", 1, "shop", "order.new") + B.content(1, [1, 2])),
            (.responder, B.deliver(1, "amq.ctag-1", 2, "shop", "order.old") + B.content(1, [])),
            (.requester, B.ack(1, 2, isMultiple: true)),
        ])
        #expect(
            run.closed.map(\.operation) == [
                "deliver shop:order.new:orders", "deliver shop:order.old:orders", "ack orders",
            ])
        #expect(run.closed[0].value(.deliveryTag) == "1")
        #expect(run.closed[0].exchange.message == .process && run.closed[0].exchange.isPush)
        #expect(run.closed[2].value(.batchSize) == "2")
        #expect(run.closed[2].exchange.message == .settle)
    }

    @Test func propertiesAndHeadersAreRead() {
        let nested: [UInt8] = B.short("inner") + [0x46] + B.table([("traceparent", "not this")])
        let texts = Array(B.table([("traceparent", Self.context)]).dropFirst(4))
        let entries = nested + B.short("n") + [0x49, 0, 0, 0, 7] + texts
        let table = B.big(UInt32(entries.count)) + entries
        let properties =
            B.short("text/plain") + table + [2] + B.short("c1") + B.short("reply") + B.short("m1")
        let flags: UInt16 = 1 << 15 | 1 << 13 | 1 << 12 | 1 << 10 | 1 << 9 | 1 << 7
        let run = run([(.requester, B.publish(1, "", "") + B.content(1, [9], flags: flags, properties: properties))])
        #expect(run.closed.map(\.operation) == ["publish amq.default"])
        #expect(run.closed[0].fields.filter { $0.key == .context }.map(\.value) == [Self.context])
        #expect(run.opened[0].value(.context) == Self.context, "it is known when the exchange is opened")
        #expect(run.closed[0].value(.conversationID) == "c1")
        #expect(run.closed[0].value(.messageID) == "m1")
    }

    @Test func framesThatWereNotCapturedAreFollowed() {
        let body = [UInt8](repeating: 0x61, count: 10_000)
        let long = B.publish(1, "x", "long") + B.content(1, body, frameSize: 4000)
        let run = run(
            headLimit: 100, tailLimit: 20,
            [
                (.requester, long), (.requester, B.publish(1, "x", "next") + B.content(1, [1])),
            ])
        #expect(run.closed.map(\.operation) == ["publish x:long", "publish x:next"])
        #expect(run.closed.map(\.exchange.requestBody) == [10_000, 1])
        #expect(run.lost(.malformed) == 0)
    }

    @Test func whatCannotBeRoutedHasFailedOnceItIsConfirmed() {
        let returned = B.method(1, 0x3C_0032, B.big(UInt16(312)) + B.short("NO_ROUTE") + B.short("x") + B.short("b"))
        let run = run([
            (.requester, B.method(1, 0x55_000A, [0])), (.responder, B.method(1, 0x55_000B)),
            (.requester, B.publish(1, "x", "a", isMandatory: true) + B.content(1, [1])),
            (.requester, B.publish(1, "x", "b", isMandatory: true) + B.content(1, [1, 2])),
            (.requester, B.publish(1, "x", "c") + B.content(1, [1, 2, 3])),
            (.responder, returned + B.content(1, [1, 2]) + B.ack(1, 2, isMultiple: true)),
            (.responder, B.method(1, 0x3C_0078, B.big(UInt64(3)) + [0])),
        ])
        #expect(run.closed.map(\.operation) == ["publish x:a", "publish x:b", "publish x:c"])
        #expect(run.closed.map(\.exchange.hasFailed) == [false, true, true])
        #expect(run.closed.map { $0.value(.errorCode) } == [nil, "312", "nack"])
    }

    @Test func aChannelThatIsClosedForWhatNobodyWaitsForStandsForItself() {
        let run = run([
            (.requester, B.publish(4, "none", "k") + B.content(4, [1])), (.responder, B.close(4, 404, 0x3C_0028)),
        ])
        #expect(run.closed.map(\.operation) == ["publish none:k", "channel.close"])
        #expect(run.closed[1].value(.errorCode) == "404")
        #expect(run.closed[1].exchange.hasFailed && run.closed[1].exchange.isPush)
    }

    @Test func manyChannelsAreBounded() {
        let run = run(
            (1...2000).map { number in
                (.requester, B.publish(UInt16(number), "", "q") + Array(B.content(UInt16(number), [1, 2]).dropLast(4)))
            })
        #expect(run.closed.count <= Int(ExchangeTable.maximumPerConnection))
    }

    @Test func neitherPasswordsNorBodiesLeave() {
        let login = B.table([]) + B.short("PLAIN") + B.big(UInt32(8)) + Array("\0u\0secret".utf8) + B.short("en")
        let run = run([
            (.requester, B.header), (.requester, B.method(0, 0x0A_000B, login)), (.responder, B.close(0, 403, 0)),
            (.requester, B.publish(1, "", "q") + B.content(1, Array("secret".utf8))),
        ])
        #expect(run.closed.map(\.operation) == ["connection.start", "publish q"])
        #expect(run.closed[0].value(.errorCode) == "403")
        #expect(run.closed.allSatisfy { $0.fields.allSatisfy { !$0.value.contains("secret") } })
    }
}
