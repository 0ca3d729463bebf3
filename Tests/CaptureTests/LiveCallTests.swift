import CInterspanBPF
import Foundation
import Testing

@testable import Capture

/// Every call that moves bytes, by every way of hooking, over every kind of stream.
@Suite(.serialized) struct LiveCallTests {
    /// What the program says it did.
    struct Truth: Decodable {
        var direction: String
        var call: String
        var length: Int
        var payload: String?

        var bytes: [UInt8]? {
            payload.map { text in
                let digits = text.utf8.map { $0 > 57 ? $0 - 87 : $0 - 48 }
                return stride(from: 0, to: digits.count, by: 2).map { digits[$0] << 4 | digits[$0 + 1] }
            }
        }
    }

    @Test(arguments: LiveTraffic.hooks, ["tcp4", "tcp6", "unix"])
    func everyCallIsOneRecordWithItsBytes(hook: CaptureOptions.Hook, family: String) throws {
        let seen = try LiveTraffic.capture(hook, "calls.py", [family])
        let truth = try seen.output.map { try JSONDecoder().decode(Truth.self, from: Data($0.utf8)) }
        #expect(truth.count >= 30)
        let data = seen.data
        #expect(data.map(\.call) == truth.map(\.call))
        for (record, truth) in zip(data, truth) {
            #expect(record.isSent == (truth.direction == "send"), "\(truth.call)")
            #expect(Int(record.header.length) == truth.length)
            #expect(record.isUnread == (truth.payload == nil), "\(truth.call)")
            if let bytes = truth.bytes {
                let isCut = truth.length > 4096
                #expect(record.head.count == (isCut ? 3072 : truth.length), "\(truth.call)")
                #expect(record.tail.count == (isCut ? 1024 : 0))
                #expect(record.head == Array(bytes.prefix(record.head.count)), "\(truth.call)")
                #expect(record.tail == Array(bytes.suffix(record.tail.count)))
            } else {
                #expect(record.head.isEmpty && record.tail.isEmpty)
            }
        }
        checkEnds(data, family)
    }

    /// Both ends agree on who they are and where each stands.
    private func checkEnds(_ data: [SeenRecord], _ family: String) {
        let sockets = Set(data.map(\.header.socket))
        #expect(sockets.count == 2 && !sockets.contains(0))
        guard let client = data.first?.header,
            let server = data.first(where: { $0.header.socket != client.socket })?.header
        else { return }
        let clientLocal = withUnsafeBytes(of: client.local_address) { Array($0) }
        let clientPeer = withUnsafeBytes(of: client.peer_address) { Array($0) }
        #expect(clientLocal == withUnsafeBytes(of: server.peer_address) { Array($0) })
        #expect(clientPeer == withUnsafeBytes(of: server.local_address) { Array($0) })
        #expect(Int32(client.family) == ["tcp4": AF_INET, "tcp6": AF_INET6, "unix": AF_UNIX][family])
        #expect(client.family == server.family)
        #expect(client.local_port == server.peer_port && client.peer_port == server.local_port)
        #expect(client.network_namespace == server.network_namespace && client.network_namespace != 0)
        #expect((client.local_port != 0) == (family != "unix"))
        #expect(clientLocal.contains { $0 != 0 } && clientLocal != clientPeer || family == "tcp4" || family == "tcp6")

        let isTCP = family != "unix"
        #expect(data.allSatisfy { $0.isSequenced == isTCP })
        if isTCP {
            #expect(client.first_sent == server.first_received && client.first_received == server.first_sent)
        }
        for socket in sockets {
            for isSent in [true, false] {
                let moved = data.filter { $0.header.socket == socket && $0.isSent == isSent }
                var next = isTCP ? (isSent ? moved.first?.header.first_sent : moved.first?.header.first_received) : 0
                for record in moved {
                    #expect(record.header.sequence == next, "\(record.call)")
                    next = record.header.sequence &+ record.header.length
                }
            }
        }
    }

