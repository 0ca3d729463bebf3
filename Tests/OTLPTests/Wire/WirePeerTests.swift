import Foundation
import Testing

@testable import OTLP

/// What is received, against protobuf's own classes. `Tests/Peers/run` sets it up.
@Suite(.enabled(if: peersPython != nil, "run by Tests/Peers/run"))
struct WirePeerTests {
    private let directory = TemporaryDirectory()

    @Test func tablesAreThoseOfThePublishedDescriptors() throws {
        var text = ""
        for message in MessageType.allCases {
            for field in message.fields {
                let child =
                    field.message.map { "\($0)" }
                    ?? field.names.map { $0.names.map(\.description).joined(separator: ",") } ?? "-"
                text += "\(message) \(field.number) \(field.name) \(field.kind) \(field.isRepeated ? "many" : "one") "
                text += "\(field.oneof) \(child)\n"
            }
        }
        try Data(text.utf8).write(to: directory.url.appendingPathComponent("tables"))
        let result = try run(
            peersPython ?? "", [peers.appendingPathComponent("check_schema.py").path, directory.path("tables")])
        #expect(result.isGood, "\(result.output)")
        #expect(result.output == "\(MessageType.allCases.count - 1) messages\n")
    }

    @Test(arguments: 1...3)
    func randomRequestsSayTheSameOnEveryWay(seed: Int) throws {
        let script = peers.appendingPathComponent("otlp_random.py").path
        let made = try run(peersPython ?? "", [script, "make", directory.url.path, "\(seed)", "150"])
        #expect(made.isGood, "\(made.output)")
        for name in try FileManager.default.contentsOfDirectory(atPath: directory.url.path) {
            let parts = name.split(separator: ".")
            let signal = try #require(Signal.allCases.first { "\($0)" == parts[1] })
            try answer(String(parts[0] + "." + parts[1]), signal: signal, kind: String(parts[2]))
        }
        let result = try run(peersPython ?? "", [script, "compare", directory.url.path])
        #expect(result.isGood, "\(result.output)")
        let counts = try JSONDecoder().decode([String: Int].self, from: Data(result.output.utf8))
        #expect(counts["requests"] == 450)
        for what in ["items", "refused", "pieces", "taken", "malformed"] {
            #expect(counts[what] ?? 0 > 10, "\(counts)")
        }
    }

    /// Writes what becomes of one request beside it.
    private func answer(_ name: String, signal: Signal, kind: String) throws {
        let bytes = [UInt8](try Data(contentsOf: directory.url.appendingPathComponent("\(name).\(kind)")))
        func write(_ bytes: [UInt8], _ what: String) throws {
            try Data(bytes).write(to: directory.url.appendingPathComponent("\(name).\(what)"))
        }
        switch kind {
        case "json":
            let result = try bytes.withUnsafeBytes { try TelemetryReader.read(json: $0, signal: signal) }
            #expect(result.rejected == 0, "\(name): \(result.message)")
            if let batch = result.batch { try write(batch.bytes, "json.out") }
        case "pb":
            let result = try TelemetryReader.read(protobuf: bytes, signal: signal)
            try write(Array("\(result.batch?.items ?? 0) \(result.rejected)".utf8), "counts")
            guard let batch = result.batch else { return }
            try write(batch.bytes, "pb.out")
            let json = ByteBuffer()
            TelemetryEncoder(.json, signal).encode([.received(batch)], into: json)
            try write(Array(json.bytes), "pb.out.json")
            for (number, piece) in batch.split(maxItems: 3).enumerated() {
                try write(piece.bytes, "piece.\(number)")
            }
        default:
            let result = try? TelemetryReader.read(protobuf: bytes, signal: signal)
            if let batch = result?.batch { try write(batch.bytes, "damaged.out") }
        }
    }
}
