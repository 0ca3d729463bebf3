import NIOHTTP2
import Testing

@testable import OTLP

/// OTLP/gRPC over a real socket.
@Suite struct ReceiverGRPCTests {
    @Test func everySignalIsTakenAndAnsweredEmpty() throws {
        let receiver = try TestReceiver()
        let client = try GRPCClient(port: receiver.grpc)
        let bodies = [Payload.traces(3), Payload.metrics(4), Payload.logs(5)]
        for (signal, body) in zip(Signal.allCases, bodies) {
            let stream = signal.rawValue * 2 + 1
            client.headers(stream, path: signal.method.description, type: "application/grpc+proto")
            client.data(stream, GRPCClient.message(body))
            let answer = client.wait(for: stream)
            #expect(answer.headers[":status"] == "200")
            #expect(answer.headers["content-type"] == "application/grpc")
            #expect(answer.status == "0")
            #expect(answer.data == [0, 0, 0, 0, 0])
        }
        #expect(receiver.sink.batches.map(\.signal) == [.traces, .metrics, .logs])
        #expect(receiver.sink.batches.map(\.bytes) == bodies)
        let senders = receiver.sink.batches.map(\.sender)
        #expect(Set(senders).count == 1 && senders.first??.listener == UInt16(receiver.grpc))
        #expect(receiver.counters[.logs].accepted == 5)
        #expect(receiver.counters.connectionsAccepted == 1)
    }

    @Test func gzipIsInflatedWhereTheMessageSaysSo() throws {
        let receiver = try TestReceiver()
        let client = try GRPCClient(port: receiver.grpc)
        client.headers(1, encoding: "gzip")
        client.data(1, GRPCClient.message(Payload.gzip(Payload.traces(200)), compressed: true))
        #expect(client.wait(for: 1).status == "0")
        // Short messages are often left as they are.
        client.headers(3, encoding: "gzip")
        client.data(3, GRPCClient.message(Payload.traces(1)))
        #expect(client.wait(for: 3).status == "0")
        #expect(receiver.sink.batches.map(\.items) == [200, 1])
        client.headers(5)
        client.data(5, GRPCClient.message(Payload.gzip(Payload.traces(1)), compressed: true))
        #expect(client.wait(for: 5).status == "3")
        client.headers(7, encoding: "zstd")
        client.data(7, GRPCClient.message(Payload.traces(1), compressed: true))
        let unknown = client.wait(for: 7)
        #expect(unknown.status == "12")
        #expect(unknown.headers["grpc-accept-encoding"] == "identity,gzip")
    }

    @Test func whatIsNotServedIsRefusedAndTheConnectionGoesOn() throws {
        let receiver = try TestReceiver()
        let client = try GRPCClient(port: receiver.grpc)
        let message = GRPCClient.message(Payload.traces(1))
        client.headers(1, path: "/opentelemetry.proto.collector.trace.v1.TraceService/Import")
        client.data(1, message)
        #expect(client.wait(for: 1).status == "12")
        client.headers(3, type: "application/json")
        client.data(3, message)
        #expect(client.wait(for: 3).headers == [":status": "415"])
        client.headers(5, method: "GET", ends: true)
        #expect(client.wait(for: 5).headers == [":status": "405"])
        // No message, two messages, one that is shorter than it says, one that is none.
        client.headers(7, ends: true)
        #expect(client.wait(for: 7).status == "12")
        client.headers(9)
        client.data(9, message + message)
        #expect(client.wait(for: 9).status == "12")
        client.headers(11)
        client.data(11, Array(message.dropLast()))
        #expect(client.wait(for: 11).status == "3")
        client.headers(13)
        client.data(13, GRPCClient.message([0xFF, 0xFF]))
        let malformed = client.wait(for: 13)
        #expect(malformed.status == "3")
        #expect(malformed.headers["grpc-message"]?.hasPrefix("the request cannot be read") == true)
        client.headers(15)
        client.data(15, message)
        #expect(client.wait(for: 15).status == "0")
        #expect(receiver.counters.malformed == 2)
        #expect(receiver.counters.unsupported == 5)
        #expect(receiver.counters.bytesInFlight == 0)
    }

    @Test func tooLargeIsSaidBeforeItHasCome() throws {
        let receiver = try TestReceiver { $0.grpc?.maxMessageSize = 1000 }
        let client = try GRPCClient(port: receiver.grpc)
        client.headers(1)
        client.data(1, [0, 0, 0, 0x10, 0], ends: false)
        let answer = client.wait(for: 1)
        #expect(answer.status == "8")
        #expect(answer.headers["grpc-status-details-bin"] == nil)
        client.headers(3, encoding: "gzip")
        client.data(3, GRPCClient.message(Payload.gzip([UInt8](repeating: 0, count: 100_000)), compressed: true))
        #expect(client.wait(for: 3).status == "8")
        #expect(receiver.counters.tooLarge == 2)
    }

