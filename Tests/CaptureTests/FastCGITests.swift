import CInterspanBPF
import Testing

@testable import Capture

/// What is particular to FastCGI.
@Suite struct FastCGITests {
    private typealias Sample = FastCGIConversations

    private func ask(_ parameters: [(String, String)], id: UInt16 = 1) -> [UInt8] {
        Sample.begin(id) + Sample.record(4, id, Sample.pairs(parameters)) + Sample.record(4, id) + Sample.record(5, id)
    }

    @Test func headersOfTheClientHaveTheirHTTPNames() throws {
        var options = CaptureOptions()
        options.headers.contexts = ["traceparent"]
        options.headers.requestIDs = ["x-request-id"]
        var run = TrackerRun(options: options)
        var builder = RecordBuilder()
        run.feed(
            builder.receive(
                ask([
                    ("REQUEST_METHOD", "GET"), ("REQUEST_URI", "/p"), ("HTTP_HOST", "shop:80"),
                    ("HTTP_USER_AGENT", "curl/8"), ("CONTENT_TYPE", "a/b"), ("HTTP_TRACEPARENT", " 00-1 "),
                    ("HTTP_X_REQUEST_ID", "r"), ("HTTP_COOKIE", "s3cret"), ("HTTP_CONTENT_LENGTH", "9"),
                ])))
        run.feed(builder.send(Sample.record(6, 1, "\r\n") + Sample.end()))
        run.finish()
        let closed = try #require(run.closed.first)
        #expect(closed.value(.authority) == "shop:80" && closed.value(.userAgent) == "curl/8")
        #expect(closed.value(.contentType) == "a/b")
        let named = closed.fields.filter { !$0.name.isEmpty }.map { "\($0.key) \($0.name)=\($0.value)" }
        #expect(named == ["context traceparent=00-1", "requestID x-request-id=r"])
        #expect(!closed.fields.contains { $0.value.contains("s3cret") })
        #expect(closed.exchange.status == 200)
    }

    @Test(arguments: [
        ("Status: 404 Not Found\r\n\r\n", Int32(404)), ("status:503\n\n", 503), ("Location: /x\r\n\r\n", 302),
        ("Location: /x\r\nStatus: 301\r\n\r\n", 301), ("X-Status: 500\r\n\r\n", 200), ("Status: x\r\n\r\n", 200),
        ("Status\r\n\r\n", 200), ("\r\n", 200), ("A: Status: 500\r\nStatus: 207 M\r\n\r\nStatus: 500", 207),
    ])
    func statusIsTheHeadersOrWhatCGIHasInstead(_ output: String, _ status: Int32) {
        for cut in 0...output.utf8.count {
            var run = TrackerRun()
            var builder = RecordBuilder()
            run.feed(builder.receive(ask([("REQUEST_METHOD", "GET"), ("REQUEST_URI", "/p")])))
            let bytes = Array(output.utf8)
            run.feed(
                builder.send(
                    Sample.record(6, 1, Array(bytes[..<cut])) + Sample.record(6, 1, Array(bytes[cut...]))
                        + Sample.end()))
            run.finish()
            #expect(run.closed.map(\.exchange.status) == [status])
        }
    }

    @Test(arguments: [(UInt8(1), "CANT_MPX_CONN"), (2, "OVERLOADED"), (3, "UNKNOWN_ROLE")])
    func applicationThatTakesNoRequestHasFailed(_ status: UInt8, _ code: String) throws {
        var run = TrackerRun()
        var builder = RecordBuilder()
        run.feed(builder.send(ask([("REQUEST_METHOD", "GET"), ("REQUEST_URI", "/p")])))
        run.feed(builder.receive(Sample.end(status: status)))
        run.finish()
        let closed = try #require(run.closed.first)
        #expect(closed.exchange.hasFailed && closed.value(.errorCode) == code && closed.exchange.status == 0)
    }

    @Test func requestThatTheWebServerGaveUpHasFailed() throws {
        var run = TrackerRun()
        var builder = RecordBuilder()
        run.feed(builder.send(ask([("REQUEST_METHOD", "GET"), ("REQUEST_URI", "/p")])))
        run.feed(builder.send(Sample.record(2)))
        run.feed(builder.receive(Sample.end()))
        run.finish()
        let closed = try #require(run.closed.first)
        #expect(closed.exchange.hasFailed && closed.value(.errorCode) == "ABORT_REQUEST")
    }

