import Foundation
import Testing

@testable import OTLP

private let peersRotel = ProcessInfo.processInfo.environment["INTERSPAN_PEERS_ROTEL"]

/// Against software that others wrote. `Tests/Peers/run` sets it up.
@Suite(.enabled(if: peersPython != nil && peersRotel != nil, "run by Tests/Peers/run"))
struct PeerTests {
    private let directory = TemporaryDirectory()

    /// Spans with everything in them that can be, and what they are in plain words.
    private func everything() -> (SpanBatch, [[String: Any]]) {
        var batch = SpanBatch()
        var expected: [[String: Any]] = []
        let resources = [
            (
                Samples.shop,
                [
                    ["service.name", ["string_value": "shop"]], ["process.pid", ["int_value": 4_294_967_296]],
                    [
                        "process.command_args",
                        [
                            ["string_value": "python3"], ["string_value": "-m"], ["string_value": "shop"],
                        ],
                    ],
                ] as [Any]
            ),
            (Samples.nginx, [["service.name", ["string_value": "nginx"]]] as [Any]),
        ]
        for number in 1...1500 {
            let id = UInt64(number)
            let (resource, resourceAttributes) = resources[number % 2]
            let kinds: [SpanKind] = [.unspecified, .internal, .server, .client, .producer, .consumer]
            let kind = kinds[number % 6]
            var span = SpanData(
                traceID: TraceID(high: .max - id, low: id), spanID: id << 32 | 0xFF,
                parentSpanID: number % 3 == 0 ? 0 : id, kind: kind, start: id * 1_000_000_007,
                end: id * 1_000_000_009, resource: batch.index(of: resource))
            let name = number % 5 == 0 ? "größe \u{0} \"\\\n\t😀" : "GET /cart/{id}"
            span.name = batch.append(string: name)
            span.traceState = number % 4 == 0 ? batch.append(text: "a=1,b=2") : .empty
            span.flags = UInt32(number % 2) | 0x300
            span.status = [.unset, .ok, .error][number % 3]
            span.statusMessage = number % 3 == 2 ? batch.append(text: "reset by peer") : .empty
            span.attributes = IndexRange(start: UInt32(batch.attributes.count), count: 6)
            let key = batch.append(string: "http.request.header.x-\(number)")
            let broken = [UInt8(0x61), 0xFF, 0x62].withUnsafeBytes { batch.append(bytes: $0) }
            batch.append(Attribute(key: .named(key), value: .string(broken)))
            batch.append(Attribute(key: .known("text"), value: .text("x")))
            batch.append(Attribute(key: .known("int"), value: .int(number % 2 == 0 ? .min : Int64(number))))
            batch.append(Attribute(key: .known("double"), value: .double(Double(number) + 0.1)))
            batch.append(Attribute(key: .known("bool"), value: .bool(number % 2 == 0)))
            batch.append(Attribute(key: .known("empty"), value: .text("")))
            var links: [Any] = []
            if number % 7 == 0 {
                span.links = IndexRange(start: UInt32(batch.links.count), count: 2)
                let attributes = IndexRange(start: UInt32(batch.attributes.count), count: 1)
                batch.append(Attribute(key: .known("why"), value: .text("forwarded")))
                batch.append(SpanLink(traceID: TraceID(high: 0, low: id), spanID: 5, attributes: attributes))
                batch.append(SpanLink(traceID: TraceID(high: id, low: 0), spanID: .max))
                links = [
                    [hex(0) + hex(id), hex(5), [["why", ["string_value": "forwarded"]]]] as [Any],
                    [hex(id) + hex(0), hex(.max), [Any]()] as [Any],
                ]
            }
            batch.append(span)
            expected.append([
                "resource": resourceAttributes, "resourceSchema": Conventions.schemaURL.description,
                "scope": ["interspan", Conventions.scopeVersion.description, Conventions.schemaURL.description],
                "traceId": hex(.max - id) + hex(id), "spanId": hex(id << 32 | 0xFF),
                "parent": number % 3 == 0 ? "" : hex(id), "traceState": number % 4 == 0 ? "a=1,b=2" : "",
                "flags": (number % 2) | 0x300, "name": name, "kind": number % 6,
                "start": "\(id * 1_000_000_007)", "end": "\(id * 1_000_000_009)",
                "attributes": [
                    ["http.request.header.x-\(number)", ["string_value": "a\u{FFFD}b"]] as [Any],
                    ["text", ["string_value": "x"]] as [Any],
                    ["int", ["int_value": number % 2 == 0 ? Int64.min : Int64(number)]] as [Any],
                    ["double", ["double_value": Double(number) + 0.1]] as [Any],
                    ["bool", ["bool_value": number % 2 == 0]] as [Any], ["empty", ["string_value": ""]] as [Any],
                ],
                "status": [number % 3, number % 3 == 2 ? "reset by peer" : ""] as [Any], "links": links,
            ])
        }
        return (batch, expected)
    }

