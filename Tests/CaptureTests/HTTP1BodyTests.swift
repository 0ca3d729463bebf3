import CInterspanBPF
import Testing

@testable import Capture

@Suite struct HTTP1BodyTests {
    private static let request = "GET /x HTTP/1.1\r\nHost: h\r\n\r\n"
    private static let head = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"

    @Test func lengthIsNotGivenOnceTheFramingWasNotSeen() throws {
        var run = TrackerRun()
        var builder = RecordBuilder()
        run.feed(builder.send(Self.request))
        run.feed(builder.receive(Self.head))
        builder.headLimit = 10
        run.feed(builder.receive("400\r\n" + String(repeating: "x", count: 1024) + "\r\n5\r\nhello\r\n"))
        builder.headLimit = .max
        run.feed(builder.receive("4\r\nabcd\r\n0\r\n\r\n"))
        let exchange = try #require(run.closed.first?.exchange)
        #expect(exchange.outcome == .complete)
        #expect(exchange.responseBody == Exchange.unknownLength)
        run.finish()
    }

    @Test func lengthIsFollowedWhereOnlyDataWasNotSeen() throws {
        var run = TrackerRun()
        var builder = RecordBuilder()
        run.feed(builder.send(Self.request))
        run.feed(builder.receive(Self.head))
        builder.headLimit = 10
        run.feed(builder.receive("400\r\n" + String(repeating: "x", count: 1000)))
        builder.headLimit = .max
        run.feed(builder.receive(String(repeating: "x", count: 24) + "\r\n0\r\n\r\n"))
        let exchange = try #require(run.closed.first?.exchange)
        #expect(exchange.outcome == .complete)
        #expect(exchange.responseBody == 1024)
        run.finish()
    }

    /// The peer's FIN, as the kernel tells it: before what came in front of it has been read.
    private func fin(_ builder: inout RecordBuilder, after more: Int) -> TestRecord {
        var record = builder.event(INTERSPAN_KIND_PEER_CLOSED)
        record.header.flags = UInt8(INTERSPAN_FLAG_SEQUENCED.rawValue)
        record.header.first_sent = builder.firstSent
        record.header.first_received = builder.firstReceived
        record.header.sequence = builder.firstReceived &+ UInt32(builder.received) &+ UInt32(more)
        record.header.pid = 0
        record.header.tid = 0
        return record
    }

    @Test func whoWaitsForAnAnswerWaitsNoLongerThanThePeersEnd() throws {
        var run = TrackerRun()
        var builder = RecordBuilder()
        run.feed(builder.send(Self.request))
        run.feed(fin(&builder, after: 0))
        let exchange = try #require(run.closed.first?.exchange)
        #expect(exchange.outcome == .noResponse)
        #expect(exchange.ended == builder.time)
        run.finish()
    }

    @Test func whatCameBeforeThePeersEndIsStillRead() throws {
        var run = TrackerRun()
        var builder = RecordBuilder()
        let response = "HTTP/1.1 200 OK\r\n\r\nuntil the end"
        run.feed(builder.send(Self.request))
        run.feed(fin(&builder, after: response.utf8.count))
        #expect(run.closed.isEmpty)
        run.feed(builder.receive(response))
        let exchange = try #require(run.closed.first?.exchange)
        #expect(exchange.outcome == .complete)
        #expect(exchange.responseBody == 13)
        run.finish()
    }

    @Test func aServerMayAnswerAfterItsClientHasSentAll() throws {
        var run = TrackerRun()
        var builder = RecordBuilder()
        run.feed(builder.receive(Self.request))
        run.feed(fin(&builder, after: 0))
        #expect(run.closed.isEmpty)
        run.feed(builder.send("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"))
        #expect(run.closed.first?.exchange.outcome == .complete)
        run.finish()
    }
}
