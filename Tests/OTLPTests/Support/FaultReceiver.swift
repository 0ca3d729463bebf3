import Foundation

/// `Tests/Peers/fault_receiver.py`: a receiver that misbehaves as it is told.
final class FaultReceiver {
    /// A request as the receiver saw it.
    struct Request: Decodable {
        var path: String
        var action: String
        var spans: [String]
        var taken: Bool
        var port: Int
        var headers: [String: String]
        var identity: String?
        var serverName: String?
    }

    let port: Int
    private let process = Process()
    private let input = Pipe()
    private let directory = TemporaryDirectory()

    init(_ actions: String..., port: Int = 0, options: [String] = []) throws {
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments =
            ["python3", peers.appendingPathComponent("fault_receiver.py").path, directory.path("log")]
            + [actions.joined(separator: ","), "--port", "\(port)"] + options
        let output = Pipe()
        process.standardOutput = output
        process.standardInput = input
        try process.run()
        // Its first line comes when it listens.
        let line = String(decoding: output.fileHandleForReading.availableData, as: UTF8.self)
        self.port = Int(line.trimmingCharacters(in: .whitespacesAndNewlines)) ?? 0
    }

    deinit {
        try? input.fileHandleForWriting.close()
        process.waitUntilExit()
    }

    var endpoint: String { "http://127.0.0.1:\(port)/v1/traces" }

    /// The requests so far.
    var requests: [Request] {
        let text = (try? String(contentsOfFile: directory.path("log"), encoding: .utf8)) ?? ""
        return text.split(separator: "\n").compactMap {
            try? JSONDecoder().decode(Request.self, from: Data($0.utf8))
        }
    }

    /// The ids of the spans that were taken, in order.
    var taken: [String] { requests.filter(\.taken).flatMap(\.spans).sorted() }
}
