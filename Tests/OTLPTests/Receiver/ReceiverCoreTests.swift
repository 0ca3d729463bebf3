import Foundation
import NIOCore
import NIOHPACK
import NIOHTTP1
import Testing

@testable import OTLP

/// The decisions of both servers, without sockets.
@Suite struct ReceiverCoreTests {
    private func isNothing<T>(_ value: T?) -> Bool { value == nil }

    private func headers(_ pairs: [(String, String)]) -> HPACKHeaders { HPACKHeaders(pairs) }

    @Test func aMessageCutAnywhereIsTheSame() {
        let body = Payload.traces(2)
        let bytes = GRPCClient.message(body)
        for cut in 0...bytes.count {
            var budget = BodyBudget(limit: 1 << 20)
            var message = GRPCMessage(limit: 1 << 20)
            for piece in [bytes[..<cut], bytes[cut...]] {
                let outcome = Array(piece).withUnsafeBytes { message.append($0, budget: &budget) }
                #expect(outcome == .taken)
            }
            guard case .success(let request) = message.end(signal: .traces, compression: .gzip) else {
                Issue.record("cut at \(cut): no request")
                continue
            }
            #expect(request.body == body)
            #expect(request.compression == .identity)
            #expect(budget.used == body.count)
            #expect(message.charge == body.count)
        }
    }

    @Test func theBudgetIsNeverOverdrawnAndAllOfItComesBack() {
        var budget = BodyBudget(limit: 100)
        var body = RequestBody(expected: 1 << 40, limit: 1000)
        let piece = [UInt8](repeating: 0, count: 60)
        let first = piece.withUnsafeBytes { body.append($0, budget: &budget) }
        #expect(first == .taken)
        let second = piece.withUnsafeBytes { body.append($0, budget: &budget) }
        #expect(second == .refused(.busy))
        #expect(body.charge == 60)
        #expect(body.bytes.capacity < 1000)
        budget.give(body.charge)
        #expect(budget.used == 0)
        let all = budget.take(100)
        #expect(all)
        let more = budget.take(1)
        #expect(!more)
    }

    @Test func bodiesAreMeasuredBeforeAndAfterDecompression() {
        func read(_ body: [UInt8], _ compression: ExportRequest.Compression, limit: Int) -> ExportRefusal? {
            let request = ExportRequest(signal: .traces, encoding: .protobuf, compression: compression, body: body)
            if case .failure(let refusal) = request.read(limit: limit) { return refusal }
            return nil
        }
        let body = Payload.traces(10)
        #expect(read(body, .identity, limit: body.count) == nil)
        #expect(read(body, .identity, limit: body.count - 1) == .tooLarge(limit: body.count - 1))
        #expect(read(Payload.gzip(body), .gzip, limit: body.count) == nil)
        #expect(read(Payload.gzip(body), .gzip, limit: body.count - 1) == .tooLarge(limit: body.count - 1))
        #expect(read(body, .gzip, limit: body.count) == .malformed("the body is not gzip"))
        #expect(read([], .identity, limit: 10) == nil)
    }

