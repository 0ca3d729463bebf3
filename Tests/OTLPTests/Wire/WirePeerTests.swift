import Foundation
import Testing

@testable import OTLP

private let peersPython = ProcessInfo.processInfo.environment["INTERSPAN_PEERS_PYTHON"]

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
}