    @Test func fullIsUnavailableWithRetryInfo() throws {
        let receiver = try TestReceiver(.full(retryAfterSeconds: 7))
        let client = try GRPCClient(port: receiver.grpc)
        client.headers(1)
        client.data(1, GRPCClient.message(Payload.traces(2)))
        let answer = client.wait(for: 1)
        #expect(answer.status == "14")
        #expect(answer.headers["grpc-message"] == "the queue is full")
        // google.rpc.Status { code: 14, message, details: Any { RetryInfo { retry_delay: 7 s } } }
        let info: [UInt8] = Payload.field(1, [0x08, 7])
        let any = Payload.field(1, Array("type.googleapis.com/google.rpc.RetryInfo".utf8)) + Payload.field(2, info)
        let status = [0x08, 14] + Payload.field(2, Array("the queue is full".utf8)) + Payload.field(3, any)
        #expect(answer.headers["grpc-status-details-bin"] == GRPCText.base64(status))
        #expect(receiver.counters[.traces].refused == 2)
        let other = try TestReceiver(.noPipeline)
        let second = try GRPCClient(port: other.grpc)
        second.headers(1, path: Signal.logs.method.description)
        second.data(1, GRPCClient.message(Payload.logs(1)))
        #expect(second.wait(for: 1).status == "12")
    }

    @Test func oneIllFormedSpanIsAPartialSuccess() throws {
        let receiver = try TestReceiver()
        let client = try GRPCClient(port: receiver.grpc)
        client.headers(1)
        client.data(1, GRPCClient.message(Payload.oneOfTwo))
        let answer = client.wait(for: 1)
        #expect(answer.status == "0")
        let partial = Array(answer.data.dropFirst(5)).withUnsafeBytes { ResponseBody.partialSuccess(protobuf: $0) }
        #expect(partial.rejected == 1)
        #expect(receiver.counters[.traces].rejected == 1)
    }

    @Test func callsAreInterleavedAndAnsweredAsTheyAreDecided() throws {
        let receiver = try TestReceiver(nil)
        let client = try GRPCClient(port: receiver.grpc)
        let message = GRPCClient.message(Payload.traces(50))
        let streams = (0..<40).map { $0 * 2 + 1 }
        for stream in streams { client.headers(stream) }
        for start in stride(from: 0, to: message.count, by: 700) {
            let end = min(start + 700, message.count)
            for stream in streams { client.data(stream, Array(message[start..<end]), ends: end == message.count) }
        }
        eventually { receiver.sink.batches.count == 40 }
        receiver.sink.decide(.accepted)
        for stream in streams { #expect(client.wait(for: stream).status == "0") }
        #expect(receiver.sink.items == 2000)
    }

    @Test func muchMoreThanAWindowComesThrough() throws {
        let receiver = try TestReceiver()
        let client = try GRPCClient(port: receiver.grpc)
        // 24 MB on one connection; one message is larger than a stream's window.
        let message = GRPCClient.message(Payload.traces(15_000))
        #expect(message.count > GRPCConnectionHandler.streamWindow)
        for stream in stride(from: 1, to: 20, by: 2) {
            client.headers(stream)
            client.data(stream, message)
        }
        for stream in stride(from: 1, to: 20, by: 2) { #expect(client.wait(for: stream).status == "0") }
        #expect(receiver.sink.items == 150_000)
    }

    @Test func aCallThatIsResetIsForgotten() throws {
        let receiver = try TestReceiver(nil)
        let client = try GRPCClient(port: receiver.grpc)
        client.headers(1)
        client.data(1, [0, 0, 0, 1, 0, 1, 2, 3], ends: false)
        client.write(1, .rstStream(.cancel))
        client.headers(3)
        client.data(3, GRPCClient.message(Payload.traces(1)))
        eventually { receiver.sink.batches.count == 1 }
        client.write(3, .rstStream(.cancel))
        client.headers(5)
        client.data(5, GRPCClient.message(Payload.traces(1)))
        eventually { receiver.sink.batches.count == 2 }
        receiver.sink.decide(.accepted)
        #expect(client.wait(for: 5).status == "0")
        #expect(client.answer(3).status == nil)
        #expect(receiver.counters.aborted == 1)
        // What reached the sink was accepted, whether the peer still wanted to know or not.
        eventually { receiver.counters[.traces].accepted == 2 }
        #expect(receiver.counters[.traces].accepted == 2)
        eventually { receiver.counters.bytesInFlight == 0 }
        #expect(receiver.counters.bytesInFlight == 0)
    }

    @Test func aHalfClosedConnectionStillGetsItsAnswers() throws {
        let receiver = try TestReceiver(nil)
        let client = try GRPCClient(port: receiver.grpc)
        client.headers(1)
        client.data(1, GRPCClient.message(Payload.traces(1)))
        eventually { receiver.sink.batches.count == 1 }
        client.finishOutput()
        receiver.sink.decide(.accepted)
        #expect(client.wait(for: 1).status == "0")
        eventually { receiver.counters.connectionsOpen == 0 }
        #expect(receiver.counters.connectionsOpen == 0)
    }

    @Test func shuttingDownSaysGoAwayAndAnswersWhatIsOwed() throws {
        let receiver = try TestReceiver(nil)
        let client = try GRPCClient(port: receiver.grpc)
        client.headers(1)
        client.data(1, GRPCClient.message(Payload.traces(1)))
        eventually { receiver.sink.batches.count == 1 }
        receiver.receiver.stopAccepting()
        eventually { client.goAways > 0 }
        #expect(client.goAways == 1)
        #expect(!client.isClosed)
        receiver.sink.decide(.accepted)
        #expect(client.wait(for: 1).status == "0")
        eventually { client.isClosed }
        #expect(client.isClosed)
        #expect(receiver.counters[.traces].accepted == 1)
    }
}
