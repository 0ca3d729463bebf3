import Foundation
import Testing

@testable import OTLP

/// OTLP/HTTP over a real socket.
@Suite struct ReceiverHTTPTests {
    @Test func everySignalIsTakenAndAnsweredEmpty() throws {
        let receiver = try TestReceiver()
        let connection = RawConnection(port: receiver.http)
        for (path, body) in [
            ("/v1/traces", Payload.traces(3)), ("/v1/metrics", Payload.metrics(4)), ("/v1/logs", Payload.logs(5)),
        ] {
            connection.send(post(path, body))
            let (head, answer) = connection.response()
            #expect(head.hasPrefix("HTTP/1.1 200 OK"))
            #expect(head.contains("content-type: application/x-protobuf"))
            #expect(answer.isEmpty)
        }
        #expect(receiver.sink.batches.map(\.signal) == [.traces, .metrics, .logs])
        #expect(receiver.sink.batches.map(\.items) == [3, 4, 5])
        #expect(receiver.sink.batches[0].bytes == Payload.traces(3))
        #expect(receiver.counters[.traces].accepted == 3)
        #expect(receiver.counters[.metrics].accepted == 4)
        #expect(receiver.counters[.logs].accepted == 5)
        #expect(receiver.counters.requests == 3)
        #expect(receiver.counters.connectionsAccepted == 1)
    }

    @Test func aBatchSaysWhoSentIt() throws {
        let receiver = try TestReceiver()
        let connections = (0..<2).map { _ in RawConnection(port: receiver.http) }
        for connection in connections + connections {
            connection.send(post("/v1/traces", Payload.traces(1)))
            _ = connection.response()
        }
        let senders = (connections + connections).map {
            SenderAddress(bytes: [127, 0, 0, 1], port: $0.localPort, listener: UInt16(receiver.http))
        }
        #expect(receiver.sink.batches.map(\.sender) == senders && !senders.contains(nil))
    }

    @Test func anAddressOfIPv4IsOneInIPv6Too() {
        let mapped = [UInt8](repeating: 0, count: 10) + [0xff, 0xff, 10, 0, 0, 1]
        let plain = SenderAddress(bytes: [10, 0, 0, 1], port: 5, listener: 4317)
        #expect(SenderAddress(bytes: mapped, port: 5, listener: 4317) == plain)
        #expect(plain?.high == 0x0A00_0001_0000_0000 && plain?.low == 0 && plain?.isIPv6 == false)
        let other = SenderAddress(bytes: [UInt8](1...16), port: 5, listener: 4317)
        #expect(other?.high == 0x0102_0304_0506_0708 && other?.low == 0x090A_0B0C_0D0E_0F10 && other?.isIPv6 == true)
        #expect(SenderAddress(bytes: [1, 2, 3], port: 5, listener: 4317) == nil)
    }

    @Test func gzipIsInflatedAndAQueryAndParametersMeanNothing() throws {
        let receiver = try TestReceiver()
        let connection = RawConnection(port: receiver.http)
        let body = Payload.gzip(Payload.traces(100))
        connection.send(
            post("/v1/traces?x=1", body, type: "Application/X-Protobuf; v=1", extra: "Content-Encoding: GZIP\r\n"))
        #expect(connection.response().head.hasPrefix("HTTP/1.1 200"))
        #expect(receiver.sink.batches.first?.bytes == Payload.traces(100))
    }

    @Test func jsonIsAnsweredInJSON() throws {
        let receiver = try TestReceiver()
        let connection = RawConnection(port: receiver.http)
        connection.send(post(Payload.json(2), type: "application/json; charset=utf-8"))
        let (head, body) = connection.response()
        #expect(head.hasPrefix("HTTP/1.1 200"))
        #expect(head.contains("content-type: application/json"))
        #expect(String(decoding: body, as: UTF8.self) == "{}")
        #expect(receiver.sink.items == 2)
        connection.send(post(Array("{\"resourceSpans\":3".utf8), type: "application/json"))
        let (wrong, status) = connection.response()
        #expect(wrong.hasPrefix("HTTP/1.1 400"))
        let parsed = try JSONSerialization.jsonObject(with: Data(status)) as? [String: Any]
        #expect(parsed?["code"] as? Int == 3)
        #expect(receiver.counters.malformed == 1)
    }

