internal import Capture
internal import Correlate
internal import OTLP
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

/// What other threads tell capturing while it goes on, and ask of it.
final class CaptureControls: Sendable {
    /// For the capture thread, which looks for it after each pass.
    let settings = Handover<CaptureSettings>()
    private let selector = Mutex<ProcessSelector?>(nil)
    private let callers = Mutex<CallerTable?>(nil)

    /// Who has processes judged, once there is somebody.
    func selects(by selector: ProcessSelector) { self.selector.withLock { $0 = selector } }

    /// Who knows which processes talk to us, once there is somebody.
    func asks(_ table: CallerTable) { callers.withLock { $0 = table } }

    /// The process that sent us something; nil where it is not known: it comes from elsewhere, or is not watched.
    func process(of sender: SenderAddress) -> ProcessKey? {
        let place = Endpoint(
            family: sender.isIPv6 ? .ipv6 : .ipv4, port: sender.port, high: sender.high, low: sender.low)
        return callers.withLock { $0 }?.process(at: place, listener: sender.listener)
    }

    /// Has processes judged by other rules; nil: everything in scope is watched.
    func select(_ judge: (any ProcessJudge)?) { selector.withLock { $0 }?.use(judge) }
}
