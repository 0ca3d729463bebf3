import Capture
import Testing

/// Capture files as a source of observations.
@Suite struct ReplayCaptureTests {
    private func file(_ segments: [TestSegment]) -> [UInt8] {
        var file = TestPcap(link: 101, nano: true)
        for (index, segment) in segments.enumerated() { file.add(segment.ip, at: 1_000_000_000 + UInt64(index) * 1000) }
        return file.bytes
    }

    @Test func bothEndsObservedAreAClientAndAServerOfOneExchange() throws {
        var connection = TestConnection.local
        let captured = try CapturedExchanges(file(connection.exchange()))
        #expect(captured.opened.count == 2 && captured.closed.count == 2)
        #expect(captured.of(.client).count == 1 && captured.of(.server).count == 1)
        #expect(captured.closed.allSatisfy { $0.outcome == .complete && $0.status == 200 && $0.responseBody == 2 })
        #expect(Set(captured.closed.map(\.end.id)).count == 1)
        #expect(captured.targets == ["GET /a", "GET /a"])
        #expect(captured.of(.client).allSatisfy { $0.isFirstOnSocket })
        #expect(
            captured.closed.allSatisfy { $0.requestStart.time == 1_000_003_000 && $0.responseEnd.time == 1_000_004_000 }
        )
        #expect(captured.losses.isEmpty && captured.counters.losses.isZero)
        #expect(captured.counters.hooked == 8)
        #expect(captured.counters.submitted == 7 && captured.counters.consumed == 7)
        #expect(captured.counters.connections == 0)
        #expect(captured.watermarks == captured.watermarks.sorted())
        #expect(captured.watermarks.last == 1_000_007_000)
    }

    /// A capture without times has those of 1970, and 0 stands for what has not happened.
    @Test func aFileWithoutTimesIsReadAsAnyOther() throws {
        var connection = TestConnection.local
        var file = TestPcap(link: 101, nano: true)
        for segment in connection.exchange() { file.add(segment.ip, at: 0) }
        let captured = try CapturedExchanges(file.bytes)
        #expect(captured.closed.count == 2)
        #expect(captured.closed.allSatisfy { $0.outcome == .complete && $0.responseStart.time == 1 })
    }

    @Test func neitherEndObservedIsAServer() throws {
        for handshake in [true, false] {
            var connection = TestConnection.remote
            let captured = try CapturedExchanges(file(connection.exchange(handshake: handshake)))
            #expect(captured.closed.map(\.end.role) == [.server])
            #expect(captured.closed.first?.local == TestConnection.remote.server)
            #expect(captured.closed.first?.outcome == .complete)
        }
    }

    @Test func oneEndObservedIsThatEnds() throws {
        var connection = TestConnection.remote
        let segments = connection.exchange()
        let client = try CapturedExchanges(file(segments), options: options(local: "10.1.0.0/16"))
        #expect(client.closed.map(\.end.role) == [.client])
        let server = try CapturedExchanges(file(segments), options: options(local: "10.2.0.0/16"))
        #expect(server.closed.map(\.end.role) == [.server])
        #expect(client.closed[0].end.id == server.closed[0].end.id)
    }

    @Test func replayIsTheSameEveryTime() throws {
        var connection = TestConnection.local
        let bytes = file(connection.exchange())
        #expect(try CapturedExchanges(bytes).closed.map(\.end) == CapturedExchanges(bytes).closed.map(\.end))
    }

    @Test func lostAndRepeatedSegmentsCostOnlyTheirExchange() throws {
        var connection = TestConnection.local
        var segments = connection.handshake()
        for number in 0..<5 {
            let request = connection.send("GET /\(number) HTTP/1.1\r\nHost: x\r\n\r\n", fromClient: true)
            let head = connection.send("HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\n", fromClient: false)
            let body = connection.send("body", fromClient: false)
            // Out of order, repeated, missing, as it was.
            switch number {
            case 1: segments += [request, body, head]
            case 2: segments += [request, request, head, body, body]
            case 3: segments += [request, head]
            default: segments += [request, head, body]
            }
        }
        segments += [connection.finish(fromClient: true), connection.finish(fromClient: false)]
        segments.append(connection.segment(fromClient: true))
        let captured = try CapturedExchanges(file(segments))
        for role in [Role.client, .server] {
            let ends = captured.of(role)
            #expect(ends.count == 5)
            #expect(ends.allSatisfy { $0.outcome == .complete && $0.status == 200 && $0.responseBody == 4 })
        }
        #expect(captured.losses == [.gap: 8, .duplicate: 4])
    }

    @Test func responseThatLastsUntilTheConnectionEndsIsComplete() throws {
        var connection = TestConnection.local
        var segments = connection.handshake() + [connection.send("GET / HTTP/1.0\r\n\r\n", fromClient: true)]
        segments.append(connection.send("HTTP/1.0 200 OK\r\n\r\nall of it", fromClient: false))
        segments.append(connection.finish(fromClient: false))
        let captured = try CapturedExchanges(file(segments))
        #expect(captured.closed.map(\.outcome) == [.complete, .complete])
        #expect(captured.closed.map(\.responseBody) == [9, 9])
    }

    @Test func exchangeThatTheCaptureCutsOffIsNoError() throws {
        var connection = TestConnection.local
        let captured = try CapturedExchanges(file(Array(connection.exchange().prefix(4))))
        #expect(captured.closed.map(\.outcome) == [.captureEnded, .captureEnded])
    }

    @Test func longFilesAreReadInBoundedSteps() throws {
        var connection = TestConnection.local
        var segments = connection.handshake()
        for number in 0..<2000 {
            segments.append(connection.send("GET /\(number) HTTP/1.1\r\nHost: x\r\n\r\n", fromClient: true))
            segments.append(connection.send("HTTP/1.1 204 No Content\r\n\r\n", fromClient: false))
        }
        let captured = try CapturedExchanges(file(segments))
        #expect(captured.fills == 4)
        #expect(captured.of(.client).count == 2000 && captured.of(.server).count == 2000)
        #expect(captured.closed.allSatisfy { $0.outcome == .complete && $0.status == 204 })
        #expect(captured.counters.losses.isZero)
    }

    @Test func latePacketsAreCounted() throws {
        var file = TestPcap(link: 101)
        for index in 0..<1500 {
            var connection = TestConnection.local
            let segment = connection.send("GET / HTTP/1.1\r\n\r\n", fromClient: true)
            file.add(segment.ip, at: 5_000_000_000 + (index == 1300 ? 0 : UInt64(index) * 1_000_000))
        }
        #expect(try CapturedExchanges(file.bytes).counters.losses[.straggler] == 1)
    }

    @Test func whatIsWrongIsSaidOnce() throws {
        var connection = TestConnection.local
        var file = TestPcap(link: 101)
        let request = connection.send("GET / HTTP/1.1\r\n\r\n", fromClient: true)
        file.add(request.ipv4(fragment: 0x2000), at: 1)
        file.add(request.ip, at: 1, captured: 30)
        let captured = try CapturedExchanges(file.bytes + [1])
        #expect(captured.warnings.count == 3)
        #expect(captured.warnings.contains("1 IP fragments were left out; requests in them are not seen"))
    }

    @Test func sourceThatCannotBeOpenedIsRefused() {
        #expect(throws: CaptureError.self) { try CapturedExchanges(paths: ["/nowhere/x.pcap"]) }
    }
}
