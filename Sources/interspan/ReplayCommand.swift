import ArgumentParser
import Bridge

/// `interspan replay`
struct ReplayCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "replay",
        abstract: "The same pipeline over tcpdump files (pcap and pcapng).",
        discussion: """
            Writes one OTLP/JSON request per line. As observed count loopback addresses, those in --local, the interface
            addresses that a pcapng names, and the host's side of a Linux cooked header.

            EXAMPLES
              interspan replay traffic.pcap
              interspan replay a.pcap b.pcapng --output spans.jsonl --local 10.0.0.0/8
              interspan replay traffic.pcap --name 10.0.0.7:8080=orders --name 10.0.0.5=frontend
            """)

    @Argument(help: ArgumentHelp("Files that tcpdump or Wireshark wrote, in order.", valueName: "file"))
    var files: [String]

    @OptionGroup var options: ConfigurationOption

    @Option(
        help: ArgumentHelp(
            "Where the spans go, instead of the configured exporters; - is stdout, the default without --config.",
            valueName: "path"))
    var output: String?

    @Option(
        name: .customLong("local"), parsing: .singleValue,
        help: ArgumentHelp("Addresses whose hosts were observed, such as 10.0.0.0/8. Repeatable.", valueName: "cidr"))
    var local: [String] = []

    @Option(
        name: .customLong("name"), parsing: .singleValue,
        help: ArgumentHelp(
            "The service.name of an address or of an address and port. Repeatable.", valueName: "addr[:port]=name"))
    var names: [String] = []

    func run() throws {
        let loaded = try options.load()
        try Replay(
            paths: files, configuration: loaded.configuration, output: output ?? (options.path == nil ? "-" : nil),
            localNetworks: local, names: names,
            logger: loaded.makeLogger()
        ).run()
    }
}
