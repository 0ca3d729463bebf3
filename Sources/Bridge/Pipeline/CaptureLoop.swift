internal import Capture
internal import Correlate
internal import Logging
internal import Threading

/// What the capture thread does: fill, correlate, hand over. It never waits for anybody but the kernel.
struct CaptureLoop {
    /// What was counted by the end.
    struct Counted: Sendable {
        var capture: CaptureCounters
        var correlate: CorrelateCounters
        /// Linked exchanges (both phases) that were given up because Bridge did not keep up.
        var refused: UInt64
    }

    let configuration: Configuration
    let output: LinkedQueues
    let logger: Logger

    /// Captures until `isStopping` says so.
    ///
    /// - Parameters:
    ///   - onActive: called once programs are attached, and before anything is read of what they write.
    ///   - isStopping: asked after each pass.
    /// - Throws: ``CaptureError`` when capturing is not possible, or not any more; what `onActive` throws.
    func run(onActive: () throws -> Void, isStopping: () -> Bool) throws -> Counted {
        var source = try LiveCapture(options: configuration.captureOptions)
        try onActive()
        // Rings fill while this thread waits for a processor, and what does not fit is lost.
        OSThread.raisePriority()
        logger.info("capture active", metadata: ["hook": "\(source.hook.rawValue)"])
        var correlator = Correlator(options: configuration.correlateOptions)
        var observed = ObservationBatch()
        var linked = output.spare()
        var refused: UInt64 = 0
        while !isStopping() {
            _ = try source.fill(&observed)
            correlator.consume(observed, into: &linked)
            observed.removeAll()
            refused += output.send(&linked)
        }
        source.finish(&observed)
        correlator.consume(observed, into: &linked)
        correlator.finish(into: &linked)
        refused += output.send(&linked)
        return Counted(capture: source.counters, correlate: correlator.counters, refused: refused)
    }
}
