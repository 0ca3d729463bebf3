/// Sends telemetry by OTLP/gRPC (https://opentelemetry.io/docs/specs/otlp/#otlpgrpc): unary calls over one HTTP/2
/// connection that is kept, several at once. A proxy named by `https_proxy` and its like is asked for a tunnel.
///
/// CANCELLED, DEADLINE_EXCEEDED, ABORTED, OUT_OF_RANGE, UNAVAILABLE, DATA_LOSS, no answer and no connection are tried
/// again, and RESOURCE_EXHAUSTED if the backend says when (RetryInfo), after the time that it names or with exponential
/// backoff; everything else is dropped and counted. A partial success is not sent again.
///
/// A request over 4 MiB, which is what receivers take by default, is sent in parts, one after the other; each part is
/// settled by itself. One item is sent whole however large.
public final class OTLPGRPCExporter: QueuedExporter {
    /// Its name in the configuration.
    public let name: String
    /// What it takes.
    public let signal: Signal

    private let settings: OTLPGRPCSettings
    private let log: ExporterLog
    private let multi: CurlMulti?
    private let reached = Backend()
    /// Its queue and thread.
    public let delivery: QueuedDelivery

    /// An exporter that has not been started; it takes batches already.
    public init(name: String, signal: Signal = .traces, settings: OTLPGRPCSettings, log: ExporterLog) {
        self.name = name
        self.signal = signal
        self.settings = settings
        self.log = log
        let multi = CurlMulti(sharesConnection: true)
        self.multi = multi
        delivery = QueuedDelivery(
            makeQueue(settings: settings.queue, name: name, signal: signal, log: log) { multi?.wake() })
    }

    /// Starts its thread.
    /// - Throws: ``ExporterError`` when the endpoint is none, a header is none, or a TLS file cannot be read or is
    ///   broken.
    public func start() throws {
        guard let multi else { throw ExporterError("libcurl has no memory for \(name)") }
        let plan = try DeliveryPlan(
            name: name, signal: signal, binding: GRPCBinding(settings, signal), retry: settings.retry,
            queue: settings.queue, log: log)
        reached.isReached(by: plan, from: delivery.queue)
        try delivery.start(name: "otlp-grpc") { [queue = delivery.queue, reached] in plan.run(queue, multi, reached) }
    }

    /// See ``Exporter/backend``.
    public var backend: Backend? { reached }
}
