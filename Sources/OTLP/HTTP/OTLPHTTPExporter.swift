/// Sends telemetry by OTLP/HTTP (https://opentelemetry.io/docs/specs/otlp/#otlphttp), as protobuf or JSON, over kept
/// connections. A proxy named by `http_proxy` and its like is used as curl uses it.
///
/// 429, 502, 503, 504, no answer and no connection are tried again, after `Retry-After` or with exponential backoff;
/// everything else is dropped and counted. A partial success is not sent again.
public final class OTLPHTTPExporter: QueuedExporter {
    /// Its name in the configuration.
    public let name: String
    /// What it takes.
    public let signal: Signal

    private let settings: OTLPHTTPSettings
    private let log: ExporterLog
    private let multi: CurlMulti?
    private let reached = Backend()
    /// Its queue and thread.
    public let delivery: QueuedDelivery

    /// An exporter that has not been started; it takes batches already.
    public init(name: String, signal: Signal = .traces, settings: OTLPHTTPSettings, log: ExporterLog) {
        self.name = name
        self.signal = signal
        self.settings = settings
        self.log = log
        let multi = CurlMulti()
        self.multi = multi
        delivery = QueuedDelivery(
            makeQueue(settings: settings.queue, name: name, signal: signal, log: log) { multi?.wake() })
    }

    /// Starts its thread.
    /// - Throws: ``ExporterError`` when the endpoint is no http or https URL, a header is none, or a TLS file cannot be
    ///   read or is broken.
    public func start() throws {
        guard let multi else { throw ExporterError("libcurl has no memory for \(name)") }
        let plan = try DeliveryPlan(
            name: name, signal: signal, binding: HTTPBinding(settings), retry: settings.retry,
            queue: settings.queue, log: log)
        reached.isReached(by: plan, from: delivery.queue)
        try delivery.start(name: "otlp-http") { [queue = delivery.queue, reached] in plan.run(queue, multi, reached) }
    }

    /// See ``Exporter/backend``.
    public var backend: Backend? { reached }
}
