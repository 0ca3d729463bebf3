import CInterspanBPF
import Testing

@testable import Capture

/// Contexts are handed on, whatever carries them.
@Suite struct CarrierTests {
    private static let configured = String(repeating: "long-name", count: 28) + "four"
    private static let names = [
        "traceparent", "tracestate", "sw8", "uber-trace-id", "b3", "x-b3-traceid", "x-b3-spanid", "baggage",
        "x-amzn-trace-id", configured,
    ]

    private static func run(
        _ said: CarrierSample.Said, asRequester: Bool = true, contexts: [String] = names, port: UInt16 = 8080,
        headLimit: Int = .max, tailLimit: Int = 0
    ) -> TrackerRun {
        var options = CaptureOptions()
        options.headers.contexts = Set(contexts)
        options.headers.requestIDs = ["x-request-id"]
        var builder = RecordBuilder()
        if asRequester { builder.peerPort = port } else { builder.localPort = port }
        (builder.headLimit, builder.tailLimit) = (headLimit, tailLimit)
        var run = TrackerRun(options: options)
        for (side, bytes) in said { run.feed(builder.say(side, bytes, asRequester: asRequester)) }
        run.feed(builder.event(INTERSPAN_KIND_CLOSE))
        run.advance(to: builder.time + 1_000_000_000)
        run.finish()
        return run
    }

    private static func contexts(_ closed: TrackerRun.Closed?) -> [String] {
        closed?.fields.filter { $0.key == .context }.map { "\($0.name.lowercased())=\($0.value)" } ?? []
    }

    @Test(arguments: CarrierSample.all, [true, false])
    func everyNameInAnyCaseIsHandedOnFromEitherEnd(_ sample: CarrierSample, _ isRequester: Bool) throws {
        #expect(Self.configured.utf8.count == 256)
        // A table of AMQP and a string of Hessian have names of no more.
        let names = sample.name.hasPrefix("AMQP") ? Array(Self.names.dropLast()) : Self.names
        let expected = names.enumerated().map { "\($1)=value \($0)" }
        for spell in [{ $0 }, { $0.uppercased() }, { $0.prefix(1).uppercased() + $0.dropFirst() }]
            as [(String) -> String]
        {
            let message = sample.message(names.enumerated().map { (spell($1), "value \($0)") })
            for said in [sample.before + message, message] {
                let run = Self.run(said, asRequester: isRequester, port: sample.port)
                let closed = try #require(run.closed.last)
                #expect(Self.contexts(closed) == expected)
                #expect(closed.fields.allSatisfy { $0.key != .context || $0.carrier == sample.carrier })
                #expect(closed.fields.allSatisfy { $0.part == 0 })
                #expect(Self.contexts(run.opened.last) == (sample.isAnswer ? [] : expected))
            }
        }
    }

