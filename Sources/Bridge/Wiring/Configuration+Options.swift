internal import Capture
internal import Correlate
internal import Propagation

/// What the configuration means to each stage.
extension Configuration {
    /// Capture's.
    var captureOptions: CaptureOptions {
        var options = CaptureOptions()
        options.hook = ebpf.hook
        options.payloadLimit = ebpf.payloadLimit
        options.ringBufferSize = ebpf.ringBuffer
        options.networkNamespace = processSelection.scope
        options.headers = headerSelection
        options.values = valueSelection
        return options
    }

    /// Headers that Capture hands on.
    var headerSelection: HeaderSelection {
        var headers = HeaderSelection()
        if merge.isEnabled {
            headers.contexts = Set(contextReader.names)
            headers.contexts.formUnion(BaggageReader(keys: merge.baggage).names)
        }
        headers.requestIDs = Set(merge.keys.requestID)
        headers.others.formUnion(sample?.headers ?? [])
        headers.others.formUnion(redact.headers.allowed)
        if ebpf.telemetry == .drop { headers.others.insert(RequestMarks.scrapeTimeout.description) }
        return headers
    }

    /// Values that Capture hands on.
    var valueSelection: ValueSelection {
        var values = ValueSelection()
        values.isOn = correlate.isEnabled && correlate.echoesValues
        values.ignored = correlate.ignoredEchoes
        return values
    }

    /// Which processes are watched, by names of users as they are now.
    var processSelection: ProcessSelection {
        ProcessSelection(ebpf, scope: NetworkScope.defaultNetworkNamespace(), users: .own)
    }

    /// Correlate's. Where correlation is disabled, nothing is sure enough to be a parent but the other end of the same
    /// exchange, which is no matter of evidence.
    var correlateOptions: CorrelateOptions {
        var options = CorrelateOptions()
        options.minConfidence = correlate.isEnabled ? correlate.minimumConfidence : .infinity
        options.grace = min(options.grace, correlate.window)
        options.window = correlate.window
        // A tenth to a fifth of a processor.
        options.windowWork = 100_000
        options.maxMemory = Int(clamping: correlate.maximumMemory)
        options.usesValues = correlate.isEnabled && correlate.echoesValues
        return options
    }

    /// Merge's rules, ready to use.
    var merger: Merger { Merger(options: mergeOptions, reader: contextReader) }

    /// What is said of merging.
    var mergeOptions: MergeOptions {
        var options = MergeOptions()
        options.readsContexts = merge.isEnabled
        let names = merge.keys.traceID + merge.keys.spanID
        options.comments = merge.readsSQLComments ? SQLCommentReader(others: names) : nil
        options.native = Set(merge.native)
        options.baggage = merge.baggage
        options.leavesOutTelemetry = ebpf.telemetry == .drop
        options.rewritesRoots = merge.reroot == .rewrite
        options.receivedSpans = merge.sdkSpans
        options.takesReceivedSpans = joinsReceivedSpans && !receivers.isEmpty
        options.observes = usesCapture
        options.peers = PeerHosts(ebpf.peers)
        options.ttl = merge.timeToLive
        options.wait = merge.wait
        options.notes = SamplingNotes(
            headers: sample?.headers.map { Array($0.utf8) } ?? [], needsOperations: (sample?.rateLimit ?? 0) > 0)
        return options
    }

    /// What becomes of spans' texts, ready to use. Patterns were compiled when the configuration was read.
    var mappingOptions: MappingOptions {
        var options = MappingOptions()
        options.headers = redact.headers.allowed
        options.query = redact.query
        options.sql = redact.sql
        options.patterns = (try? PatternSet(redact.patterns)) ?? nil
        options.routes = routes
        return options
    }

    /// What reads contexts.
    var contextReader: ContextReader {
        ContextReader(
            order: merge.propagators, keys: ContextKeys(traceID: merge.keys.traceID, spanID: merge.keys.spanID))
    }

    /// Whether it listens where only the privileged may.
    var listensAtLowPorts: Bool {
        receivers.flatMap(\.endpoints).contains { (1..<1024).contains($0.address.port) }
    }

    /// Whether spans that are received are joined with others: with what is captured, and those of other agents with one another.
    /// Receivers may come with another configuration.
    var joinsReceivedSpans: Bool {
        merge.isEnabled && merge.sdkSpans != .keep && (usesCapture || !receivers.isEmpty)
    }

    /// Whether spans that SDKs send are joined with what is captured.
    var mergesReceivedSpans: Bool { usesCapture && merge.isEnabled && merge.sdkSpans != .keep }
}
