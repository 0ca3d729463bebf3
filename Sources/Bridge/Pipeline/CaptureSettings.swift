internal import Capture
internal import Correlate
internal import Synchronization
internal import Threading

/// What the capture thread goes by, and can go by another of while it runs.
struct CaptureSettings: Sendable {
    /// Which headers and values of requests are looked at.
    var headers: HeaderSelection
    var values: ValueSelection
    /// How parents are looked for.
    var correlate: CorrelateOptions

    /// What a configuration says.
    init(_ configuration: Configuration) {
        headers = configuration.headerSelection
        values = configuration.valueSelection
        correlate = configuration.correlateOptions
    }
}

/// How capturing is told of another configuration while it goes on.
final class CaptureControls: Sendable {
    /// For the capture thread, which looks for it after each pass.
    let settings = Handover<CaptureSettings>()
    private let selector = Mutex<ProcessSelector?>(nil)

    /// Who has processes judged, once there is somebody.
    func selects(by selector: ProcessSelector) { self.selector.withLock { $0 = selector } }

    /// Has processes judged by other rules; nil: everything in scope is watched.
    func select(_ judge: (any ProcessJudge)?) { selector.withLock { $0 }?.use(judge) }
}
