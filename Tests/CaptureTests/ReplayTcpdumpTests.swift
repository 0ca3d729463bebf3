import Capture
import Foundation
import Testing

/// Captures that tcpdump made of a real exchange: a Python server and client on loopback.
@Suite(.serialized) struct ReplayTcpdumpTests {
    private static let isPossible: Bool = {
        let possible = getuid() == 0 && access("/usr/bin/tcpdump", X_OK) == 0
        if !possible { print("ReplayTcpdumpTests SKIPPED: they need root and /usr/bin/tcpdump") }
        return possible
    }()

    /// How to capture: tcpdump's arguments, and the link type that it must give.
    struct Way: Sendable, CustomTestStringConvertible {
        var arguments: [String]
        var link: UInt32
        var address = "127.0.0.1"
        var testDescription: String { (arguments + [address]).joined(separator: " ") }
    }

    private static let ways = [
        Way(arguments: ["-i", "lo"], link: 1),
        Way(arguments: ["-i", "lo"], link: 1, address: "::1"),
        Way(arguments: ["-i", "lo", "--time-stamp-precision=nano"], link: 1),
        Way(arguments: ["-i", "any"], link: 276),
        Way(arguments: ["-i", "any", "-y", "LINUX_SLL"], link: 113),
        Way(arguments: ["-i", "lo", "-s", "120"], link: 1),
    ]

    /// Serves on a port of its own choice and calls itself: four requests on a kept connection, one on another, whose
    /// response lasts until the connection closes.
    private static let script = """
        import http.client, http.server, socket, sys, threading
        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            def log_message(self, *arguments): pass
            def do_GET(self):
                body = b"x" * 100000
                self.send_response(200)
                if self.path != "/last": self.send_header("Content-Length", str(len(body)))
                else: self.send_header("Connection", "close")
                self.end_headers()
                self.wfile.write(body)
        class Server(http.server.ThreadingHTTPServer):
            address_family = socket.AF_INET6 if ":" in sys.argv[1] else socket.AF_INET
        server = Server((sys.argv[1], 0), Handler)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        print(server.server_address[1], flush=True)
        sys.stdin.readline()
        kept = http.client.HTTPConnection(sys.argv[1], server.server_address[1])
        for number in range(4):
            kept.request("GET", "/%d" % number)
            kept.getresponse().read()
        kept.close()
        last = http.client.HTTPConnection(sys.argv[1], server.server_address[1])
        last.request("GET", "/last")
        last.getresponse().read()
        last.close()
        """

    /// A pcap file of that exchange and the server's port.
    private func capture(_ way: Way) throws -> (bytes: [UInt8], port: UInt16) {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let python = Process()
        python.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        python.arguments = ["python3", "-c", ReplayTcpdumpTests.script, way.address]
        let (input, output) = (Pipe(), Pipe())
        python.standardInput = input
        python.standardOutput = output
        try python.run()
        defer { if python.isRunning { kill(python.processIdentifier, SIGKILL) } }
        let line = String(decoding: output.fileHandleForReading.availableData, as: UTF8.self)
        let port = try #require(UInt16(line.trimmingCharacters(in: .whitespacesAndNewlines)))

        let file = folder.appendingPathComponent("real.pcap").path
        let tcpdump = Process()
        tcpdump.executableURL = URL(fileURLWithPath: "/usr/bin/tcpdump")
        tcpdump.arguments =
            ["-w", file, "-U", "--immediate-mode", "-B", "65536", "-Z", "root"] + way.arguments + ["tcp port \(port)"]
        let said = Pipe()
        tcpdump.standardError = said
        try tcpdump.run()
        // Not by an interrupt, since a test's thread hands its signal mask on; every packet is in the file by now.
        defer { kill(tcpdump.processIdentifier, SIGKILL) }
        // It says so when it listens.
        var heard = ""
        while !heard.contains("listening on") {
            let data = said.fileHandleForReading.availableData
            try #require(!data.isEmpty, "tcpdump: \(heard)")
            heard += String(decoding: data, as: UTF8.self)
        }
        try input.fileHandleForWriting.write(contentsOf: Data("go\n".utf8))
        python.waitUntilExit()
        try #require(python.terminationStatus == 0)
        // The last packets reach the file a while after Python ended: all four ends are closed by then.
        for _ in 0..<100 {
            let records = try Replayed(paths: [file]).records
            if records.count(where: { $0.kind == .close }) == 4 { break }
            usleep(100_000)
        }
        return ([UInt8](try Data(contentsOf: URL(fileURLWithPath: file))), port)
    }

