import CInterspanBPF
import Testing

@testable import Capture

/// What is particular to HTTP/1.
@Suite struct HTTP1Tests {
    @Test func fieldsOfARequestAreHandedOnTrimmedAndInAnyCase() throws {
        var options = CaptureOptions()
        options.headers.contexts = ["traceparent"]
        options.headers.requestIDs = ["x-request-id"]
        options.headers.others = ["x-tenant"]
        var run = TrackerRun(options: options)
        var builder = RecordBuilder()
        run.feed(
            builder.receive(
                "GET /p?q HTTP/1.0\r\nHOST:\t shop:80 \r\nUser-agent: c\r\nContent-Type: a/b\r\nTraceParent:  00-1 \r\n"
                    + "X-Request-ID: r\r\nX-TENANT: gold\r\nX-Other: no\r\n\r\n"))
        run.feed(builder.send("HTTP/1.0 200 OK\r\nContent-Length: 0\r\nX-Request-Id: other\r\n\r\n"))
        run.finish()
        for exchange in [try #require(run.opened.first), try #require(run.closed.first)] {
            #expect(exchange.value(.method) == "GET" && exchange.value(.target) == "/p?q")
            #expect(exchange.value(.version) == "1.0" && exchange.value(.authority) == "shop:80")
            #expect(exchange.value(.userAgent) == "c" && exchange.value(.contentType) == "a/b")
            let named = exchange.fields.filter { !$0.name.isEmpty && $0.carrier == .requestHeader }
            let texts = named.map { "\($0.key) \($0.name)=\($0.value)" }
            #expect(texts == ["context TraceParent=00-1", "requestID X-Request-ID=r", "header X-TENANT=gold"])
        }
    }

    @Test func timesAndThreadsAreThoseOfTheFirstAndLastBytes() throws {
        var run = TrackerRun()
        var builder = RecordBuilder()
        var times: [UInt64] = []
        for (thread, text) in [(1, "G"), (2, "ET / HTTP/1.1\r\n"), (3, "Content-Length: 1\r\n\r\n"), (4, "x")] {
            builder.thread = UInt32(thread)
            run.feed(builder.receive(text))
            times.append(builder.time)
        }
        for (thread, text) in [(5, "H"), (6, "TTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\na"), (7, "b"), (8, "c")] {
            builder.thread = UInt32(thread)
            run.feed(builder.send(text))
            times.append(builder.time)
        }
        let exchange = try #require(run.closed.first?.exchange)
        #expect(exchange.requestStart.time == times[0] && exchange.requestStart.thread == 1)
        #expect(exchange.requestEnd.time == times[3] && exchange.requestEnd.thread == 4)
        #expect(exchange.responseStart.time == times[4] && exchange.responseStart.thread == 5)
        #expect(exchange.responseEnd.time == times[7] && exchange.responseEnd.thread == 8)
        // The rest of the request and the middle of the response; neither what opened nor what closed it.
        let continued = run.lineage.compactMap { lineage -> UInt32? in
            switch lineage {
            case .continued(_, let point), .requestEnded(_, let point): point.thread
            default: nil
            }
        }
        #expect(continued == [4, 7])
        run.finish()
    }

    @Test(arguments: [
        ("18446744073709551616", false), ("-1", false), ("+5", false), ("5, 5", true), ("5,6", false), ("", false),
        ("5 5", false), ("0x5", false), ("9223372036854775808", false), ("5", true), ("005", true),
    ])
    func contentLengthIsTakenOnlyWhenItIsOne(_ value: String, isValid: Bool) {
        var run = TrackerRun()
        var builder = RecordBuilder()
        run.feed(builder.receive("POST /x HTTP/1.1\r\nContent-Length: \(value)\r\n\r\nabcde"))
        run.feed(builder.send("HTTP/1.1 400 Bad\r\nContent-Length: 0\r\n\r\n"))
        run.feed(builder.receive("GET /next HTTP/1.1\r\n\r\n"))
        run.feed(builder.send("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"))
        run.finish()
        #expect(run.closed.map(\.operation) == ["POST /x", "GET /next"])
        #expect(run.closed.map(\.exchange.status) == [400, 200])
        #expect(run.lost(.malformed) == (isValid ? 0 : 1))
        #expect(run.closed.first?.exchange.requestBody == (isValid ? 5 : 0))
    }

