import ArgumentParser
import Bridge
import Glibc

/// `interspan correlate`
struct CorrelateCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "correlate",
        abstract: "Find the parents of spans in a file, whatever ids of traces and parents they have.",
        discussion: """
            Reads OTLP/JSON, a request a line as the Collector's file exporter writes
            it, and writes the same spans with parentSpanId and traceId set. Client,
            producer and internal spans get the server or consumer span of their
            service (and instance) that made them; with --across server and consumer
            spans get the client or producer span of the same call.

            EXAMPLES
              interspan correlate spans.jsonl
              interspan correlate spans.jsonl --across --output joined.jsonl
              zcat spans.jsonl.gz | interspan correlate - --across | gzip > joined.jsonl.gz

            Exit status 1 when a line is no JSON; it is named, and nothing is written.
            """)

    @Argument(help: ArgumentHelp("OTLP/JSON lines; - is stdin.", valueName: "file"))
    var file: String

    @Option(help: ArgumentHelp("Where the spans go; - is stdout. What is there is replaced.", valueName: "path"))
    var output = "-"

    @Flag(help: "Join services: a server span becomes the child of the client span of the same call.")
    var across = false

    func run() throws {
        let isWatched = isatty(STDERR_FILENO) == 1
        let result = try CorrelateFile(
            path: file, output: output, across: across, warn: { Output.error("warning: " + $0) },
            progress: isWatched ? { Output.progress($0) } : nil
        ).run()
        if isWatched {
            Output.error("\(result.spans) spans, \(result.linked) of them with a parent; \(result.traces) traces")
        }
    }
}