    @Test func callsAreRoutedByTheirHeaders() {
        let good = [
            (":method", "POST"), (":path", Signal.metrics.method.description), ("content-type", "application/grpc"),
        ]
        #expect(GRPCRoute.read(headers(good)) == .export(.metrics, .identity))
        #expect(GRPCRoute.read(headers(good + [("grpc-encoding", "gzip")])) == .export(.metrics, .gzip))
        #expect(GRPCRoute.read(headers(Array(good.prefix(2)))) == .notGRPC(status: 415))
        #expect(
            GRPCRoute.read(headers(good.prefix(2) + [("content-type", "application/grpc+json")]))
                == .notGRPC(status: 415))
        #expect(
            GRPCRoute.read(headers(good.prefix(2) + [("content-type", "application/grpc+proto; x=1")]))
                == .export(.metrics, .identity))
    }

    @Test func statusesAreWrittenAsGRPCHasThem() {
        #expect(GRPCText.percentEncoded("100 % of größe\n") == "100 %25 of gr%C3%B6%C3%9Fe%0A")
        for count in 0..<70 {
            let bytes = (0..<count).map { UInt8($0 * 37 % 256) }
            let expected = Data(bytes).base64EncodedString().replacingOccurrences(of: "=", with: "")
            #expect(GRPCText.base64(bytes) == expected)
        }
    }

    @Test(arguments: Signal.allCases) func partialSuccessesNameTheirItems(signal: Signal) throws {
        let body = AnswerBody.response(to: signal, rejected: 3, message: "\"why\"", encoding: .json)
        let parsed = try JSONSerialization.jsonObject(with: Data(body)) as? [String: [String: String]]
        let key = ["rejectedSpans", "rejectedDataPoints", "rejectedLogRecords"][signal.rawValue]
        #expect(parsed == ["partialSuccess": [key: "3", "errorMessage": "\"why\""]])
        let protobuf = AnswerBody.response(to: signal, rejected: 3, message: "why", encoding: .protobuf)
        #expect(protobuf == Payload.field(1, [0x08, 3] + Payload.field(2, Array("why".utf8))))
    }

    @Test func aStatusInJSONSaysWhenToTryAgain() throws {
        let body = AnswerBody.status(.unavailable, message: "full", retryAfterSeconds: 5, encoding: .json)
        let parsed = try JSONSerialization.jsonObject(with: Data(body)) as? [String: Any]
        #expect(parsed?["code"] as? Int == 14)
        let details = parsed?["details"] as? [[String: String]]
        #expect(details == [["@type": "type.googleapis.com/google.rpc.RetryInfo", "retryDelay": "5s"]])
    }

    @Test func datesAreWrittenAsHTTPHasThem() {
        var date = HTTPDate()
        let texts = [784_111_777, 784_111_777, 0].map { date.at($0) }
        #expect(
            texts == [
                "Sun, 06 Nov 1994 08:49:37 GMT", "Sun, 06 Nov 1994 08:49:37 GMT", "Thu, 01 Jan 1970 00:00:00 GMT",
            ])
        var buffer = NIOCore.ByteBuffer()
        HTTPAnswer(status: 200, encoding: .json, body: [0x7B, 0x7D])
            .write(into: &buffer, keepsAlive: true, hasBody: true, date: texts[0])
        #expect(
            String(buffer: buffer)
                == "HTTP/1.1 200 OK\r\ndate: Sun, 06 Nov 1994 08:49:37 GMT\r\ncontent-type: application/json\r\n"
                + "content-length: 2\r\nconnection: keep-alive\r\n\r\n{}")
    }

    @Test func answersKeepTheOrderOfTheirRequests() {
        var queue = HTTPAnswerQueue()
        let places = (0..<3).map { queue.open(keepsAlive: $0 < 2) }
        let answers = (0..<3).map { HTTPAnswer(status: 200 + $0, encoding: .json, body: []) }
        queue.set(answers[2], at: places[2])
        queue.set(answers[1], at: places[1])
        #expect(!queue.isReady)
        let early = queue.next(stopping: false)
        #expect(isNothing(early))
        queue.set(answers[0], at: places[0])
        let oldest = queue.next(stopping: false)
        #expect(oldest?.answer == answers[0])
        let middle = queue.next(stopping: true)
        #expect(middle?.keepsAlive == true)
        let newest = queue.next(stopping: false)
        #expect(newest?.keepsAlive == false)
        #expect(queue.isEmpty)
        // An answer that comes after the connection has ended finds no place.
        queue.set(answers[0], at: places[1])
        #expect(queue.isEmpty)
    }

    @Test func nothingMoreIsReadWhileAnAnswerIsOwed() {
        var budget = BodyBudget(limit: 1 << 20)
        var connection = HTTPConnection(settings: OTLPReceiverSettings.HTTP(), now: 0)
        #expect(connection.wantsInput)
        let head = HTTPRequestHead(
            version: .http1_1, method: .POST, uri: "/v1/logs", headers: ["Content-Type": "application/json"])
        let atHead = connection.received(head)
        #expect(isNothing(atHead))
        #expect(connection.wantsInput)
        let atBody = Array("{}".utf8).withUnsafeBytes { connection.received($0, budget: &budget) }
        #expect(isNothing(atBody))
        #expect(budget.used == 2)
        guard case .export(let request, let charge, let place) = connection.receivedEnd(now: 5) else {
            Issue.record("no request")
            return
        }
        #expect(request.signal == .logs)
        #expect(charge == 2)
        #expect(!connection.wantsInput)
        // Whoever waits for us is not late; whoever was answered has the whole time again.
        #expect(!connection.isLate(now: 1 << 60))
        connection.answered(HTTPAnswer(status: 200, encoding: .json, body: []), at: place)
        let written = connection.nextAnswer(now: 100)
        #expect(written?.keepsAlive == true)
        #expect(connection.wantsInput)
        #expect(!connection.isLate(now: 100 + 59_999_999_999))
        #expect(connection.isLate(now: 100 + 60_000_000_000))
    }

    @Test func moreCallsThanMayBeAreRefusedThoughSettingsWereNotHeeded() {
        var budget = BodyBudget(limit: 1 << 20)
        var settings = OTLPReceiverSettings.GRPC()
        settings.maxConcurrentStreams = 2
        var calls = GRPCCalls(settings: settings)
        let good = headers([
            (":method", "POST"), (":path", Signal.traces.method.description), ("content-type", "application/grpc"),
        ])
        let actions = [1, 3, 5].map { calls.received(good, of: $0, ends: false, now: 0, budget: &budget) }
        #expect(isNothing(actions[0]))
        #expect(isNothing(actions[1]))
        guard case .refuseStream = actions[2] else {
            Issue.record("it was taken")
            return
        }
        // Not to be confused with one that was cut off.
        let wasCutOff = calls.closed(5, budget: &budget)
        #expect(!wasCutOff)
    }

    @Test func aCallHasItsOwnTime() {
        var budget = BodyBudget(limit: 1 << 20)
        var settings = OTLPReceiverSettings.GRPC()
        settings.readTimeoutNanoseconds = 100
        var calls = GRPCCalls(settings: settings)
        let good = headers([
            (":method", "POST"), (":path", Signal.traces.method.description), ("content-type", "application/grpc"),
        ])
        let atFirst = calls.received(good, of: 1, ends: false, now: 0, budget: &budget)
        #expect(isNothing(atFirst))
        let atSecond = calls.received(good, of: 3, ends: false, now: 50, budget: &budget)
        #expect(isNothing(atSecond))
        let piece: [UInt8] = [0, 0, 0, 0, 9, 1, 2, 3]
        let atPiece = piece.withUnsafeBytes { calls.received($0, of: 1, ends: false, now: 60, budget: &budget) }
        #expect(isNothing(atPiece))
        #expect(budget.used == 3)
        let inTime = calls.giveUp(now: 99, budget: &budget)
        #expect(inTime.isEmpty)
        let overdue = calls.giveUp(now: 100, budget: &budget)
        #expect(overdue.map(\.id) == [1])
        #expect(budget.used == 0)
        #expect(calls.isReceiving(3))
        // An answer that is not taken is given up as well, without another one.
        let late = calls.giveUp(now: 200, budget: &budget)
        #expect(Set(late.map(\.id)) == [1, 3])
        #expect(late.contains { $0.id == 1 && isNothing($0.action) })
    }
}
