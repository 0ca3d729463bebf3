import ArgumentParser
import Bridge

/// `interspan protocols`, which makes `docs/protocols.md`.
struct ProtocolsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "protocols", abstract: "Write what is recognised of which protocols, as Markdown.",
        shouldDisplay: false)

    func run() { Output.data(ProtocolReference.markdown) }
}