    @Test func oneIllFormedSpanIsAPartialSuccess() throws {
        let receiver = try TestReceiver()
        let connection = RawConnection(port: receiver.http)
        connection.send(post(Payload.oneOfTwo))
        let (head, body) = connection.response()
        #expect(head.hasPrefix("HTTP/1.1 200"))
        let partial = body.withUnsafeBytes { ResponseBody.partialSuccess(protobuf: $0) }
        #expect(partial.rejected == 1)
        #expect(!partial.message.isEmpty)
        #expect(receiver.counters[.traces].accepted == 1)
        #expect(receiver.counters[.traces].rejected == 1)
    }

    @Test func whatIsNotServedIsRefusedAndTheConnectionGoesOn() throws {
        let receiver = try TestReceiver()
        let connection = RawConnection(port: receiver.http)
        let body = Payload.traces(1)
        let cases: [(request: [UInt8], status: Int, header: String)] = [
            (post("/v1/profiles", body), 404, ""),
            (Array("GET /v1/traces HTTP/1.1\r\nhost: x\r\n\r\n".utf8), 405, "allow: POST"),
            (Array("GET / HTTP/1.1\r\nhost: x\r\n\r\n".utf8), 404, ""),
            (post(body, type: "text/plain"), 415, ""),
            (post(body, extra: "content-encoding: br\r\n"), 415, "accept-encoding: gzip"),
            (post(body, extra: "content-encoding: gzip\r\ncontent-encoding: gzip\r\n"), 415, ""),
            (post(body, extra: "content-encoding: gzip\r\n"), 400, ""),
            (post([0xFF, 0xFF]), 400, "application/x-protobuf"),
            (post(body), 200, ""),
        ]
        for (request, status, header) in cases {
            connection.send(request)
            let (head, answer) = connection.response()
            #expect(head.hasPrefix("HTTP/1.1 \(status) "), "\(head)")
            #expect(header.isEmpty || head.contains(header), "\(head)")
            if status != 200 { #expect(!answer.isEmpty) }
        }
        connection.send("HEAD /v1/traces HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n")
        let rest = connection.text()
        #expect(rest.hasPrefix("HTTP/1.1 405"))
        #expect(rest.hasSuffix("\r\n\r\n"))
        #expect(receiver.counters.unsupported == 7)
        #expect(receiver.counters.malformed == 2)
        #expect(receiver.counters.connectionsAccepted == 1)
    }

    @Test func requestsSentAheadAreAnsweredInOrder() throws {
        let receiver = try TestReceiver(nil)
        let connection = RawConnection(port: receiver.http)
        connection.send(
            post("/v1/traces", Payload.traces(1)) + post("/nowhere", []) + post("/v1/logs", Payload.logs(1))
                + post(Payload.json(1), type: "application/json"))
        eventually { receiver.sink.batches.count == 3 }
        // Newest first; the answers must come in the requests' order all the same.
        receiver.sink.decide(.accepted)
        let heads = (0..<4).map { _ in connection.response().head }
        #expect(heads.map { $0.prefix(12) } == ["HTTP/1.1 200", "HTTP/1.1 404", "HTTP/1.1 200", "HTTP/1.1 200"])
        #expect(heads[3].contains("application/json"))
    }

    @Test func theAnswerWaitsForTheSink() throws {
        let receiver = try TestReceiver(nil)
        let connection = RawConnection(port: receiver.http)
        connection.send(post(Payload.traces(1)))
        eventually { receiver.sink.batches.count == 1 }
        #expect(receiver.counters.requests == 0)
        #expect(receiver.counters[.traces].accepted == 0)
        receiver.sink.decide(.accepted)
        #expect(connection.response().head.hasPrefix("HTTP/1.1 200"))
    }

    @Test func fullIsSaidWithAnIntervalAndNoPipelineWithItsName() throws {
        let receiver = try TestReceiver(.full(retryAfterSeconds: 7))
        let connection = RawConnection(port: receiver.http)
        connection.send(post(Payload.traces(2)))
        let (head, body) = connection.response()
        #expect(head.hasPrefix("HTTP/1.1 503"))
        #expect(head.contains("retry-after: 7\r\n"))
        #expect(body.withUnsafeBytes { ResponseBody.statusMessage(protobuf: $0) } == "the queue is full")
        #expect(receiver.counters[.traces].refused == 2)
        let other = try TestReceiver(.noPipeline)
        let second = RawConnection(port: other.http)
        second.send(post("/v1/metrics", Payload.metrics(1)))
        let (missing, status) = second.response()
        #expect(missing.hasPrefix("HTTP/1.1 404"))
        #expect(status.withUnsafeBytes { ResponseBody.statusMessage(protobuf: $0) } == "no pipeline takes metrics")
        #expect(other.counters[.metrics].refused == 1)
    }

    @Test func expectationsChunksAndHTTP10AreUnderstood() throws {
        let receiver = try TestReceiver()
        let body = Payload.traces(1)
        let waiting = RawConnection(port: receiver.http)
        let whole = post(body, extra: "expect: 100-continue\r\n")
        waiting.send(Array(whole.dropLast(body.count)))
        #expect(waiting.response().head == "HTTP/1.1 100 Continue")
        waiting.send(body)
        #expect(waiting.response().head.hasPrefix("HTTP/1.1 200"))
        let chunked = RawConnection(port: receiver.http)
        chunked.send(
            "POST /v1/traces HTTP/1.1\r\nhost: x\r\ncontent-type: application/x-protobuf\r\n"
                + "transfer-encoding: chunked\r\n\r\n")
        for byte in body {
            chunked.send("1\r\n")
            chunked.send([byte])
            chunked.send("\r\n")
        }
        chunked.send("0\r\n\r\n")
        #expect(chunked.response().head.hasPrefix("HTTP/1.1 200"))
        let old = RawConnection(port: receiver.http)
        old.send(
            Array(
                "POST /v1/traces HTTP/1.0\r\ncontent-type: application/x-protobuf\r\ncontent-length: \(body.count)\r\n\r\n"
                    .utf8) + body)
        let answer = old.text()
        #expect(answer.hasPrefix("HTTP/1.1 200"))
        #expect(answer.contains("connection: close"))
        #expect(receiver.sink.items == 3)
    }

    @Test func aHalfClosedConnectionStillGetsItsAnswer() throws {
        let receiver = try TestReceiver(nil)
        let connection = RawConnection(port: receiver.http)
        connection.send(post(Payload.traces(1)))
        connection.finish()
        eventually { receiver.sink.batches.count == 1 }
        receiver.sink.decide(.accepted)
        #expect(connection.text().hasPrefix("HTTP/1.1 200"))
        eventually { receiver.counters.connectionsOpen == 0 }
        #expect(receiver.counters.connectionsOpen == 0)
        #expect(receiver.counters.aborted == 0)
    }

    @Test func shuttingDownAnswersWhatIsOwedAndTakesNothingNew() throws {
        let receiver = try TestReceiver(nil)
        let (port, connection) = (receiver.http, RawConnection(port: receiver.http))
        let idle = RawConnection(port: port)
        connection.send(post(Payload.traces(1)))
        eventually { receiver.sink.batches.count == 1 && receiver.counters.connectionsOpen == 2 }
        receiver.receiver.stopAccepting()
        #expect(idle.receiveAll().isEmpty)
        #expect(RawConnection(port: port).receiveAll().isEmpty)
        receiver.sink.decide(.accepted)
        let (head, _) = connection.response()
        #expect(head.hasPrefix("HTTP/1.1 200"))
        #expect(head.contains("connection: close"))
        #expect(connection.receiveAll().isEmpty)
        receiver.receiver.shutdown(deadlineNanoseconds: inSeconds(10))
        #expect(receiver.counters.connectionsOpen == 0)
        #expect(receiver.receiver.boundHTTPPort == nil)
    }

    @Test func aTakenAddressIsNamedWithItsKey() throws {
        let receiver = try TestReceiver()
        var settings = OTLPReceiverSettings()
        settings.http = OTLPReceiverSettings.HTTP()
        settings.http?.endpoint = ListenAddress(host: "127.0.0.1", port: receiver.http)
        let second = OTLPReceiver(name: "otlp/b", settings: settings, sink: RecordingSink(), log: LogRecorder().log)
        let error = #expect(throws: ReceiverError.self) { try second.start() }
        #expect(
            error?.description
                == "receivers.otlp/b.protocols.http.endpoint: 127.0.0.1:\(receiver.http): Address already in use")
        settings.http?.endpoint = ListenAddress(host: "nowhere.invalid", port: 0)
        let third = OTLPReceiver(name: "otlp", settings: settings, sink: RecordingSink(), log: LogRecorder().log)
        #expect(throws: ReceiverError.self) { try third.start() }
    }

    @Test(arguments: ["localhost", "::1", "", "0.0.0.0"])
    func everyWayToNameAHostIsHeard(host: String) throws {
        let receiver = try TestReceiver { settings in
            settings.http?.endpoint.host = host
            settings.grpc = nil
        }
        #expect(receiver.http > 0)
        #expect(receiver.receiver.boundGRPCPort == nil)
        guard host != "::1" else { return }
        let connection = RawConnection(port: receiver.http)
        connection.send(post(Payload.traces(1)))
        #expect(connection.response().head.hasPrefix("HTTP/1.1 200"))
    }
}
