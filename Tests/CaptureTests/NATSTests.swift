import CInterspanBPF
import Testing

@testable import Capture

@Suite struct NATSTests {
    private static let context = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"

    private func run(headLimit: Int = .max, tailLimit: Int = 0, _ said: [(Side, String)]) -> TrackerRun {
        var options = CaptureOptions()
        options.headers.contexts = ["traceparent"]
        var builder = RecordBuilder()
        builder.headLimit = headLimit
        builder.tailLimit = tailLimit
        var run = TrackerRun(options: options)
        run.feed(said.map { builder.say($0.0, Array($0.1.utf8), asRequester: true) })
        run.feed(builder.event(INTERSPAN_KIND_CLOSE))
        run.finish()
        return run
    }

    @Test func headersAndGroupsAreRead() {
        let headers = "NATS/1.0\r\nTraceparent:\(Self.context)\r\nNats-Msg-Id: m 1\r\n\r\n"
        let size = headers.utf8.count
        let run = run([
            (.requester, "SUB work workers 7\r\n"),
            (.requester, "HPUB work reply.to \(size) \(size + 2)\r\n\(headers)hi\r\n"),
            (.responder, "HMSG work 7 \(size) \(size + 2)\r\n\(headers)hi\r\n"),
        ])
        #expect(run.closed.map(\.operation) == ["publish work", "deliver work"])
        #expect(run.opened.allSatisfy { $0.value(.context) == Self.context && $0.value(.messageID) == "m 1" })
        #expect(run.closed[0].value(.conversationID) == "reply.to")
        #expect(run.closed[1].value(.consumerGroup) == "workers")
        #expect(run.closed.allSatisfy { $0.exchange.requestBody == 2 })
    }

    @Test func aPayloadThatWasNotCapturedIsFollowed() {
        let long = String(repeating: "x", count: 5000)
        let run = run(
            headLimit: 100, tailLimit: 20,
            [
                (.requester, "PUB long 5000\r\n\(long)\r\n"), (.requester, "PUB next 1\r\n1\r\n"),
            ])
        #expect(run.closed.map(\.operation) == ["publish long", "publish next"])
        #expect(run.closed.map(\.exchange.requestBody) == [5000, 1])
    }

    @Test func aPayloadIsNoCommand() {
        let run = run([(.requester, "PUB a 13\r\n"), (.requester, "PUB b 2\r\nxx\r\n\r\nPUB c 0\r\n\r\n")])
        #expect(run.closed.map(\.operation) == ["publish a", "publish c"])
    }

    @Test func anErrorsCodeHasNothingOfTheRequestInIt() {
        let run = run([
            (.requester, "CONNECT {\"user\":\"u\",\"pass\":\"secret\"}\r\n"), (.responder, "PONG\r\n"),
            (.responder, "-ERR 'Permissions Violation for Publish to \"secret\"'\r\n"),
        ])
        #expect(run.closed.map(\.operation) == ["error"])
        #expect(run.closed[0].value(.errorCode) == "Permissions Violation")
        #expect(run.closed.allSatisfy { $0.fields.allSatisfy { !$0.value.contains("secret") } })
    }

    @Test func aLineSplitManyTimesIsReadInLinearTime() {
        let line = "SUB " + String(repeating: "s", count: 12_000)
        let run = run([(.requester, "PUB a 0\r\n\r\n")] + line.map { (.requester, String($0)) })
        #expect(run.closed.count == 1)
    }
}
