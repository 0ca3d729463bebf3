import Foundation
import NIOHTTP2
import Testing

@testable import OTLP

/// Peers that do not mean well, over real sockets: each costs its own connection, and the next is served.
@Suite struct ReceiverHostileTests {
    private let head =
        "POST /v1/traces HTTP/1.1\r\nhost: x\r\ncontent-type: application/x-protobuf\r\n"

    private func expectServes(_ receiver: TestReceiver) throws {
        let connection = RawConnection(port: receiver.http)
        connection.send(post(Payload.traces(1)))
        #expect(connection.response().head.hasPrefix("HTTP/1.1 200"))
        let client = try GRPCClient(port: receiver.grpc)
        client.headers(1)
        client.data(1, GRPCClient.message(Payload.traces(1)))
        #expect(client.wait(for: 1).status == "0")
        eventually { receiver.counters.bytesInFlight == 0 }
        #expect(receiver.counters.bytesInFlight == 0)
    }

    @Test func aBodyThatIsTooLongIsRefusedEarly() throws {
        let receiver = try TestReceiver { $0.http?.maxBodySize = 10_000 }
        let announced = RawConnection(port: receiver.http)
        announced.send(head + "content-length: 10001\r\n\r\n")
        #expect(announced.text().hasPrefix("HTTP/1.1 413"))
        let expecting = RawConnection(port: receiver.http)
        expecting.send(head + "content-length: 10001\r\nexpect: 100-continue\r\n\r\n")
        #expect(expecting.text().hasPrefix("HTTP/1.1 413"))
        let chunked = RawConnection(port: receiver.http)
        chunked.send(head + "transfer-encoding: chunked\r\n\r\n")
        for _ in 0..<11 { chunked.send("3e8\r\n" + String(repeating: "x", count: 1000) + "\r\n") }
        #expect(chunked.text().hasPrefix("HTTP/1.1 413"))
        let bomb = RawConnection(port: receiver.http)
        bomb.send(post(Payload.gzip([UInt8](repeating: 0, count: 2_000_000)), extra: "content-encoding: gzip\r\n"))
        #expect(bomb.response().head.hasPrefix("HTTP/1.1 413"))
        #expect(receiver.counters.tooLarge == 4)
        try expectServes(receiver)
    }

    @Test func aHeadThatIsTooLargeIsRefused() throws {
        let receiver = try TestReceiver { $0.http?.maxHeaderSize = 4096 }
        let one = RawConnection(port: receiver.http)
        one.send(head + "x: " + String(repeating: "a", count: 5000))
        #expect(one.text().hasPrefix("HTTP/1.1 431"))
        let many = RawConnection(port: receiver.http)
        many.send(head + (0..<200).map { "x\($0): a\r\n" }.joined())
        #expect(many.text().hasPrefix("HTTP/1.1 431"))
        let path = RawConnection(port: receiver.http)
        path.send("POST /" + String(repeating: "a", count: 300_000))
        #expect(!path.text().hasPrefix("HTTP/1.1 200"))
        try expectServes(receiver)
    }

    @Test(arguments: [
        "\0\0\0\0\r\n\r\n", "GET\r\n\r\n", "POST /v1/traces HTTP/9.9\r\n\r\n", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
        "\u{16}\u{3}\u{1}\u{2}\0\u{1}\0\u{1}", "POST /v1/traces HTTP/1.1\r\nhost: x\r\ncontent-length: -1\r\n\r\n",
        "POST /v1/traces HTTP/1.1\r\nhost: x\r\ncontent-length: 99999999999999999999999\r\n\r\n",
        "POST /v1/traces HTTP/1.1\r\nhost: x\r\ncontent-length: 1\r\ncontent-length: 2\r\n\r\nab",
        "POST /v1/traces HTTP/1.1\r\ncontent-type: application/json\r\ntransfer-encoding: chunked\r\n\r\nfffffffffffffffff\r\n",
        "POST /v1/traces HTTP/1.1\r\nhost: x\r\ncontent-length: 3\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n",
    ])
    func whatIsNotHTTPIsAnsweredAndClosed(garbage: String) throws {
        let receiver = try TestReceiver()
        let connection = RawConnection(port: receiver.http)
        connection.send(garbage)
        let answer = connection.text()
        #expect(answer.hasPrefix("HTTP/1.1 4"), "\(answer)")
        #expect(answer.contains("connection: close"))
        #expect(receiver.sink.batches.isEmpty)
        try expectServes(receiver)
    }

