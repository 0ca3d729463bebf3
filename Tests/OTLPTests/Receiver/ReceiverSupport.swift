import Foundation
import Synchronization
import Threading

@testable import OTLP

/// A sink that keeps what it is given, and decides as it is told: at once, or when the test says so.
final class RecordingSink: TelemetrySink {
    private struct State {
        var batches: [ReceivedBatch] = []
        var verdict: SinkVerdict?
        var waiting: [@Sendable (SinkVerdict) -> Void] = []
    }

    private let state: Mutex<State>

    /// - Parameter verdict: what it says at once; nil: it waits for ``decide(_:)``.
    init(_ verdict: SinkVerdict? = .accepted) { state = Mutex(State(verdict: verdict)) }

    var batches: [ReceivedBatch] { state.withLock { $0.batches } }
    var items: Int { batches.reduce(0) { $0 + $1.items } }

    func accept(_ batch: ReceivedBatch, _ done: @escaping @Sendable (SinkVerdict) -> Void) {
        let verdict = state.withLock { state in
            state.batches.append(batch)
            if state.verdict == nil { state.waiting.append(done) }
            return state.verdict
        }
        if let verdict { done(verdict) }
    }

    /// Decides about all that wait, newest first, from the test's thread.
    func decide(_ verdict: SinkVerdict) {
        let waiting = state.withLock { state in
            defer { state.waiting = [] }
            return state.waiting
        }
        for done in waiting.reversed() { done(verdict) }
    }
}

/// A receiver on free ports of 127.0.0.1, shut down with the test.
final class TestReceiver {
    let receiver: OTLPReceiver
    let sink: RecordingSink
    let recorder = LogRecorder()

    init(
        _ verdict: SinkVerdict? = .accepted, timeout: Double = 60,
        _ change: (inout OTLPReceiverSettings) -> Void = { _ in }
    ) throws {
        sink = RecordingSink(verdict)
        var settings = OTLPReceiverSettings()
        var grpc = OTLPReceiverSettings.GRPC()
        grpc.endpoint = ListenAddress(host: "127.0.0.1", port: 0)
        grpc.readTimeoutNanoseconds = UInt64(timeout * 1e9)
        settings.grpc = grpc
        var http = OTLPReceiverSettings.HTTP()
        http.endpoint = ListenAddress(host: "127.0.0.1", port: 0)
        http.readTimeoutNanoseconds = UInt64(timeout * 1e9)
        settings.http = http
        change(&settings)
        receiver = OTLPReceiver(name: "otlp", settings: settings, sink: sink, log: recorder.log)
        try receiver.start()
    }

    deinit { receiver.shutdown(deadlineNanoseconds: inSeconds(0)) }

    var counters: ReceiverCounters { receiver.counters }
    var http: Int { receiver.boundHTTPPort ?? 0 }
    var grpc: Int { receiver.boundGRPCPort ?? 0 }
}

/// Requests for tests.
enum Payload {
    /// A request with so many spans.
    static func traces(_ count: Int) -> [UInt8] {
        TelemetryEncoder(.protobuf).encode(Samples.batch(count)) { Array($0) }
    }

    static func json(_ count: Int) -> [UInt8] { TelemetryEncoder(.json).encode(Samples.batch(count)) { Array($0) } }

    /// A span without ids and one with.
    static var oneOfTwo: [UInt8] { field(1, field(2, field(2, field(5, Array("bad".utf8))))) + traces(1) }

    /// A gauge with so many points.
    static func metrics(_ count: Int) -> [UInt8] {
        let points = (0..<count).flatMap { _ in field(1, [0x19] + [UInt8](repeating: 1, count: 8)) }
        return field(1, field(2, field(2, field(1, Array("load".utf8)) + field(5, points))))
    }

    /// So many log records.
    static func logs(_ count: Int) -> [UInt8] {
        field(1, field(2, (0..<count).flatMap { _ in field(2, field(3, Array("INFO".utf8))) }))
    }

    static func gzip(_ bytes: [UInt8]) -> [UInt8] {
        let buffer = ByteBuffer()
        _ = bytes.withUnsafeBytes { Gzip().compress($0, into: buffer) }
        return Array(buffer.bytes)
    }

    /// A field of protobuf that has a length.
    static func field(_ number: UInt8, _ bytes: [UInt8]) -> [UInt8] {
        var result = [number << 3 | 2]
        var length = bytes.count
        while length > 0x7F {
            result.append(UInt8(length & 0x7F) | 0x80)
            length >>= 7
        }
        return result + [UInt8(length)] + bytes
    }
}

