import CInterspanBPF
import Foundation
import Testing

@testable import Capture

/// HTTP/2 connections, of which the kernel leaves out the inside of long DATA frames.
@Suite(.serialized) struct LiveFrameTests {
    /// Frames, and which of their bytes may be left out.
    private struct Sample {
        var bytes: [UInt8] = []
        var isWanted: [Bool] = []

        mutating func frame(_ type: UInt8, _ length: Int) {
            let header = [UInt8(length >> 16), UInt8(length >> 8 & 255), UInt8(length & 255), type, 0, 0, 0, 0, 1]
            let body = (0..<length).map { UInt8(truncatingIfNeeded: $0 &* 7 &+ bytes.count) }
            bytes += header + body
            isWanted += header.map { _ in true } + body.indices.map { type != 0 || length <= 1024 || $0 < 16 }
        }

        /// What an upload of many pieces looks like.
        static let upload: Sample = {
            var sample = Sample()
            sample.bytes = Array("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".utf8)
            sample.isWanted = sample.bytes.map { _ in true }
            sample.frame(4, 18)
            for round in 0..<6 {
                sample.frame(1, 50 + round)
                sample.frame(0, 16_384)
                sample.frame(0, 900)
                sample.frame(8, 4)
                sample.frame(0, 9000 + round)
                sample.frame(1, 2000)
            }
            return sample
        }()
    }

    private func capture(
        _ hook: CaptureOptions.Hook, _ sample: Sample, _ arguments: [String]
    ) throws -> Seen {
        let file = try LiveTraffic.temporaryFile()
        defer { try? FileManager.default.removeItem(at: file) }
        try Data(sample.bytes).write(to: file)
        return try LiveTraffic.capture(
            hook, "stream.py", [arguments[0], file.path] + arguments.dropFirst(),
            before: { live in
                // Others on this machine may open sockets meanwhile, which count as well.
                for socket in UInt64(1)...4000 {
                    var slot = interspan_socket_mode()
                    slot.socket = socket
                    slot.send = UInt8(INTERSPAN_MODE_HTTP2.rawValue)
                    slot.receive = UInt8(INTERSPAN_MODE_HTTP2.rawValue)
                    live.set(mode: slot)
                }
            }, options: { $0.payloadLimit = 256 })
    }

    /// Checks what is known of each record against the sample, and says how many bytes of a direction left the kernel.
    private func known(_ seen: Seen, _ sample: Sample, isSent: Bool) -> Int {
        var (known, end) = (0, 0)
        for record in seen.data where record.isSent == isSent && !record.isUnread {
            var header = record.header
            record.head.withUnsafeBytes { head in
                record.tail.withUnsafeBytes { tail in
                    withUnsafePointer(to: &header) { header in
                        let segment = Segment(
                            Record(header: header, head: head, tail: tail), isSent: isSent, offset: UInt64(end))
                        segment.forEachStretch { bytes, unknown, offset in
                            let place = Int(offset)
                            #expect(Array(bytes) == Array(sample.bytes[place..<(place + bytes.count)]))
                            #expect(!sample.isWanted[place..<(place + Int(unknown))].contains(true))
                            known += bytes.count
                            return true
                        }
                        end = Int(segment.end)
                    }
                }
            }
        }
        #expect(end == sample.bytes.count)
        return known
    }

    /// How many bytes leave the kernel. The way over system calls leaves none of them out.
    private func wanted(_ hook: CaptureOptions.Hook) -> Int {
        hook == .syscall ? Sample.upload.bytes.count : Sample.upload.isWanted.filter { $0 }.count
    }

    @Test(arguments: LiveTraffic.hooks, ["tcp", "unix"])
    func onlyTheInsideOfLongDataFramesIsLeftOut(hook: CaptureOptions.Hook, kind: String) throws {
        let sample = Sample.upload
        let seen = try capture(hook, sample, [kind, "24,27,16384,40000", "8192"])
        #expect(known(seen, sample, isSent: true) == wanted(hook))
        #expect(known(seen, sample, isSent: false) == wanted(hook))
    }

    @Test(arguments: LiveTraffic.hooks)
    func headersCutAnywhereAreFollowed(hook: CaptureOptions.Hook) throws {
        let sample = Sample.upload
        let seen = try capture(hook, sample, ["tcp", "51,1013,3,5,2048,1,7,9", "777,4,1,30"])
        #expect(known(seen, sample, isSent: true) == wanted(hook))
        #expect(known(seen, sample, isSent: false) == wanted(hook))
    }

    @Test(arguments: LiveTraffic.hooks)
    func vectorsAreFollowed(hook: CaptureOptions.Hook) throws {
        let sample = Sample.upload
        let seen = try capture(hook, sample, ["tcp", "51,25300", "9000", "vectors"])
        #expect(known(seen, sample, isSent: true) == wanted(hook))
    }

    @Test(arguments: LiveTraffic.hooks)
    func whatBeginsInTheMiddleIsWholeUntilFramesAreFound(hook: CaptureOptions.Hook) throws {
        var sample = Sample.upload
        // Joined inside a body: nothing says where it ends before a call begins and ends with frames.
        sample.bytes = Array(sample.bytes[5000...])
        sample.isWanted = Array(sample.isWanted[5000...])
        let joined = try capture(hook, sample, ["tcp", "30000", "30000"])
        #expect(known(joined, sample, isSent: true) == sample.bytes.count)
        var later = Sample()
        later.bytes = [UInt8](repeating: 0x80, count: 100)
        later.isWanted = later.bytes.map { _ in true }
        for _ in 0..<4 { later.frame(0, 16_384) }
        let found = try capture(hook, later, ["tcp", "100,16393", "5000"])
        let left = hook == .syscall ? later.bytes.count : 100 + 4 * 25
        #expect(known(found, later, isSent: true) == left)
    }
}
