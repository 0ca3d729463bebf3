import Foundation
import Testing

@testable import Capture

/// Writes the sample conversations for others: as inputs for fuzzing (`Tests/Fuzz/run --seeds`), one folder for each
/// protocol, in the form that `Tests/Fuzz/Drivers/Script.swift` reads; and as samples for measuring.
@Suite struct ConversationSeeds {
    /// What the names of the folders begin with.
    private static let prefix = ProcessInfo.processInfo.environment["INTERSPAN_FUZZ_SEEDS"]
    /// Begins a command, as in `Tests/Fuzz/Drivers/stream.swift`.
    private static let escape: [UInt8] = [0xFE, 0xED]
    /// Both ends of the connection; a protocol that is told beforehand, from the beginning and joined.
    private static let options: [UInt8] = [16, 64, 64 | 128]

    @Test(.enabled(if: prefix != nil, "run by Tests/Fuzz/run --seeds"), arguments: Conversation.all)
    func write(_ conversation: Conversation) throws {
        let identity = try protocolOf(conversation)
        let folder = URL(fileURLWithPath: (ConversationSeeds.prefix ?? "") + "\(identity)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        let name = String(conversation.name.map { $0.isLetter || $0.isNumber ? $0 : "-" })
        for options in ConversationSeeds.options {
            let seed = [options] + conversation.steps.flatMap(ConversationSeeds.command)
            try Data(seed).write(to: folder.appendingPathComponent("\(name)-\(options)"))
        }
    }

    /// Where samples for measuring go (`Benchmarks/parts/protocols.py`).
    private static let samples = ProcessInfo.processInfo.environment["INTERSPAN_SAMPLES"]

    /// Of each protocol the longest conversation that may be repeated: a line for each step, `<` what is received and `>`
    /// what is sent, in hexadecimal; one for where the repetition begins.
    @Test(.enabled(if: samples != nil, "run by whoever changes conversations: Benchmarks/parts/protocols.py"))
    func writeSamples() throws {
        var longest: [ApplicationProtocol: Conversation] = [:]
        for conversation in Conversation.all where conversation.loop != nil {
            let identity = try protocolOf(conversation)
            if conversation.expected.count > longest[identity]?.expected.count ?? 0 { longest[identity] = conversation }
        }
        for (identity, conversation) in longest {
            var lines: [String] = []
            for (index, step) in conversation.steps.enumerated() {
                if index == conversation.loop { lines.append("loop") }
                let digits = step.bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
                lines.append((step.side == .requester ? "> " : "< ") + digits)
            }
            let file = URL(fileURLWithPath: ConversationSeeds.samples ?? "").appendingPathComponent("\(identity).txt")
            try Data((lines.joined(separator: "\n") + "\n").utf8).write(to: file)
        }
    }

    private func protocolOf(_ conversation: Conversation) throws -> ApplicationProtocol {
        var builder = RecordBuilder()
        var run = TrackerRun()
        run.feed(builder.records(of: conversation))
        run.finish()
        return try #require(run.opened.first?.exchange.protocol)
    }

    /// A step as a command: 0 moves bytes of the first socket, 4 among its arguments says that they were received.
    private static func command(_ step: Conversation.Step) -> [UInt8] {
        escape + [step.side == .requester ? 0x00 : 0x40] + step.bytes
    }
}
