import CInterspanBPF
import Foundation
import Glibc
import Testing

@testable import Capture

/// Watches every process but one.
private struct AllBut: ProcessJudge {
    let number: UInt32
    var interests: JudgeInterests { [] }
    func judge(_ process: MetProcess) -> ProcessVerdict? { ProcessVerdict(isWatched: process.number != number) }
}

/// What is left out, and how much of a socket is copied.
@Suite(.serialized) struct LiveFilterTests {
    @Test(arguments: LiveTraffic.hooks)
    func ourOwnCallsAreNotRecorded(hook: CaptureOptions.Hook) throws {
        let seen = try LiveTraffic.capture(hook) { _ in
            var ends: [Int32] = [0, 0]
            #expect(socketpair(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0, &ends) == 0)
            var text = Array("ours".utf8)
            #expect(write(ends[0], text, 4) == 4)
            #expect(read(ends[1], &text, 4) == 4)
            ends.forEach { close($0) }
        } until: {
            true
        } finally: { _ in
        }
        #expect(!seen.records.contains { $0.header.pid == UInt32(getpid()) })
        #expect(seen.counters.filteredSelf >= 2)
    }

    /// A socket of this process that listens at a port of the loopback's, 0 for any, and its port.
    private func listen(at port: UInt16) throws -> (socket: Int32, port: UInt16) {
        let listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var yes: Int32 = 1
        setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &yes, socklen_t(MemoryLayout.size(ofValue: yes)))
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var length = socklen_t(MemoryLayout.size(ofValue: address))
        let isBound = withUnsafeMutablePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(listener, $0, length) == 0 && getsockname(listener, $0, &length) == 0
            }
        }
        try #require(isBound)
        if port != 0 { try #require(Glibc.listen(listener, 8) == 0) }
        return (listener, UInt16(bigEndian: address.sin_port))
    }

    @Test(arguments: LiveTraffic.hooks)
    func whoListensWhereWeDidIsRecorded(hook: CaptureOptions.Hook) throws {
        // A port that is free. The kernel takes one that it chose itself away before the listener is told to be gone.
        let free = try listen(at: 0)
        close(free.socket)
        let output = try LiveTraffic.temporaryFile()
        defer { try? FileManager.default.removeItem(at: output) }
        let process = try LiveTraffic.python("events.py", ["taken", String(free.port)], output: output)
        let seen = try LiveTraffic.capture(hook) { _ in
            close(try listen(at: free.port).socket)
            try process.run()
        } until: {
            !process.isRunning
        } finally: {
            $0.pid = UInt32(process.processIdentifier)
        }
        #expect(process.terminationStatus == 0)
        #expect(seen.data.map(\.header.length) == [8, 8])
    }

    @Test(arguments: LiveTraffic.hooks)
    func excludedProcessesAreNotRecorded(hook: CaptureOptions.Hook) throws {
        let output = try LiveTraffic.temporaryFile()
        defer { try? FileManager.default.removeItem(at: output) }
        let process = try LiveTraffic.python("events.py", ["joined"], output: output)
        try process.run()
        while try LiveTraffic.lines(of: output).isEmpty { usleep(10_000) }
        let seen = try LiveTraffic.capture(hook) {
            $0.judge = AllBut(number: UInt32(process.processIdentifier))
        } _: {
            $0.selector.runFirst()
            try (process.standardInput as? Pipe)?.fileHandleForWriting.write(contentsOf: Data("go\n".utf8))
        } until: {
            !process.isRunning
        } finally: {
            $0.pid = UInt32(process.processIdentifier)
        }
        #expect(seen.own.isEmpty)
        #expect(seen.counters.filteredExcluded >= 4)
    }

    @Test(arguments: LiveTraffic.hooks)
    func otherNetworkNamespacesAreNotRecorded(hook: CaptureOptions.Hook) throws {
        let seen = try LiveTraffic.capture(hook, "events.py", ["send", "10"], options: { $0.networkNamespace = 1 })
        #expect(seen.own.isEmpty && seen.consumed == 0)
        #expect(seen.counters.filteredNamespace > 0)

        let own = try #require(NetworkScope.identity("/proc/self/ns/net")?.inode)
        let here = try LiveTraffic.capture(
            hook, "events.py", ["send", "10"], options: { $0.networkNamespace = UInt32(own) })
        #expect(here.data.count == 2 && here.data.allSatisfy { $0.header.network_namespace == UInt32(own) })
    }

    /// Sends 100, then 3000 bytes, over one connection, after setting the mode of the sockets that will be the next.
    private func send(_ hook: CaptureOptions.Hook, _ mode: interspan_mode, limit: UInt32 = 256) throws -> Seen {
        // Numbers are given in order, so those of the first connections are known.
        try LiveTraffic.capture(
            hook, "events.py", ["send", "unix", "100", "3000", "20000"],
            before: { live in
                for socket in UInt64(1)...200 {
                    var slot = interspan_socket_mode()
                    slot.socket = socket
                    slot.send = UInt8(mode.rawValue)
                    slot.receive = UInt8(mode.rawValue)
                    slot.send_until = 3100
                    slot.receive_until = 0
                    live.set(mode: slot)
                }
            }, options: { $0.payloadLimit = limit })
    }

    @Test(arguments: LiveTraffic.hooks)
    func everythingIsCopiedWhereAskedFor(hook: CaptureOptions.Hook) throws {
        let seen = try send(hook, INTERSPAN_MODE_EVERYTHING)
        #expect(seen.data.count >= 6)
        for record in seen.data {
            let first = Int(record.header.sequence)
            #expect(record.head == (0..<Int(record.header.length)).map { UInt8((base(first) + $0) % 251) })
        }

        /// Each of the three sendings begins its pattern anew.
        func base(_ offset: Int) -> Int { offset >= 3100 ? offset - 3100 : offset >= 100 ? offset - 100 : offset }
    }

    @Test(arguments: LiveTraffic.hooks)
    func lengthsAloneAreTakenUntilTheEndOfABody(hook: CaptureOptions.Hook) throws {
        let seen = try send(hook, INTERSPAN_MODE_LENGTHS)
        for record in seen.data {
            let isBody = record.isSent && record.header.sequence + record.header.length <= 3100
            #expect(record.head.isEmpty == isBody && !record.isUnread)
        }
        #expect(seen.data.filter { $0.isSent && $0.head.isEmpty }.count == 2)
    }

    @Test(arguments: LiveTraffic.hooks)
    func ignoredSocketsMakeNoRecords(hook: CaptureOptions.Hook) throws {
        let seen = try send(hook, INTERSPAN_MODE_IGNORED)
        #expect(seen.data.isEmpty)
        #expect(seen.counters.filteredIgnored >= 6)
        #expect(seen.counters.hooked == seen.counters.submitted)
    }
}
