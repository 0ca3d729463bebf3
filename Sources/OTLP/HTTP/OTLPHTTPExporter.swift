import CLibCurl
import Glibc

/// Sends spans by OTLP/HTTP (https://opentelemetry.io/docs/specs/otlp/#otlphttp), as protobuf or JSON, over kept
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
    ///   read.
    public func start() throws {
        try settings.validate()
        guard let multi, HTTPTransfer(settings) != nil else {
            throw ExporterError("libcurl does not take the settings of \(name)")
        }
        try delivery.start(name: "otlp-http") { [name, signal, settings, queue = delivery.queue, log] in
            HTTPDelivery(
                name: name, signal: signal, settings: settings, queue: queue, multi: multi, log: log
            ).run()
        }
    }
}

extension OTLPHTTPSettings {
    /// Finds what cannot work before anything is sent.
    func validate() throws {
        let url = curl_url()
        defer { curl_url_cleanup(url) }
        var scheme: UnsafeMutablePointer<CChar>?
        guard curl_url_set(url, CURLUPART_URL, endpoint, UInt32(CURLU_NON_SUPPORT_SCHEME)) == CURLUE_OK,
            curl_url_get(url, CURLUPART_SCHEME, &scheme, 0) == CURLUE_OK, let scheme
        else { throw ExporterError("endpoint: a URL such as http://localhost:4318/v1/traces was expected") }
        defer { curl_free(scheme) }
        guard ["http", "https"].contains(String(cString: scheme)) else {
            throw ExporterError("endpoint: http or https was expected, not \(String(cString: scheme).printable())")
        }
        for (name, value) in headers {
            guard !name.isEmpty, name.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F && $0 != UInt8(ascii: ":") }),
                value.utf8.allSatisfy({ $0 >= 0x20 && $0 != 0x7F || $0 == 0x09 })
            else { throw ExporterError("headers: \(name.printable()): a name and a value on one line were expected") }
        }
        for (key, path) in [("ca_file", tls.caFile), ("cert_file", tls.certFile), ("key_file", tls.keyFile)] {
            guard let path, access(path, R_OK) != 0 else { continue }
            throw ExporterError("tls.\(key): \(path.printable()): \(String(cString: strerror(errno)))")
        }
    }
}
