import CInterspanBPF
import Testing

@testable import Capture

/// WebSockets and streams of events within HTTP/1.
@Suite struct HTTP1MessageTests {
    private let upgrade = "GET /ws HTTP/1.1\r\nHost: h\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n"
    private let switching = "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n"

    /// A frame with a mask or without.
    private func frame(_ opcode: UInt8, _ length: Int, isMasked: Bool = true) -> [UInt8] {
        let mask: UInt8 = isMasked ? 0x80 : 0
        var bytes = [opcode]
        if length < 126 {
            bytes.append(mask | UInt8(length))
        } else if length < 65_536 {
            bytes += [mask | 126, UInt8(length >> 8), UInt8(length & 255)]
        } else {
            bytes.append(mask | 127)
            withUnsafeBytes(of: UInt64(length).bigEndian) { bytes += Array($0) }
        }
        if isMasked { bytes += [1, 2, 3, 4] }
        return bytes + [UInt8](repeating: 0x88, count: length)
    }

    @Test(arguments: [0, 1, 2, 3, 7, 1000]) func messagesOfBothSidesAreCounted(_ piece: Int) throws {
        var run = TrackerRun()
        var builder = RecordBuilder()
        run.feed(builder.send(upgrade))
        run.feed(builder.receive(switching))
        // A text, one in three pieces with a ping between them, a compressed one; lengths of 7, 16 and 64 bits.
        let sent = frame(0x81, 5) + frame(0x02, 200) + frame(0x89, 3) + frame(0x00, 0) + frame(0x80, 1) + frame(0xC1, 9)
        let received =
            frame(0x82, 70_000, isMasked: false) + frame(0x8A, 0, isMasked: false)
            + frame(0x81, 0, isMasked: false)
        for (bytes, isSent) in [(sent, true), (received, false)] {
            let size = piece == 0 ? bytes.count : piece
            for start in stride(from: 0, to: bytes.count, by: size) {
                let part = Array(bytes[start..<min(start + size, bytes.count)])
                run.feed(isSent ? builder.send(part) : builder.receive(part))
            }
        }
        #expect(run.closed.isEmpty)
        run.feed(builder.send(frame(0x88, 2)))
        #expect(run.closed.isEmpty)
        run.feed(builder.receive(frame(0x88, 2, isMasked: false)))
        let closed = try #require(run.closed.first)
        #expect(closed.exchange.status == 101 && closed.exchange.outcome == .complete)
        #expect(closed.exchange.requestMessages == 3 && closed.exchange.responseMessages == 2)
        #expect(closed.exchange.requestBody == 215 && closed.exchange.responseBody == 70_000)
        #expect(run.tracker.modeChanges.last?.send == UInt8(INTERSPAN_MODE_IGNORED.rawValue))
        run.finish()
    }

    @Test func spanLastsUntilTheConnectionCloses() throws {
        var run = TrackerRun()
        var builder = RecordBuilder()
        run.feed(builder.receive(upgrade))
        run.feed(builder.send(switching))
        #expect(run.opened.count == 1 && run.firstBytes.count == 1)
        let began = builder.time
        builder.time += 5_000_000_000
        run.feed(builder.send(frame(0x81, 5, isMasked: false)))
        let last = builder.time
        run.feed(builder.event(INTERSPAN_KIND_CLOSE))
        run.finish()
        let closed = try #require(run.closed.first?.exchange)
        #expect(closed.outcome == .complete && closed.responseMessages == 1 && closed.requestMessages == 0)
        #expect(closed.responseStart.time == began && closed.ended == last)
    }

    @Test func messagesThatWereMissedMakeTheCountUnknown() throws {
        var run = TrackerRun()
        var builder = RecordBuilder()
        run.feed(builder.send(upgrade))
        run.feed(builder.receive(switching))
        builder.headLimit = 50
        run.feed(builder.send(frame(0x81, 400)))
        run.feed(builder.send(frame(0x81, 5)))
        // Several in one call, of which the first bytes alone are known.
        run.feed(builder.receive(frame(0x81, 70, isMasked: false) + frame(0x81, 40, isMasked: false)))
        run.feed(builder.event(INTERSPAN_KIND_CLOSE))
        run.finish()
        let closed = try #require(run.closed.first?.exchange)
        #expect(closed.requestMessages == 2 && closed.requestBody == 405)
        #expect(closed.responseMessages == Exchange.unknownLength)
        #expect(closed.outcome == .complete)
    }