    @Test func aRequestIsNotSmuggledBehindAnother() throws {
        let receiver = try TestReceiver()
        let body = Payload.traces(1)
        let smuggled = String(decoding: post("/v1/logs", Payload.logs(1)), as: UTF8.self)
        let connection = RawConnection(port: receiver.http)
        connection.send(
            Array((head + "content-length: \(body.count)\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n").utf8)
                + Array(smuggled.utf8))
        let answer = connection.text()
        #expect(answer.hasPrefix("HTTP/1.1 400"))
        #expect(answer.components(separatedBy: "HTTP/1.1 ").count == 2)
        #expect(receiver.sink.batches.isEmpty)
    }

    @Test func anUpgradeIsNotTakenUp() throws {
        let receiver = try TestReceiver()
        let connection = RawConnection(port: receiver.http)
        let extra = "connection: upgrade, http2-settings\r\nupgrade: h2c\r\nhttp2-settings: AAMAAABk\r\n"
        connection.send(post(Payload.traces(1), extra: extra))
        let answer = connection.text()
        #expect(answer.hasPrefix("HTTP/1.1 200"))
        #expect(answer.contains("connection: close"))
        let tunnel = RawConnection(port: receiver.http)
        tunnel.send("CONNECT x:1 HTTP/1.1\r\nhost: x\r\n\r\n")
        #expect(tunnel.text().contains("connection: close"))
        try expectServes(receiver)
    }

    @Test func whatIsNotHTTP2IsClosed() throws {
        let receiver = try TestReceiver()
        let preface = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"
        let frames: [[UInt8]] = [
            Array("GET / HTTP/1.1\r\nhost: x\r\n\r\n".utf8),
            Array(preface.utf8) + [UInt8](repeating: 0xFF, count: 100),
            // HEADERS on stream 0; DATA on a stream that was never opened; a header block that is none.
            Array(preface.utf8) + [0, 0, 0, 4, 0, 0, 0, 0, 0] + [0, 0, 1, 1, 4, 0, 0, 0, 0, 0x80],
            Array(preface.utf8) + [0, 0, 0, 4, 0, 0, 0, 0, 0] + [0, 0, 1, 0, 0, 0, 0, 0, 1, 0],
            Array(preface.utf8) + [0, 0, 0, 4, 0, 0, 0, 0, 0] + [0, 0, 2, 1, 4, 0, 0, 0, 1, 0xFF, 0xFF],
        ]
        for bytes in frames {
            let connection = RawConnection(port: receiver.grpc)
            connection.send(bytes)
            _ = connection.receiveAll()
        }
        eventually { receiver.counters.connectionsOpen == 0 }
        #expect(receiver.counters.connectionsOpen == 0)
        #expect(receiver.counters.protocolErrors == 5)
        try expectServes(receiver)
    }

    @Test func whatComesTooSlowlyIsGivenUp() throws {
        let receiver = try TestReceiver(timeout: 0.3)
        let silent = RawConnection(port: receiver.http)
        let slowHead = RawConnection(port: receiver.http)
        slowHead.send("POST /v1/traces HTTP/1.1\r\nx:")
        let slowBody = RawConnection(port: receiver.http)
        slowBody.send(head + "content-length: 100\r\n\r\nabc")
        let silentGRPC = RawConnection(port: receiver.grpc)
        let slowPreface = RawConnection(port: receiver.grpc)
        slowPreface.send("PRI * HTTP/2")
        #expect(silent.receiveAll().isEmpty)
        #expect(slowHead.receiveAll().isEmpty)
        #expect(slowBody.text().hasPrefix("HTTP/1.1 408"))
        for connection in [silentGRPC, slowPreface] {
            // GOAWAY without an error behind our settings.
            let bytes = connection.receiveAll()
            #expect(bytes.suffix(17).dropFirst(3).first == 7)
            #expect(Array(bytes.suffix(4)) == [0, 0, 0, 0])
        }
        let client = try GRPCClient(port: receiver.grpc)
        client.headers(1)
        client.data(1, [0, 0, 0, 1, 0, 1], ends: false)
        #expect(client.wait(for: 1).status == "4")
        eventually { receiver.counters.connectionsOpen == 0 }
        #expect(receiver.counters.connectionsOpen == 0)
        #expect(receiver.counters.bytesInFlight == 0)
    }