    @Test func contradictingContentLengthsAreMalformed() {
        var run = TrackerRun()
        var builder = RecordBuilder()
        run.feed(builder.receive("GET /x HTTP/1.1\r\n\r\n"))
        run.feed(builder.send("HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nabcde"))
        run.finish()
        #expect(run.closed.map(\.exchange.outcome) == [.cutOff])
        #expect(run.lost(.malformed) == 1)
    }

    @Test(arguments: ["FFFFFFFFFFFFFFFFF", "8000000000000000", "g", "-1", "", "5\r\nabcdeX"])
    func absurdChunkSizesEndTheExchangeAndNothingElse(_ chunk: String) {
        var run = TrackerRun()
        var builder = RecordBuilder()
        run.feed(builder.receive("GET /x HTTP/1.1\r\n\r\n"))
        run.feed(builder.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n\(chunk)\r\n"))
        run.feed(builder.receive("GET /next HTTP/1.1\r\n\r\n"))
        run.feed(builder.send("HTTP/1.1 204 No Content\r\n\r\n"))
        run.finish()
        #expect(run.closed.map(\.exchange.outcome) == [.cutOff, .complete])
        #expect(run.closed.map(\.exchange.status) == [200, 204])
        #expect(run.lost(.malformed) == 1)
    }

    @Test func aHeaderOfAMegabyteIsCutAndTheExchangeGoesOn() {
        var run = TrackerRun()
        var builder = RecordBuilder()
        let head = "GET /big HTTP/1.1\r\nX-Big: " + String(repeating: "x", count: 1 << 20) + "\r\nHost: h\r\n\r\n"
        let bytes = Array(head.utf8)
        for start in stride(from: 0, to: bytes.count, by: 10_000) {
            run.feed(builder.receive(Array(bytes[start..<min(start + 10_000, bytes.count)])))
        }
        run.feed(builder.send("HTTP/1.1 431 Too Large\r\nContent-Length: 0\r\n\r\n"))
        run.finish()
        #expect(run.closed.map(\.operation) == ["GET /big"])
        #expect(run.closed.first?.value(.authority) == "h")
        #expect(run.closed.first?.exchange.status == 431)
        #expect(run.lost(.fieldCut) == 1)
    }

    @Test func headersAtTheEndOfAHeadTooLargeToCaptureAreFound() {
        var options = CaptureOptions()
        options.headers.contexts = ["traceparent"]
        var run = TrackerRun(options: options)
        var builder = RecordBuilder()
        (builder.headLimit, builder.tailLimit) = (300, 100)
        let cookie = String(repeating: "c", count: 5000)
        run.feed(builder.receive("GET /c HTTP/1.1\r\nHost: h\r\nCookie: \(cookie)\r\ntraceparent: 00-ab\r\n\r\n"))
        run.feed(builder.send("HTTP/1.1 200 OK\r\nContent-Length: 5000\r\n\r\n" + cookie))
        run.finish()
        #expect(run.closed.first?.value(.context) == "00-ab")
        #expect(run.closed.first?.exchange.outcome == .complete)
        #expect(run.closed.first?.exchange.responseBody == 5000)
        #expect(run.lost(.malformed) == 0)
    }

    @Test func chunkedBodyOfWhichTheMiddleIsUnknownEndsWithItsLastChunk() {
        var run = TrackerRun()
        var builder = RecordBuilder()
        (builder.headLimit, builder.tailLimit) = (100, 30)
        let chunk = "64\r\n" + String(repeating: "c", count: 100) + "\r\n"
        for index in 0..<3 {
            run.feed(builder.receive("GET /\(index) HTTP/1.1\r\n\r\n"))
            run.feed(
                builder.send(
                    "HTTP/1.1 20\(index) OK\r\nTransfer-Encoding: chunked\r\n\r\n"
                        + String(repeating: chunk, count: 9) + "0\r\n\r\n"))
        }
        run.finish()
        #expect(run.closed.map(\.exchange.outcome) == [.complete, .complete, .complete])
        #expect(run.closed.map(\.exchange.status) == [200, 201, 202])
    }

    @Test func tenThousandExchangesOnOneConnection() {
        var run = TrackerRun()
        var builder = RecordBuilder()
        run.feed(builder.event(INTERSPAN_KIND_OPEN))
        for index in 0..<10_000 {
            run.feed(builder.send("GET /\(index) HTTP/1.1\r\nHost: h\r\n\r\n"))
            run.feed(
                builder.receive(
                    "HTTP/1.1 200 OK\r\nContent-Length: \(index)\r\n\r\n" + String(repeating: "x", count: index % 50)))
            if index % 50 < index { run.feed(builder.receive([UInt8](repeating: 120, count: index - index % 50))) }
        }
        run.finish()
        #expect(run.closed.count == 10_000)
        #expect(run.closed.enumerated().allSatisfy { $1.exchange.outcome == .complete && $1.operation == "GET /\($0)" })
        #expect(run.closed.enumerated().allSatisfy { Int($1.exchange.responseBody) == $0 })
        #expect(run.closed.map(\.exchange.isFirstOnSocket).filter { $0 }.count == 1)
        #expect(Set(run.closed.map(\.exchange.end.id)).count == 10_000)
        #expect(run.tracker.counters.losses.isZero)
    }

    @Test func aResponseNobodyAskedForIsAnOrphan() {
        var run = TrackerRun()
        var builder = RecordBuilder()
        builder.sent = 500
        builder.received = 700
        run.feed(builder.receive("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"))
        run.feed(builder.send("GET /a HTTP/1.1\r\n\r\n"))
        run.feed(builder.receive("HTTP/1.1 404 No\r\nContent-Length: 0\r\n\r\n"))
        run.finish()
        #expect(run.lost(.orphanResponse) == 1)
        #expect(run.closed.map(\.exchange.status) == [404])
    }

    @Test func lengthsAreEnoughForALongBodyAndNothingIsWantedOfATunnel() {
        var run = TrackerRun()
        var builder = RecordBuilder()
        run.feed(builder.receive("PUT /l HTTP/1.1\r\nContent-Length: 100000\r\n\r\n"))
        let until = builder.firstReceived + UInt32(builder.received) + 100_000
        #expect(
            run.tracker.modeChanges == [
                SocketModeChange(
                    socket: 1, send: 0, receive: UInt8(INTERSPAN_MODE_LENGTHS.rawValue), receiveUntil: until)
            ])
        builder.headLimit = 0
        run.feed(builder.receive([UInt8](repeating: 0, count: 100_000)))
        #expect(run.tracker.modeChanges.last == SocketModeChange(socket: 1, send: 0, receive: 0))
        builder.headLimit = .max
        run.feed(builder.send("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"))
        run.feed(builder.receive("GET /ws HTTP/1.1\r\nUpgrade: websocket\r\n\r\n"))
        run.feed(builder.send("HTTP/1.1 101 Switching Protocols\r\n\r\n"))
        let ignored = UInt8(INTERSPAN_MODE_IGNORED.rawValue)
        #expect(run.tracker.modeChanges.last == SocketModeChange(socket: 1, send: ignored, receive: ignored))
        run.finish()
        #expect(run.closed.map(\.exchange.requestBody) == [100_000, 0])
    }
}