    @Test func otherUpgradesAreLeftAlone() throws {
        var run = TrackerRun()
        var builder = RecordBuilder()
        run.feed(builder.send("POST /exec HTTP/1.1\r\nHost: h\r\nConnection: Upgrade\r\nUpgrade: tcp\r\n\r\n"))
        run.feed(builder.receive("HTTP/1.1 101 UPGRADED\r\nConnection: Upgrade\r\nUpgrade: tcp\r\n\r\n"))
        #expect(run.closed.map(\.exchange.status) == [101])
        #expect(run.tracker.modeChanges.last?.send == UInt8(INTERSPAN_MODE_IGNORED.rawValue))
        run.finish()
    }

    @Test(arguments: [
        ("data: a\n\ndata: b\n\n", 2), ("data: a\r\n\r\ndata: b\r\rdata: c\n\r\n", 3), (": only a comment\n\n", 0),
        ("data\n\n", 1), ("event: x\nid: 1\n\n", 0), ("event: x\ndata: 1\ndata: 2\n\n", 1), ("data: not ended\n", 0),
        ("\n\n\ndata: a\n\n\n\n", 1), ("database: no\n\n", 0), (": c\ndata:\n\n", 1), ("retry: 9\n\ndat\n\n", 0),
        ("", 0),
    ])
    func eventsAreWhatStandsBetweenEmptyLines(_ stream: String, _ count: UInt64) throws {
        let bytes = Array(stream.utf8)
        for cut in 0...bytes.count {
            var events = EventStream()
            let first = bytes[..<cut].withUnsafeBytes { events.take($0) }
            let second = bytes[cut...].withUnsafeBytes { events.take($0) }
            #expect(first + second == count)
        }
    }

    @Test(arguments: ["", "Transfer-Encoding: chunked\r\n", "Content-Length: 20\r\n"])
    func eventsAreCountedHoweverTheBodyIsFramed(_ header: String) throws {
        var run = TrackerRun()
        var builder = RecordBuilder()
        run.feed(builder.receive("GET /e HTTP/1.1\r\nHost: h\r\n\r\n"))
        run.feed(builder.send("HTTP/1.1 200 OK\r\n\(header)Content-Type: Text/Event-Stream;charset=utf-8\r\n\r\n"))
        #expect(run.tracker.modeChanges.last?.send == UInt8(INTERSPAN_MODE_EVERYTHING.rawValue))
        for event in ["data: 11\n\n", "data: 22\n\n"] {
            run.feed(builder.send(header.contains("chunked") ? "A\r\n\(event)\r\n" : event))
        }
        if header.contains("chunked") { run.feed(builder.send("0\r\n\r\n")) }
        run.feed(builder.event(INTERSPAN_KIND_CLOSE))
        run.finish()
        let closed = try #require(run.closed.first?.exchange)
        #expect(closed.responseMessages == 2 && closed.responseBody == 20 && closed.outcome == .complete)
    }

    @Test(arguments: ["Content-Type: text/plain", "Content-Type: text/event-stream\r\nContent-Encoding: gzip"])
    func whatIsNoStreamOfEventsOrCannotBeReadIsNotCounted(_ header: String) throws {
        var run = TrackerRun()
        var builder = RecordBuilder()
        run.feed(builder.receive("GET /e HTTP/1.1\r\nHost: h\r\n\r\n"))
        run.feed(builder.send("HTTP/1.1 200 OK\r\n\(header)\r\nContent-Length: 9\r\n\r\ndata: 1\n\n"))
        run.finish()
        #expect(run.closed.map(\.exchange.responseMessages) == [0])
    }

    @Test func eventsThatWereMissedMakeTheCountUnknown() throws {
        var run = TrackerRun()
        var builder = RecordBuilder()
        run.feed(builder.receive("GET /e HTTP/1.1\r\nHost: h\r\n\r\n"))
        run.feed(builder.send("HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\ndata: 1\n\n"))
        builder.headLimit = 4
        run.feed(builder.send("data: 2\n\n"))
        run.feed(builder.event(INTERSPAN_KIND_CLOSE))
        run.finish()
        #expect(run.closed.map(\.exchange.responseMessages) == [Exchange.unknownLength])
    }
}