    @Test(arguments: CarrierSample.all)
    func twoHundredOfOneNameCostAFewAndTakeNoRoomOfOthers(_ sample: CarrierSample) throws {
        let many = (0..<200).map { ("traceparent", "00-\($0)") }
        let run = Self.run(sample.before + sample.message(many + [("sw8", "1-a")] + many), port: sample.port)
        let closed = try #require(run.closed.last)
        let contexts = Self.contexts(closed)
        #expect(contexts.filter { $0.hasPrefix("traceparent") }.count == FieldBounds.alike)
        #expect(contexts.last == "sw8=1-a")
        #expect(run.lost(.fieldCut) == UInt64(400 - FieldBounds.alike))
        #expect(
            closed.operation == Self.run(sample.before + sample.message([]), port: sample.port).closed.last?.operation)
    }

    @Test(arguments: CarrierSample.all)
    func headersOfManyNamesLeaveRoomForWhatItIsAbout(_ sample: CarrierSample) throws {
        let names = (0..<400).map { "x-\($0)" }
        let value = String(repeating: "v", count: sample.name.hasPrefix("MQTT") || sample.name == "Dubbo" ? 1 : 60)
        let run = Self.run(
            sample.before + sample.message(names.map { ($0, value) }), contexts: names, port: sample.port)
        let closed = try #require(run.closed.last)
        #expect(Self.contexts(closed).count == FieldBounds.namedOfMessage)
        #expect(
            closed.operation == Self.run(sample.before + sample.message([]), port: sample.port).closed.last?.operation)
        #expect(closed.fields.count < FieldBounds.namedOfMessage + 16)
    }

    @Test(arguments: CarrierSample.all.filter { !["MQTT", "Dubb", "AMQP"].contains($0.name.prefix(4)) })
    func contextThatIsTooLongIsSeenToBeThereAndIsNone(_ sample: CarrierSample) throws {
        let long = String(repeating: "a", count: FieldBuffer.maximumValue + 1)
        let headers = [("b3", "1-2"), ("uber-trace-id", long), ("x-request-id", long)]
        let run = Self.run(sample.before + sample.message(headers), port: sample.port)
        let closed = try #require(run.closed.last)
        #expect(Self.contexts(closed) == ["b3=1-2", "uber-trace-id=\0"])
        #expect(closed.value(.requestID) == nil)
        #expect(run.lost(.fieldCut) > 0)
    }

    // MARK: The wrong place

    private static let answers: [(String, CarrierSample.Said)] = [
        (
            "HTTP/1",
            [
                (.requester, Array("GET / HTTP/1.1\r\nX-Request-ID: r1\r\n\r\n".utf8)),
                (.responder, Array("HTTP/1.1 103 Early Hints\r\nX-Request-ID: early\r\n\r\n".utf8)),
                (
                    .responder,
                    Array(
                        """
                        HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\nx-request-id: r2\r\nTraceparent: t\r\n\r\n\
                        0\r\nx-request-id: late\r\nb3: late\r\n\r\n
                        """.utf8)
                ),
            ]
        ),
        (
            "HTTP/2",
            CarrierSample.all[1].before + [
                (
                    .requester,
                    HTTP2Bytes.headers(
                        1, HTTP2Bytes.request(HTTP2Bytes.get, "/", HTTP2Bytes.literal("x-request-id", "r1")), ends: true
                    )
                ),
                (
                    .responder,
                    HTTP2Bytes.headers(1, HTTP2Bytes.literal(8, "103") + HTTP2Bytes.literal("x-request-id", "early"))
                        + HTTP2Bytes.headers(
                            1,
                            HTTP2Bytes.ok + HTTP2Bytes.inserted("x-request-id", "r2")
                                + HTTP2Bytes.literal("traceparent", "t"))
                        + HTTP2Bytes.headers(
                            1, HTTP2Bytes.literal("x-request-id", "late") + HTTP2Bytes.literal("b3", "late"), ends: true
                        )
                ),
            ]
        ),
        (
            "FastCGI",
            [
                (
                    .requester,
                    FastCGIConversations.begin()
                        + FastCGIConversations.record(
                            4, 1,
                            FastCGIConversations.pairs([("REQUEST_METHOD", "GET"), ("HTTP_X_REQUEST_ID", "r1")]))
                        + FastCGIConversations.record(4) + FastCGIConversations.record(5)
                ),
                (
                    .responder,
                    FastCGIConversations.record(6, 1, "Status: 200\r\nX-Request-Id: ")
                        + FastCGIConversations.record(6, 1, "r2\r\nTraceparent: t\r\n\r\nX-Request-Id: late\r\n")
                        + FastCGIConversations.end()
                ),
            ]
        ),
    ]

    @Test(arguments: answers)
    func requestIDsOfTheAnswerAreToldFromTheRequests(_ name: String, _ said: CarrierSample.Said) throws {
        for isRequester in [true, false] {
            let closed = try #require(Self.run(said, asRequester: isRequester).closed.first)
            let named = closed.fields.filter { !$0.name.isEmpty }.map {
                "\($0.carrier) \($0.name.lowercased())=\($0.value)"
            }
            #expect(
                named == [
                    "requestHeader x-request-id=r1", "responseHeader x-request-id=r2", "responseHeader traceparent=t",
                ], "\(name)")
            #expect(closed.exchange.status == 200)
        }
    }

    @Test func trailersOfARequestHaveNoContexts() {
        let chunked = "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nx\r\n0\r\ntraceparent: late\r\n\r\n"
        let first = Self.run([
            (.requester, Array(chunked.utf8)), (.responder, Array("HTTP/1.1 204 No Content\r\n\r\n".utf8)),
        ])
        #expect(first.closed.count == 1 && Self.contexts(first.closed.first).isEmpty)
        let post = HTTP2Bytes.headers(1, HTTP2Bytes.request(HTTP2Bytes.post, "/")) + HTTP2Bytes.data(1, "x")
        let second = Self.run(
            CarrierSample.all[1].before + [
                (.requester, post + HTTP2Bytes.headers(1, HTTP2Bytes.literal("traceparent", "late"), ends: true)),
                (.responder, HTTP2Bytes.headers(1, HTTP2Bytes.ok, ends: true)),
            ])
        #expect(second.closed.count == 1 && Self.contexts(second.closed.first).isEmpty)
    }

    // MARK: What is not known whole

    @Test func valueUnderANameThatIsNotKnownIsNoContext() {
        // Joined in the middle: 62 was inserted before; 63 is one more back.
        let block = HTTP2Bytes.get + HTTP2Bytes.http + HTTP2Bytes.path("/1") + [0x7E] + HTTP2Bytes.string("mine?")
        let then = HTTP2Bytes.get + HTTP2Bytes.http + HTTP2Bytes.path("/2") + HTTP2Bytes.inserted("b3", "known")
        let last =
            HTTP2Bytes.get + HTTP2Bytes.http + HTTP2Bytes.path("/3") + HTTP2Bytes.indexed(63) + HTTP2Bytes.indexed(62)
        var said: CarrierSample.Said = []
        for (stream, block) in [(UInt32(7), block), (9, then), (11, last)] {
            said.append((.requester, HTTP2Bytes.headers(stream, block, ends: true)))
            said.append((.responder, HTTP2Bytes.headers(stream, HTTP2Bytes.ok, ends: true)))
        }
        let run = Self.run(said)
        #expect(run.closed.map(Self.contexts) == [[], ["b3=known"], ["b3=known"]])
    }

    @Test func lineOfWhichTheMiddleIsMissingIsNoContext() throws {
        let request = "GET /p HTTP/1.1\r\nb3: \(String(repeating: "a", count: 300))\r\nsw8: 1-a\r\n\r\n"
        let run = Self.run(
            [(.requester, Array(request.utf8)), (.responder, Array("HTTP/1.1 204 No Content\r\n\r\n".utf8))],
            headLimit: 100, tailLimit: 60)
        #expect(run.closed.map(Self.contexts) == [["sw8=1-a"]])
    }

    @Test func attachmentsBehindALongBodyAreFoundBesideOthersThatAreNoTexts() throws {
        typealias Sample = DubboConversations
        let long = [UInt8](repeating: 0, count: 9000)
        let arguments = [0x42, UInt8(long.count >> 8), UInt8(long.count & 255)] + long
        var body = Sample.call("S", "put", "[B", arguments, attachments: [("path", "x")])
        body.removeLast()
        body += Sample.text("timeout") + [0xCB, 0xE8] + Sample.text("SW8") + Sample.text("1-a") + [0x5A]
        let run = Self.run([
            (.requester, Sample.message(0xC2, id: 1, body)),
            (.responder, Sample.message(0x02, status: 20, id: 1, [0x92])),
        ])
        #expect(run.closed.map(Self.contexts) == [["sw8=1-a"]])
    }

    @Test func underscoreOfAConfiguredNameIsOneInFastCGI() throws {
        typealias Sample = FastCGIConversations
        let pairs = [("REQUEST_METHOD", "GET"), ("HTTP_MY_TRACE", "1"), ("HTTP_X_B3_TRACEID", "2")]
        let run = Self.run(
            [
                (
                    .requester,
                    Sample.begin() + Sample.record(4, 1, Sample.pairs(pairs)) + Sample.record(4) + Sample.record(5)
                ),
                (.responder, Sample.record(6, 1, "\r\n") + Sample.end()),
            ], contexts: ["my_trace", "x-b3-traceid"])
        #expect(run.closed.map(Self.contexts) == [["my_trace=1", "x-b3-traceid=2"]])
    }
}

extension CarrierSample {
    /// Where who joins MQTT recognises it.
    var port: UInt16 { name.hasPrefix("MQTT") ? 1883 : 8080 }
}
