import Foundation
import Testing

@testable import Capture

/// Writes the sample conversations as inputs for fuzzing (`Tests/Fuzz/run --seeds`), one folder for each protocol, in the
/// form that `Tests/Fuzz/Drivers/Script.swift` reads.
@Suite struct ConversationSeeds {
    /// What the names of the folders begin with.
    private static let prefix = ProcessInfo.processInfo.environment["INTERSPAN_FUZZ_SEEDS"]
    /// Begins a command, as in `Tests/Fuzz/Drivers/stream.swift`.
    private static let escape: [UInt8] = [0xFE, 0xED]
    /// Both ends of the connection; a protocol that is told beforehand, from the beginning and joined.
    private static let options: [UInt8] = [16, 64, 64 | 128]

    @Test(.enabled(if: prefix != nil, "run by Tests/Fuzz/run --seeds"), arguments: Conversation.all)
    func write(_ conversation: Conversation) throws {
        var builder = RecordBuilder()
        var run = TrackerRun()
        run.feed(builder.records(of: conversation))
        run.finish()
        let identity = try #require(run.opened.first?.exchange.protocol)
        let folder = URL(fileURLWithPath: (ConversationSeeds.prefix ?? "") + "\(identity)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        let name = String(conversation.name.map { $0.isLetter || $0.isNumber ? $0 : "-" })
        for options in ConversationSeeds.options {
            let seed = [options] + conversation.steps.flatMap(ConversationSeeds.command)
            try Data(seed).write(to: folder.appendingPathComponent("\(name)-\(options)"))
        }
    }

    /// A step as a command: 0 moves bytes of the first socket, 4 among its arguments says that they were received.
    private static func command(_ step: Conversation.Step) -> [UInt8] {
        escape + [step.side == .requester ? 0x00 : 0x40] + step.bytes
    }
}
