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
        options.networkNamespace = NetworkScope.defaultNetworkNamespace()
        if merge.isEnabled {
            options.headers.contexts = Set(contextReader.names)
            options.headers.contexts.formUnion(BaggageReader(keys: merge.baggage).names)
        }
        options.headers.requestIDs = Set(merge.keys.requestID)
        return options
    }

    /// Correlate's. Where correlation is disabled, nothing is sure enough to be a parent but the other end of the same
    /// exchange, which is no matter of evidence.
    var correlateOptions: CorrelateOptions {
        var options = CorrelateOptions()
        options.minConfidence = correlate.isEnabled ? correlate.minimumConfidence : .infinity
        options.grace = min(options.grace, correlate.window)
        options.window = correlate.window
        options.maxMemory = Int(clamping: correlate.maximumMemory)
        return options
    }

    /// Merge's rules, ready to use.
    var merger: Merger {
        var options = MergeOptions()
        options.readsContexts = merge.isEnabled
        let names = merge.keys.traceID + merge.keys.spanID
        options.comments = merge.readsSQLComments ? SQLCommentReader(others: names) : nil
        options.native = Set(merge.native)
        options.baggage = merge.baggage
        options.rewritesRoots = merge.reroot == .rewrite
        options.receivedSpans = merge.sdkSpans
        options.takesReceivedSpans = mergesReceivedSpans && !receivers.isEmpty
        options.ttl = merge.timeToLive
        options.wait = merge.wait
        return Merger(options: options, reader: contextReader)
    }

    /// What reads contexts.
    private var contextReader: ContextReader {
        ContextReader(
            order: merge.propagators, keys: ContextKeys(traceID: merge.keys.traceID, spanID: merge.keys.spanID))
    }

    /// Whether spans that SDKs send are joined with what is captured.
    var mergesReceivedSpans: Bool { usesCapture && merge.isEnabled && merge.sdkSpans != .keep }
}
