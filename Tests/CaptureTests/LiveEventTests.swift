import CInterspanBPF
import Foundation
import Testing

@testable import Capture

/// What processes, threads and connections do besides moving bytes.
@Suite(.serialized) struct LiveEventTests {
    @Test(arguments: LiveTraffic.hooks)
    func forksExecsAndExitsAreSeen(hook: CaptureOptions.Hook) throws {
        let seen = try LiveTraffic.capture(hook, "events.py", ["fork"])
        struct Truth: Decodable { var thread, child, program: UInt32? }
        let truth = try seen.output.map { try JSONDecoder().decode(Truth.self, from: Data($0.utf8)) }
        let thread = try #require(truth.compactMap(\.thread).first)
        let child = try #require(truth.compactMap(\.child).first)
        let program = try #require(truth.compactMap(\.program).first)

        let forks = seen.events(INTERSPAN_KIND_FORK)
        #expect(forks.contains { $0.header.peer_pid == seen.pid && $0.header.peer_tid == thread })
        #expect(forks.contains { $0.header.peer_pid == child && $0.header.peer_tid == child })
        #expect(forks.contains { $0.header.peer_pid == program })
        #expect(forks.allSatisfy { $0.header.socket == 0 && $0.header.family == 0 && $0.header.tid == seen.pid })

        let execs = seen.records.filter { $0.kind == INTERSPAN_KIND_EXEC && $0.header.pid == program }
        #expect(execs.count == 1 && execs.first?.command == "true")
        for process in [child, program, seen.pid] {
            let exits = seen.records.filter { $0.kind == INTERSPAN_KIND_EXIT && $0.header.pid == process }
            #expect(exits.count == 1)
        }
    }

    @Test(arguments: LiveTraffic.hooks)
    func returnsFromWaitingBeginTurns(hook: CaptureOptions.Hook) throws {
        var tells = false
        let seen = try LiveTraffic.capture(
            hook, "events.py", ["turns"],
            before: { live in
                tells = live.tellsTurns
            })
        guard tells else {
            print("SKIPPED: turns of event loops by \(hook.rawValue): no tracefs here")
            return
        }
        let turns = seen.data.filter { !$0.isSent }.map(\.header.turn)
        let first = try #require(turns.first)
        #expect(turns == [first, first &+ 1, first &+ 1, first &+ 2])
    }

    @Test(arguments: LiveTraffic.hooks)
    func openAndCloseEncloseAConnection(hook: CaptureOptions.Hook) throws {
        let seen = try LiveTraffic.capture(hook, "calls.py", ["tcp4"])
        let open = try #require(seen.events(INTERSPAN_KIND_OPEN).first)
        let client = try #require(seen.data.first)
        #expect(seen.events(INTERSPAN_KIND_OPEN).count == 1)
        #expect(open.header.socket == client.header.socket && open.header.peer_port == client.header.peer_port)
        #expect(open.header.tid == seen.pid && open.header.time < client.header.time && !open.isSequenced)

        let closes = seen.events(INTERSPAN_KIND_CLOSE)
        #expect(closes.map(\.header.socket).first == client.header.socket)
        #expect(Set(closes.map(\.header.socket)) == Set(seen.data.map(\.header.socket)) && closes.count == 2)
    }

    @Test(arguments: LiveTraffic.hooks)
    func theEndOfAUnixPeerIsAClose(hook: CaptureOptions.Hook) throws {
        let seen = try LiveTraffic.capture(hook, "calls.py", ["unix"])
        let closes = seen.events(INTERSPAN_KIND_CLOSE)
        let server = seen.data.first { !$0.isSent }
        #expect(closes.count == 1 && closes.first?.header.socket == server?.header.socket)
    }