    @Test func answerOfWhichOnlyTheEndsAreKnownIsComplete() throws {
        var run = TrackerRun()
        var builder = RecordBuilder()
        builder.headLimit = 64
        builder.tailLimit = 40
        let body = [UInt8](repeating: 0x61, count: 5000)
        for index in 0..<3 {
            run.feed(builder.send(Sample.begin()))
            run.feed(
                builder.send(
                    Sample.record(4, 1, Sample.pairs([("REQUEST_METHOD", "PUT"), ("REQUEST_URI", "/\(index)")]))))
            // What is asked and what is answered are several records in one call.
            run.feed(
                builder.send(
                    Sample.record(4) + Sample.record(5, 1, body) + Sample.record(5, 1, body) + Sample.record(5)))
            run.feed(
                builder.receive(
                    Sample.record(6, 1, "Status: 20\(index)\r\n\r\n") + Sample.record(6, 1, body)
                        + Sample.record(6, 1, body) + Sample.record(6) + Sample.end()))
        }
        run.finish()
        #expect(run.closed.map(\.operation) == ["PUT /0", "PUT /1", "PUT /2"])
        #expect(run.closed.map(\.exchange.status) == [200, 201, 202])
        #expect(run.closed.allSatisfy { $0.exchange.outcome == .complete })
        #expect(run.closed.allSatisfy { $0.exchange.responseBody == Exchange.unknownLength })
        #expect(run.closed.allSatisfy { $0.exchange.requestBody == Exchange.unknownLength })
    }

    @Test func valueThatIsNotSeenLosesNoOther() throws {
        var run = TrackerRun()
        var builder = RecordBuilder()
        builder.headLimit = 60
        builder.tailLimit = 60
        let parameters = [
            ("REQUEST_METHOD", "GET"), ("LONG", String(repeating: "x", count: 300)), ("REQUEST_URI", "/behind"),
        ]
        run.feed(builder.send(ask(parameters)))
        run.feed(builder.receive(Sample.record(6, 1, "\n") + Sample.end()))
        run.finish()
        #expect(run.closed.map(\.operation) == ["GET /behind"])
    }

    @Test func parametersOfAnyLengthAreBounded() {
        var run = TrackerRun()
        var builder = RecordBuilder()
        run.feed(builder.receive(Sample.begin()))
        let huge = Sample.pairs([("HTTP_X", String(repeating: "x", count: 200_000))], long: true)
        for start in stride(from: 0, to: huge.count, by: 60_000) {
            run.feed(builder.receive(Sample.record(4, 1, Array(huge[start..<min(start + 60_000, huge.count)]))))
        }
        run.feed(
            builder.receive(
                Sample.record(4, 1, Sample.pairs([("REQUEST_METHOD", "GET"), ("REQUEST_URI", "/after")]))
                    + Sample.record(4) + Sample.record(5)))
        run.feed(builder.send(Sample.record(6, 1, "\n") + Sample.end()))
        run.finish()
        #expect(run.closed.map(\.operation) == ["GET /after"])
        #expect(run.lost(.fieldCut) == 1)
    }

    @Test func requestsBeyondTheLimitAreCountedAndDoNoHarm() {
        var run = TrackerRun()
        var builder = RecordBuilder()
        for id in 1...100 {
            run.feed(builder.receive(ask([("REQUEST_METHOD", "GET"), ("REQUEST_URI", "/\(id)")], id: UInt16(id))))
        }
        for id in (1...100).reversed() {
            run.feed(
                builder.send(
                    Sample.record(6, UInt16(id), "Status: \(100 + id)\r\n\r\n") + Sample.end(UInt16(id))))
        }
        run.finish()
        #expect(run.closed.count == FastCGIParser.mostRequests)
        #expect(run.lost(.tableFull) == UInt64(100 - FastCGIParser.mostRequests))
        #expect(run.closed.allSatisfy { $0.operation == "GET /\($0.exchange.status - 100)" })
    }

    @Test func questionsAboutTheApplicationAreNoRequests() {
        var run = TrackerRun()
        var builder = RecordBuilder()
        run.feed(builder.send(Sample.record(9, 0, Sample.pairs([("FCGI_MAX_CONNS", "")]))))
        run.feed(builder.receive(Sample.record(10, 0, Sample.pairs([("FCGI_MAX_CONNS", "1")]))))
        run.feed(builder.send(ask([("REQUEST_METHOD", "GET"), ("REQUEST_URI", "/p")])))
        run.feed(builder.receive(Sample.record(6, 1, "\n") + Sample.end()))
        run.finish()
        #expect(run.closed.map(\.operation) == ["GET /p"])
        #expect(run.tracker.counters.losses.isZero)
    }
}
