internal import Capture
internal import Correlate
public import Logging
internal import OTLP
internal import Threading

/// The same pipeline over packet capture files, on one thread.
public struct Replay: Sendable {
    private let paths: [String]
    private let configuration: Configuration
    private let output: String?
    private let localNetworks: [String]
    private let names: [String]
    private let logger: Logger

    /// A replay.
    ///
    /// - Parameters:
    ///   - paths: the files.
    ///   - configuration: the effective configuration; its exporters are used when `output` is nil.
    ///   - output: where OTLP/JSON lines go, `-` for stdout; nil for the configured exporters.
    ///   - localNetworks: networks (CIDR) whose hosts were observed.
    ///   - names: `ADDR[:PORT]=NAME` each.
    ///   - logger: for what is worth saying.
    public init(
        paths: [String], configuration: Configuration, output: String?, localNetworks: [String], names: [String],
        logger: Logger
    ) {
        self.paths = paths
        self.configuration = configuration
        self.output = output
        self.localNetworks = localNetworks
        self.names = names
        self.logger = logger
    }

    /// Replays the files to their end and delivers everything.
    ///
    /// - Throws: ``ArgumentsError`` when a network or name makes no sense, ``AgentError`` or ``CaptureError`` when a file
    ///   cannot be read or the output not be written.
    public func run() throws {
        var options = configuration.captureOptions
        options.localNetworks = try localNetworks.map(ReplayArguments.network)
        let directory = AddressDirectory(names: try names.map(ReplayArguments.name))
        var source = try ReplayCapture(paths: paths, options: options)
        // Nothing is gained by dropping what a file could not take at once: here the reader waits.
        let factory = ExporterFactory(logger: logger, blocksOnOverflow: true)
        let exporters =
            output.map { ExporterGroup([factory.file(path: $0)]) } ?? ExporterSet(configuration, factory).observed
        try exporters.start()
        var correlateOptions = configuration.correlateOptions
        // Nobody is kept waiting but who asked for it.
        correlateOptions.windowWork = .max
        var correlator = Correlator(options: correlateOptions)
        var stage = SpanStage(
            merger: configuration.merger, provider: directory, mapping: configuration.mappingOptions,
            sampler: configuration.sampler, followsSource: true)
        var observed = ObservationBatch()
        var linked = LinkedBatch()
        var spans = SpanBatch()
        var spare = SpareBatches()
        var isMore = true
        while isMore {
            isMore = try source.fill(&observed)
            if !isMore { source.finish(&observed) }
            correlator.consume(observed, into: &linked)
            if !isMore { correlator.finish(into: &linked) }
            stage.consume(linked, now: Monotonic.now(), into: &spans)
            if !isMore { stage.finish(into: &spans) }
            if !spans.isEmpty {
                exporters.export(spans)
                spare.replace(&spans)
            }
            observed.removeAll()
            linked.removeAll()
        }
        for warning in source.warnings { logger.warning("\(warning)") }
        exporters.shutdown(deadline: Monotonic.now() + DrainTimes.all)
    }
}