/// A socket without any help.
final class RawConnection {
    private let descriptor: Int32

    /// Connects to 127.0.0.1.
    init(port: Int) {
        descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = UInt16(port).bigEndian
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        // One that could not be connected reads nothing, which tests notice.
        _ = withUnsafePointer(to: &address) { address in
            address.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        var timeout = timeval(tv_sec: 20, tv_usec: 0)
        setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &timeout, socklen_t(MemoryLayout<timeval>.size))
        setsockopt(descriptor, SOL_SOCKET, SO_SNDTIMEO, &timeout, socklen_t(MemoryLayout<timeval>.size))
    }

    deinit { close(descriptor) }

    /// The port that it goes out from.
    var localPort: UInt16 {
        var address = sockaddr_in()
        var size = socklen_t(MemoryLayout<sockaddr_in>.size)
        _ = withUnsafeMutablePointer(to: &address) { address in
            address.withMemoryRebound(to: sockaddr.self, capacity: 1) { getsockname(descriptor, $0, &size) }
        }
        return UInt16(bigEndian: address.sin_port)
    }

    /// Sends everything; false when the peer is gone.
    @discardableResult
    func send(_ bytes: [UInt8]) -> Bool {
        var sent = 0
        while sent < bytes.count {
            let count = bytes.withUnsafeBytes {
                Glibc.send(descriptor, $0.baseAddress! + sent, bytes.count - sent, Int32(MSG_NOSIGNAL))
            }
            guard count > 0 else { return false }
            sent += count
        }
        return true
    }

    @discardableResult
    func send(_ text: String) -> Bool { send(Array(text.utf8)) }

    /// Sends nothing more.
    func finish() { shutdown(descriptor, Int32(SHUT_WR)) }

    /// Ends by a reset.
    func reset() {
        var option = linger(l_onoff: 1, l_linger: 0)
        setsockopt(descriptor, SOL_SOCKET, SO_LINGER, &option, socklen_t(MemoryLayout<linger>.size))
        shutdown(descriptor, Int32(SHUT_RDWR))
    }

    /// What there is next; empty at the end, or when nothing comes for 20 s.
    func receive() -> [UInt8] {
        var buffer = [UInt8](repeating: 0, count: 1 << 16)
        let count = recv(descriptor, &buffer, buffer.count, 0)
        return Array(buffer.prefix(max(count, 0)))
    }

    /// Everything until the peer ends.
    func receiveAll() -> [UInt8] {
        var result: [UInt8] = []
        while true {
            let piece = receive()
            if piece.isEmpty { return result }
            result += piece
        }
    }

    /// Everything until the peer ends, as text.
    func text() -> String { String(decoding: receiveAll(), as: UTF8.self) }

    /// One response of HTTP/1 with a content length: its head and its body.
    func response() -> (head: String, body: [UInt8]) {
        var bytes: [UInt8] = []
        while true {
            if let end = bytes.firstRange(of: Array("\r\n\r\n".utf8)) {
                let head = String(decoding: bytes[..<end.lowerBound], as: UTF8.self)
                let length =
                    head.split(separator: "\r\n").first { $0.hasPrefix("content-length: ") }
                    .flatMap { Int($0.dropFirst("content-length: ".count)) } ?? 0
                if bytes.count >= end.upperBound + length {
                    return (head, Array(bytes[end.upperBound..<end.upperBound + length]))
                }
            }
            // Byte by byte: what follows is another response.
            var byte: UInt8 = 0
            guard recv(descriptor, &byte, 1, 0) == 1 else { return (String(decoding: bytes, as: UTF8.self), []) }
            bytes.append(byte)
        }
    }
}

/// A request of HTTP/1 in bytes.
func post(
    _ path: String, _ body: [UInt8], type: String = "application/x-protobuf", extra: String = ""
) -> [UInt8] {
    Array(
        "POST \(path) HTTP/1.1\r\nhost: x\r\ncontent-type: \(type)\r\ncontent-length: \(body.count)\r\n\(extra)\r\n"
            .utf8)
        + body
}

/// The same to the path of traces.
func post(_ body: [UInt8], type: String = "application/x-protobuf", extra: String = "") -> [UInt8] {
    post("/v1/traces", body, type: type, extra: extra)
}