    /// One direction of a connection put together by sequence number, with `?` for what the capture cut off.
    private func stream(_ records: [ReplayedRecord], _ kind: ReplayedRecord.Kind) -> [UInt8] {
        var bytes: [UInt8] = []
        for record in records where record.kind == kind {
            let first = kind == .send ? record.firstSent : record.firstReceived
            let offset = Int(record.sequence &- first)
            let end = offset + Int(record.length)
            if bytes.count < end { bytes += [UInt8](repeating: UInt8(ascii: "?"), count: end - bytes.count) }
            bytes.replaceSubrange(offset..<offset + record.text.utf8.count, with: record.text.utf8)
        }
        return bytes
    }

    private func expectWholeExchange(_ replayed: Replayed, port: UInt16, whole: Bool) throws {
        #expect(replayed.warnings == [])
        let sockets = Dictionary(grouping: replayed.records, by: \.socket)
        #expect(sockets.count == 4)
        #expect(replayed.counters.connections == 2)
        #expect(replayed.records.allSatisfy { $0.kind == .open || $0.flags == ReplayedRecord.sequenced })
        for records in sockets.values {
            let isServer = records[0].local.port == port
            #expect(records.filter { $0.kind == .close }.count == 1)
            #expect(records.last?.kind == .close)
            #expect(records.map(\.time) == records.map(\.time).sorted())
            #expect(records.filter { $0.kind == .open }.count == (isServer ? 0 : 1))
            let requests = stream(records, isServer ? .receive : .send)
            let responses = stream(records, isServer ? .send : .receive)
            let count = requests.starts(with: "GET /last".utf8) ? 1 : 4
            #expect(responses.count > 100_000 * count && responses.count < 100_500 * count)
            guard whole else { continue }
            #expect(!requests.contains(UInt8(ascii: "?")) && !responses.contains(UInt8(ascii: "?")))
            let text = String(decoding: requests, as: UTF8.self)
            #expect(text.components(separatedBy: "GET /").count - 1 == count)
            #expect(
                String(decoding: responses, as: UTF8.self).components(separatedBy: "HTTP/1.1 200").count - 1 == count)
        }
    }

    @Test(.enabled(if: isPossible), arguments: ways)
    func realCaptureGivesBothEndsOfEveryConnection(way: Way) throws {
        let (bytes, port) = try capture(way)
        let link = bytes.withUnsafeBytes { $0.loadUnaligned(fromByteOffset: 20, as: UInt32.self) }
        #expect(link == way.link)
        try expectWholeExchange(try Replayed(bytes), port: port, whole: !way.arguments.contains("-s"))
    }

    @Test(.enabled(if: isPossible))
    func realCaptureGivesEveryExchangeFromBothEnds() throws {
        for way in [ReplayTcpdumpTests.ways[1], ReplayTcpdumpTests.ways[3]] {
            let (bytes, port) = try capture(way)
            let captured = try CapturedExchanges(bytes)
            #expect(
                captured.targets.sorted()
                    == ["0", "0", "1", "1", "2", "2", "3", "3", "last", "last"].map { "GET /\($0)" })
            #expect(captured.of(.client).count == 5 && captured.of(.server).count == 5)
            #expect(captured.of(.client).allSatisfy { $0.peer.port == port })
            #expect(Set(captured.closed.map(\.end.id)).count == 5)
            #expect(captured.closed.allSatisfy { $0.outcome == .complete && $0.status == 200 })
            #expect(captured.closed.allSatisfy { $0.responseBody == 100_000 })
            // A slow machine has the kernel send segments twice.
            for reason in LossReason.allCases where reason != .duplicate {
                #expect(captured.counters.losses[reason] == 0, "\(reason)")
            }
        }
    }

    @Test(.enabled(if: isPossible))
    func realPacketsInPcapngGiveTheSameRecords() throws {
        let (bytes, port) = try capture(ReplayTcpdumpTests.ways[2])
        var file = TestPcapng()
        file.interface(link: 1, options: [(9, [9])])
        bytes.withUnsafeBytes { bytes in
            var offset = 24
            while offset + 16 <= bytes.count {
                let words = (0..<4).map { bytes.loadUnaligned(fromByteOffset: offset + 4 * $0, as: UInt32.self) }
                let frame = [UInt8](bytes[offset + 16..<offset + 16 + Int(words[2])])
                file.enhanced(frame, units: UInt64(words[0]) * 1_000_000_000 + UInt64(words[1]))
                offset += 16 + frame.count
            }
        }
        let replayed = try Replayed(file.bytes)
        try expectWholeExchange(replayed, port: port, whole: true)
        #expect(replayed.records == (try Replayed(bytes)).records)
    }
}
