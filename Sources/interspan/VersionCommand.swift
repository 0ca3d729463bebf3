import ArgumentParser
import Bridge

/// `interspan version`
struct VersionCommand: ParsableCommand {
    static let configuration = CommandConfiguration(commandName: "version", abstract: "What this program is.")

    func run() { Output.data("interspan \(Version.number)\n") }
}
