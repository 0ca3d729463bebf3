import Foundation

/// The interpreter that has the packages of `Tests/Peers`, if they were set up.
let peersPython = ProcessInfo.processInfo.environment["INTERSPAN_PEERS_PYTHON"]

/// `Tests/Peers/grpc_receiver.py`: a gRPC server that misbehaves as it is told.
final class GRPCReceiver {
    /// A call as the server saw it.
    struct Call: Decodable {
        var signal: String
        var action: String
        var peer: String
        var identity: String
        var authority: String
        var metadata: [String: String]
        var items: Int
        var spans: [String]
        var taken: Bool
        var remaining: Double
        var time: Double
    }

    private(set) var port: Int
    private var process = Process()
    private var input = Pipe()
    private let directory = TemporaryDirectory()
    private let options: [String]

    init(_ actions: String..., options: [String] = []) throws {
        self.options = options
        port = 0
        try start(actions)
    }

    deinit { end() }

    private func start(_ actions: [String]) throws {
        process = Process()
        input = Pipe()
        process.executableURL = URL(fileURLWithPath: peersPython ?? "")
        process.arguments =
            [peers.appendingPathComponent("grpc_receiver.py").path, directory.path("log")]
            + [actions.joined(separator: ","), "--port", "\(port)"] + options
        let output = Pipe()
        process.standardOutput = output
        process.standardError = FileHandle.nullDevice
        process.standardInput = input
        try process.run()
        // Its first line comes when it listens.
        let line = String(decoding: output.fileHandleForReading.availableData, as: UTF8.self)
        port = Int(line.trimmingCharacters(in: .whitespacesAndNewlines)) ?? 0
    }

    private func end() {
        try? input.fileHandleForWriting.close()
        process.waitUntilExit()
    }

    /// Ends it without a word, connections and all.
    func kill() {
        Foundation.kill(process.processIdentifier, SIGKILL)
        process.waitUntilExit()
    }

    /// Halts it, or lets it go on.
    func stall(_ isStalled: Bool) { Foundation.kill(process.processIdentifier, isStalled ? SIGSTOP : SIGCONT) }

    /// Starts it anew on the same port, after its end; what it logged stays.
    func startAgain(_ actions: String...) throws {
        end()
        try start(actions)
    }

    var endpoint: String { "http://127.0.0.1:\(port)" }

    /// The calls so far.
    var calls: [Call] {
        let text = (try? String(contentsOfFile: directory.path("log"), encoding: .utf8)) ?? ""
        return text.split(separator: "\n").compactMap { try? JSONDecoder().decode(Call.self, from: Data($0.utf8)) }
    }

    /// The ids of the spans that were taken, in order.
    var taken: [String] { calls.filter(\.taken).flatMap(\.spans).sorted() }
    /// From how many connections calls came.
    var connections: Int { Set(calls.map(\.peer)).count }
}