    @Test(arguments: LiveTraffic.hooks)
    func halfACloseIsNoneAndAFinCountsNothing(hook: CaptureOptions.Hook) throws {
        let seen = try LiveTraffic.capture(hook, "events.py", ["half"])
        #expect(seen.data.map(\.header.length) == [8, 8, 6, 6])
        let sockets = Set(seen.data.map(\.header.socket))
        let kinds = seen.records.filter { sockets.contains($0.header.socket) }.map(\.kind)
        #expect(
            kinds == [
                INTERSPAN_KIND_OPEN, INTERSPAN_KIND_DATA, INTERSPAN_KIND_DATA, INTERSPAN_KIND_DATA,
                INTERSPAN_KIND_CLOSE, INTERSPAN_KIND_DATA, INTERSPAN_KIND_CLOSE,
            ])
        for record in seen.data {
            #expect(record.header.sequence == (record.isSent ? record.header.first_sent : record.header.first_received))
        }
        if seen.data.count == 4 {
            #expect(seen.data[0].header.first_sent == seen.data[1].header.first_received)
            #expect(seen.data[2].header.first_sent == seen.data[3].header.first_received)
        }
    }

    @Test(arguments: LiveTraffic.hooks)
    func aRefusedConnectionOpensAndCloses(hook: CaptureOptions.Hook) throws {
        let seen = try LiveTraffic.capture(hook, "events.py", ["refused"])
        let opens = seen.events(INTERSPAN_KIND_OPEN)
        #expect(opens.count == 1)
        let closes = seen.records.filter {
            $0.kind == INTERSPAN_KIND_CLOSE && $0.header.socket == opens.first?.header.socket
        }
        #expect(closes.count == 1)
    }

    @Test(arguments: LiveTraffic.hooks)
    func aResetClosesBothEnds(hook: CaptureOptions.Hook) throws {
        let seen = try LiveTraffic.capture(hook, "events.py", ["reset"])
        let client = try #require(seen.data.first?.header.socket)
        let closes = seen.records.filter { $0.kind == INTERSPAN_KIND_CLOSE && $0.header.socket == client }
        #expect(closes.count == 1)
    }

    @Test(arguments: LiveTraffic.hooks, ["reset", "half", "late"])
    func anAnswerThatIsReadWhileTheEndArrivesComesBeforeIt(hook: CaptureOptions.Hook, how: String) throws {
        let seen = try LiveTraffic.capture(hook, "events.py", ["answered", how, "2000"])
        let ours = Set(seen.data.map(\.header.socket))
        var ended: Set<UInt64> = []
        var (answers, late) = (0, 0)
        for record in seen.records where ours.contains(record.header.socket) {
            if record.kind == INTERSPAN_KIND_CLOSE {
                #expect(ended.insert(record.header.socket).inserted)
            } else if record.kind == INTERSPAN_KIND_DATA, !record.isSent {
                answers += 1
                if ended.contains(record.header.socket) { late += 1 }
            }
        }
        #expect((ours.count, answers, late) == (2000, 2000, 0))
        #expect(ended.count == 2000)
    }

    @Test(arguments: LiveTraffic.hooks)
    func unixConnectionsWhoseClientIsGoneAreApartAndEnd(hook: CaptureOptions.Hook) throws {
        let seen = try LiveTraffic.capture(hook, "events.py", ["orphans"])
        let received = seen.data.filter { !$0.isSent }
        #expect(received.map(\.header.length) == [8, 8])
        let identities = Set(
            received.map { record in
                withUnsafeBytes(of: record.header.local_address) { Array($0) }
                    + withUnsafeBytes(of: record.header.peer_address) { Array($0) }
            })
        #expect(identities.count == 2)
        let servers = Set(received.map(\.header.socket))
        #expect(seen.events(INTERSPAN_KIND_CLOSE).filter { servers.contains($0.header.socket) }.count == 2)
    }

    @Test(arguments: LiveTraffic.hooks)
    func aUnixPeerThatSendsNothingMoreIsTold(hook: CaptureOptions.Hook) throws {
        let seen = try LiveTraffic.capture(hook, "events.py", ["shut"])
        let client = try #require(seen.data.first?.header.socket)
        let kinds = seen.records.filter { $0.header.socket == client }.map(\.kind)
        #expect(
            kinds == [INTERSPAN_KIND_DATA, INTERSPAN_KIND_DATA, INTERSPAN_KIND_PEER_CLOSED, INTERSPAN_KIND_CLOSE])
    }

    @Test(arguments: LiveTraffic.hooks)
    func aUnixConnectionShutByHalvesEndsWhenOneOfThemIsGone(hook: CaptureOptions.Hook) throws {
        let seen = try LiveTraffic.capture(hook, "events.py", ["halves"])
        let client = try #require(seen.data.first?.header.socket)
        let server = try #require(seen.data.first { !$0.isSent }?.header.socket)
        let (data, told) = (INTERSPAN_KIND_DATA, INTERSPAN_KIND_PEER_CLOSED)
        func kinds(_ socket: UInt64) -> [interspan_kind] {
            seen.records.filter { $0.header.socket == socket }.map(\.kind)
        }
        #expect(kinds(client) == [data, data, told, INTERSPAN_KIND_CLOSE])
        #expect(kinds(server) == [data, data, told])
    }

    @Test(arguments: LiveTraffic.hooks)
    func connectionsOpenedBeforeAreIdentifiedAlike(hook: CaptureOptions.Hook) throws {
        let output = try LiveTraffic.temporaryFile()
        defer { try? FileManager.default.removeItem(at: output) }
        let process = try LiveTraffic.python("events.py", ["joined"], output: output)
        try process.run()
        while try LiveTraffic.lines(of: output).isEmpty { usleep(10_000) }
        let seen = try LiveTraffic.capture(hook) { _ in
            try (process.standardInput as? Pipe)?.fileHandleForWriting.write(contentsOf: Data("go\n".utf8))
        } until: {
            !process.isRunning
        } finally: {
            $0.pid = UInt32(process.processIdentifier)
        }
        let data = seen.data
        #expect(data.map(\.header.length) == [5, 5, 5, 5])
        guard data.count == 4 else { return }
        for (sender, receiver) in [(data[0].header, data[1].header), (data[2].header, data[3].header)] {
            #expect(sender.first_sent == receiver.first_received && sender.first_received == receiver.first_sent)
            #expect(sender.sequence == receiver.sequence)
        }
        // Six bytes went before on the first connection; on the second they went the other way.
        #expect(data[0].header.sequence == data[0].header.first_sent &+ 6)
        #expect(data[2].header.sequence == data[2].header.first_sent)
    }
}
