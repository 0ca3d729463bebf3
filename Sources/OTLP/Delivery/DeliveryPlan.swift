import Threading

/// What a delivery thread needs, checked before the thread begins.
struct DeliveryPlan: Sendable {
    /// The exporter's name.
    let name: String
    /// What it delivers.
    let signal: Signal
    /// OTLP/HTTP or OTLP/gRPC.
    let binding: any ProtocolBinding
    /// `retry_on_failure`.
    let retry: RetrySettings
    /// How many requests may be on their way at once.
    let consumers: Int
    /// Most items of a request; 0: no limit.
    let largestCount: Int
    /// Where it says what people should know.
    let log: ExporterLog

    private let source: PEMSource
    private let pem: PEM

    /// A plan.
    /// - Throws: ``ExporterError`` when libcurl does not take the settings, or a TLS file cannot be read or is broken.
    init(
        name: String, signal: Signal, binding: any ProtocolBinding, retry: RetrySettings, queue: QueueSettings,
        log: ExporterLog
    ) throws {
        self.name = name
        self.signal = signal
        self.binding = binding
        self.retry = retry
        consumers = max(queue.consumers, 1)
        largestCount = queue.batch.maxSize
        self.log = log
        source = PEMSource(binding.options.tls, systemBundle: TLSCredentials.systemBundle())
        pem = try source.read()
        guard Transfer(binding) != nil else { throw ExporterError("libcurl does not take the settings of \(name)") }
    }

    /// Delivers until the queue was closed and everything is settled. For the delivery thread.
    func run(_ queue: any DeliveryQueue, _ multi: CurlMulti, _ backend: Backend) {
        let reloader = TLSReloader(binding.options.tls, pem, now: Monotonic.now(), read: source.read)
        DeliveryLoop(self, reloader, queue, multi, backend).run()
    }

    /// The certificates and keys as they are in their files now.
    func credentials() throws -> TLSCredentials {
        TLSCredentials(try source.read(), includesSystem: binding.options.tls.includeSystemCACertsPool)
    }
}