    private func hex(_ value: UInt64) -> String { Samples.ids(value...value)[0] }

    @Test func theProtocolsOwnClassesReadEveryField() throws {
        let (batch, expected) = everything()
        for (encoding, name) in [(TelemetryEncoding.protobuf, "request.pb"), (.json, "request.json")] {
            let bytes = TelemetryEncoder(encoding).encode(batch) { Data($0) }
            try bytes.write(to: directory.url.appendingPathComponent(name))
        }
        try JSONSerialization.data(withJSONObject: expected)
            .write(to: directory.url.appendingPathComponent("expected.json"))
        let result = try run(
            peersPython ?? "",
            [
                peers.appendingPathComponent("otlp_decode.py").path, directory.path("request.pb"),
                directory.path("request.json"), directory.path("expected.json"),
            ])
        #expect(result.isGood, "\(result.output)")
        #expect(result.output == "1500 spans\n")
    }

    @Test(arguments: TelemetryEncoding.allCases, OTLPHTTPSettings.Compression.allCases)
    func rotelTakesWhatWeSendAndPassesItOn(
        encoding: TelemetryEncoding, compression: OTLPHTTPSettings.Compression
    ) throws {
        let sink = try FaultReceiver("200")
        let rotel = try Rotel(peersRotel ?? "", sink: sink.port)
        defer { rotel.stop() }
        var settings = OTLPHTTPSettings(endpoint: "http://127.0.0.1:\(rotel.port)/v1/traces")
        settings.encoding = encoding
        settings.compression = compression
        // It needs a moment until it listens.
        settings.retry.initialIntervalNanoseconds = 50_000_000
        settings.retry.maxIntervalNanoseconds = 50_000_000
        let recorder = LogRecorder()
        let exporter = OTLPHTTPExporter(name: "rotel", settings: settings, log: recorder.log)
        try exporter.start()
        let (batch, expected) = everything()
        #expect(exporter.enqueue(batch))
        exporter.shutdown(deadlineNanoseconds: inSeconds(30))
        #expect(exporter.counters.sent == 1500, "\(recorder.lines)")
        eventually { sink.taken.count >= 1500 }
        #expect(sink.taken == expected.compactMap { $0["spanId"] as? String }.sorted())
    }

    @Test(arguments: Compression.allCases) func rotelTakesWhatWeSendByGRPC(compression: Compression) throws {
        let sink = try FaultReceiver("200")
        let rotel = try Rotel(peersRotel ?? "", sink: sink.port)
        defer { rotel.stop() }
        var settings = OTLPGRPCSettings(endpoint: "http://127.0.0.1:\(rotel.grpcPort)")
        settings.compression = compression
        settings.retry.initialIntervalNanoseconds = 50_000_000
        settings.retry.maxIntervalNanoseconds = 50_000_000
        settings.queue.batch.minSize = 1
        settings.queue.batch.maxSize = 100
        let recorder = LogRecorder()
        let exporter = OTLPGRPCExporter(name: "rotel", settings: settings, log: recorder.log)
        try exporter.start()
        let (batch, expected) = everything()
        #expect(exporter.enqueue(batch))
        exporter.shutdown(deadlineNanoseconds: inSeconds(30))
        #expect(exporter.counters.sent == 1500, "\(recorder.lines)")
        eventually { sink.taken.count >= 1500 }
        #expect(sink.taken == expected.compactMap { $0["spanId"] as? String }.sorted())
    }
}

/// `rotel`: an OTLP receiver that passes on what it took.
private final class Rotel {
    let port: Int
    let grpcPort: Int
    private let process = Process()

    init(_ program: String, sink: Int) throws {
        // A port that was free a moment ago.
        port = try FaultReceiver("200").port
        grpcPort = try FaultReceiver("200").port
        process.executableURL = URL(fileURLWithPath: program)
        process.arguments = [
            "start", "--otlp-http-endpoint", "127.0.0.1:\(port)", "--otlp-grpc-endpoint", "127.0.0.1:\(grpcPort)",
            "--exporter", "otlp", "--otlp-exporter-endpoint", "http://127.0.0.1:\(sink)",
            "--otlp-exporter-protocol", "http", "--otlp-exporter-compression", "none", "--batch-timeout", "100ms",
        ]
        process.standardOutput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        try process.run()
    }

    func stop() {
        // Not SIGTERM: a process started from a thread of Dispatch's inherits that thread's mask, which blocks it.
        kill(process.processIdentifier, SIGKILL)
        process.waitUntilExit()
    }
}