    @Test(arguments: LiveTraffic.hooks)
    func recordsSayWhoMovedTheBytes(hook: CaptureOptions.Hook) throws {
        let seen = try LiveTraffic.capture(hook, "calls.py", ["tcp4"])
        let record = try #require(seen.data.first)
        #expect(record.header.tid == seen.pid && record.header.namespace_pid == seen.pid)
        #expect(record.command == "python3")
        #expect(record.header.cgroup != 0)
        #expect(record.header.unit == 0 && record.header.group == 0 && record.header.unit_kind == 0)
        #expect(record.header.unexamined == 1 && record.header.reserved2 == 0)
        #expect(Int(record.header.size) == MemoryLayout<interspan_record>.size + record.head.count)
        #expect(Set(seen.own.map(\.header.process_start)).count == 1 && record.header.process_start != 0)
        #expect(zip(seen.records, seen.records.dropFirst()).allSatisfy { $0.header.time <= $1.header.time })
    }

    @Test(arguments: LiveTraffic.hooks)
    func everyHookedCallIsSubmittedAndConsumed(hook: CaptureOptions.Hook) throws {
        let seen = try LiveTraffic.capture(hook, "calls.py", ["tcp4"])
        #expect(seen.counters.hooked > 30)
        #expect(seen.counters.hooked == seen.counters.submitted)
        #expect(seen.counters.submitted == seen.consumed)
        #expect(seen.counters.unread == 0 && seen.counters.missed == 0)
        #expect(seen.counters.droppedRingFull == 0 && seen.counters.droppedNoState == 0)
    }

    @Test(arguments: LiveTraffic.hooks)
    func aFullRingDropsAndCounts(hook: CaptureOptions.Hook) throws {
        let process = try LiveTraffic.python("events.py", ["send"] + Array(repeating: "4000", count: 400))
        var options = CaptureOptions()
        options.hook = hook
        options.ringBufferSize = 0
        var live = try LiveRecords(options: options)
        try process.run()
        process.waitUntilExit()
        live.stop()
        var consumed: UInt64 = 0
        live.drain { _ in consumed += 1 }
        let counters = live.counters
        #expect(counters.droppedRingFull > 0)
        // What finds no room has everything that follows left out until somebody reads.
        #expect(counters.droppedShed > 0)
        let dropped = counters.droppedRingFull + counters.droppedNoState + counters.droppedShed
        #expect(counters.hooked == counters.submitted + dropped)
        #expect(counters.submitted == consumed && consumed == live.consumed)
    }

    @Test(arguments: LiveTraffic.hooks, [(UInt32(0), 0, 0), (256, 192, 64), (65536, 64512, 1024)])
    func theLimitCutsTheMiddle(hook: CaptureOptions.Hook, expected: (limit: UInt32, head: Int, tail: Int)) throws {
        let seen = try LiveTraffic.capture(
            hook, "events.py", ["send", "unix", "100000"],
            options: {
                $0.payloadLimit = expected.limit
                $0.ringBufferSize = 64 << 20
            })
        let large = seen.data.filter { $0.header.length > max(expected.limit, 1) }
        #expect(!large.isEmpty)
        for record in large {
            #expect(record.head.count == expected.head && record.tail.count == expected.tail)
            #expect(!record.isUnread)
            let first = Int(record.header.sequence)
            let last = first + Int(record.header.length) - record.tail.count
            #expect(record.head == (0..<record.head.count).map { UInt8((first + $0) % 251) })
            #expect(record.tail == (0..<record.tail.count).map { UInt8((last + $0) % 251) })
        }
    }

    @Test func aHookThatTheKernelRefusesSaysSo() {
        for hook in BPFProgram.hooks where !LiveTraffic.hooks.contains(hook) {
            var options = CaptureOptions()
            options.hook = hook
            do {
                _ = try LiveRecords(options: options)
                Issue.record("\(hook) loads after all")
            } catch {
                #expect(!error.description.isEmpty && !error.description.contains("\n"))
            }
        }
    }
}
