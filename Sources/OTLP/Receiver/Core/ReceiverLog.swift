import Threading

/// Says what people should know of a receiver, each kind of it once per interval. Lives on the event loop.
final class ReceiverLog {
    /// What is said, apart from its words.
    enum Kind: Hashable {
        case malformed
        case tooLarge
        case busy
        case full
        case noPipeline(Signal)
        case late
        case connections
        case handshake
        case protocolError
        case certificate
    }

    private let name: String
    private let log: ExporterLog
    private var throttle = LogThrottle<Kind>()

    /// - Parameter name: the receiver's in the configuration.
    init(name: String, log: ExporterLog) {
        self.name = name
        self.log = log
    }

    /// Says something, unless the same kind of thing was said just before.
    func warn(_ kind: Kind, _ line: @autoclosure () -> String) {
        guard let suppressed = throttle.admit(kind, now: Monotonic.now()) else { return }
        log.warn("\(name): \(line())" + (suppressed > 0 ? " (and \(suppressed) times before)" : ""))
    }

    /// Says that a request was refused. What the peer wrote is not in it.
    func warn(about refusal: ExportRefusal) {
        let kind: Kind =
            switch refusal {
            case .malformed: .malformed
            case .tooLarge: .tooLarge
            case .busy: .busy
            case .full: .full
            case .noPipeline(let signal): .noPipeline(signal)
            case .late: .late
            }
        warn(kind, "a request was refused: \(refusal.message.printable())")
    }
}