    @Test func bytesOneByOneAreStillTooSlow() throws {
        let receiver = try TestReceiver(timeout: 0.3)
        let connection = RawConnection(port: receiver.http)
        connection.send(head)
        var isOpen = true
        for _ in 0..<2000 where isOpen {
            isOpen = connection.send("a")
            usleep(2000)
        }
        #expect(!isOpen)
        #expect(receiver.counters.timeouts == 1)
    }

    @Test func whoeverWaitsForUsIsNotTooSlow() throws {
        let receiver = try TestReceiver(nil, timeout: 0.3)
        let connection = RawConnection(port: receiver.http)
        connection.send(post(Payload.traces(1)))
        let done = RawConnection(port: receiver.http)
        done.send(post(Payload.traces(1)))
        done.finish()
        let client = try GRPCClient(port: receiver.grpc)
        client.headers(1)
        client.data(1, GRPCClient.message(Payload.traces(1)))
        eventually { receiver.sink.batches.count == 3 }
        usleep(1_000_000)
        receiver.sink.decide(.accepted)
        #expect(connection.response().head.hasPrefix("HTTP/1.1 200"))
        #expect(done.text().hasPrefix("HTTP/1.1 200"))
        #expect(client.wait(for: 1).status == "0")
        #expect(receiver.counters.timeouts == 0)
    }

    @Test func moreConnectionsThanMayBeAreClosedAtOnce() throws {
        let receiver = try TestReceiver { $0.maxConnections = 500 }
        let connections = (0..<2000).map { RawConnection(port: $0 % 2 == 0 ? receiver.http : receiver.grpc) }
        eventually { receiver.counters.connectionsAccepted + receiver.counters.connectionsRefused == 2000 }
        #expect(receiver.counters.connectionsAccepted == 500)
        #expect(receiver.counters.connectionsRefused == 1500)
        #expect(connections[1998].receiveAll().isEmpty)
        connections[0].send(post(Payload.traces(1)))
        #expect(connections[0].response().head.hasPrefix("HTTP/1.1 200"))
    }

    @Test func placesOfClosedConnectionsAreTakenAgain() throws {
        let receiver = try TestReceiver { $0.maxConnections = 10 }
        for _ in 0..<200 {
            let connection = RawConnection(port: receiver.http)
            connection.send(post(Payload.traces(1), extra: "connection: close\r\n"))
            #expect(connection.text().hasPrefix("HTTP/1.1 200"))
            eventually { receiver.counters.connectionsOpen < 10 }
        }
        #expect(receiver.counters.connectionsRefused == 0)
        #expect(receiver.sink.items == 200)
    }

    @Test func beyondTheBytesThatMayBeInFlightPeersAreToldToComeAgain() throws {
        let receiver = try TestReceiver(nil) { $0.maxBytesInFlight = 100_000 }
        let holding = RawConnection(port: receiver.http)
        holding.send(head + "content-length: 90000\r\n\r\n")
        holding.send([UInt8](repeating: 0, count: 80_000))
        eventually { receiver.counters.bytesInFlight == 80_000 }
        #expect(receiver.counters.bytesInFlight == 80_000)
        let second = RawConnection(port: receiver.http)
        second.send(head + "content-length: 50000\r\n\r\n")
        second.send([UInt8](repeating: 0, count: 50_000))
        let answer = second.text()
        #expect(answer.hasPrefix("HTTP/1.1 503"))
        #expect(answer.contains("retry-after: 1"))
        let client = try GRPCClient(port: receiver.grpc)
        client.headers(1)
        client.data(1, GRPCClient.message([UInt8](repeating: 0, count: 50_000)))
        let refused = client.wait(for: 1)
        #expect(refused.status == "14")
        #expect(refused.headers["grpc-status-details-bin"] != nil)
        #expect(receiver.counters.busy == 2)
        // What is there once it is decompressed counts as well.
        client.headers(3, encoding: "gzip")
        client.data(3, GRPCClient.message(Payload.gzip(Payload.traces(500)), compressed: true))
        #expect(client.wait(for: 3).status == "14")
        holding.reset()
        eventually { receiver.counters.bytesInFlight == 0 }
        #expect(receiver.counters.bytesInFlight == 0)
        #expect(receiver.counters.aborted == 1)
    }

    @Test func peersThatResetCostNothing() throws {
        let receiver = try TestReceiver(nil)
        for _ in 0..<50 {
            let connection = RawConnection(port: receiver.http)
            connection.send(head + "content-length: 1000\r\n\r\nabc")
            connection.reset()
        }
        let whole = RawConnection(port: receiver.http)
        whole.send(post(Payload.traces(1)))
        eventually { receiver.sink.batches.count == 1 }
        whole.reset()
        let client = try GRPCClient(port: receiver.grpc)
        client.headers(1)
        client.data(1, GRPCClient.message(Payload.traces(1)))
        client.headers(3)
        client.data(3, [0, 0, 0, 1, 0, 1], ends: false)
        eventually { receiver.sink.batches.count == 2 }
        client.close()
        receiver.sink.decide(.accepted)
        eventually { receiver.counters.connectionsOpen == 0 && receiver.counters.bytesInFlight == 0 }
        #expect(receiver.counters.connectionsOpen == 0)
        #expect(receiver.counters.bytesInFlight == 0)
        #expect(receiver.counters[.traces].accepted == 2)
    }

    @Test func aPeerThatGoesWithACallHalfSentLeavesNothing() throws {
        let receiver = try TestReceiver()
        let client = try GRPCClient(port: receiver.grpc)
        client.headers(1)
        client.data(1, GRPCClient.message(Payload.traces(1)))
        client.headers(3)
        client.data(3, [0, 0, 0, 1, 0, 1], ends: false)
        #expect(client.wait(for: 1).status == "0")
        client.close()
        eventually { receiver.counters.connectionsOpen == 0 }
        #expect(receiver.counters.connectionsOpen == 0)
        #expect(receiver.counters.bytesInFlight == 0)
        #expect(receiver.counters.aborted == 1)
    }

    @Test func aPeerThatDoesNotReadIsNotReadFrom() throws {
        let receiver = try TestReceiver(timeout: 2)
        let connection = RawConnection(port: receiver.http)
        // A socket's buffers have room for some 40 MB, of requests here and of answers there; 160 MB of requests and 600 MB of
        // answers do not fit: sending must come to a halt or an end.
        let requests = Array(repeatElement(Array("GET / HTTP/1.1\r\nhost: x\r\n\r\n".utf8), count: 10_000).joined())
        var sent = 0
        while sent < 600, connection.send(requests) { sent += 1 }
        #expect(sent < 600)
        try expectServes(receiver)
    }

    @Test func noMoreCallsAreWorkedOnAtOnceThanMayBe() throws {
        let receiver = try TestReceiver(nil) { $0.grpc?.maxConcurrentStreams = 5 }
        let client = try GRPCClient(port: receiver.grpc)
        let message = GRPCClient.message(Payload.traces(1))
        let streams = (0..<8).map { $0 * 2 + 1 }
        for stream in streams {
            client.headers(stream)
            client.data(stream, message)
        }
        eventually { receiver.sink.batches.count == 5 }
        usleep(100_000)
        #expect(receiver.sink.batches.count == 5)
    }

    @Test func callsResetInRapidSuccessionEndTheConnection() throws {
        let receiver = try TestReceiver()
        let client = try GRPCClient(port: receiver.grpc)
        for index in 0..<1000 {
            client.headers(index * 2 + 1)
            client.write(index * 2 + 1, .rstStream(.cancel))
        }
        eventually { client.isClosed }
        #expect(client.isClosed)
        #expect(receiver.counters.protocolErrors == 1)
        try expectServes(receiver)
    }

    @Test func aDecisionAfterTheEndIsCountedAndDoesNoHarm() throws {
        let receiver = try TestReceiver(nil)
        let connection = RawConnection(port: receiver.http)
        connection.send(post(Payload.traces(3)))
        eventually { receiver.sink.batches.count == 1 }
        receiver.receiver.shutdown(deadlineNanoseconds: inSeconds(0.1))
        #expect(connection.receiveAll().isEmpty)
        receiver.sink.decide(.accepted)
        #expect(receiver.counters[.traces].accepted == 3)
        #expect(receiver.counters.connectionsOpen == 0)
    }
}
