internal import Capture

/// What an exchange is that serves observation rather than what is observed: telemetry on its way to where it is kept, a
/// scrape or a probe. With `receivers.ebpf.telemetry: drop` it is counted and not exported.
///
/// Told by what the request's head says, so that both ends are judged alike, and by nothing that an application's own
/// requests may look like: never by a path alone (docs/telemetry.md has the marks). A value whose case is not the usual
/// one is none of these.
enum TelemetryKind: UInt8, Sendable, CaseIterable {
    /// OpenTelemetry's protocol, OTLP/gRPC and OTLP/HTTP (https://opentelemetry.io/docs/specs/otlp/).
    case otlp
    /// SkyWalking's protocol, as its agents speak it to a backend: gRPC
    /// (https://github.com/apache/skywalking-data-collect-protocol).
    case skywalking
    /// Jaeger's own protocols: gRPC, and Thrift over HTTP (https://www.jaegertracing.io/docs/1.76/architecture/apis/).
    case jaeger
    /// Zipkin's API (https://zipkin.io/zipkin-api/).
    case zipkin
    /// A scrape of metrics, as Prometheus and its like make them
    /// (https://prometheus.io/docs/instrumenting/content_negotiation/).
    case scrape
    /// A question whether a service is well: gRPC's protocol for it, or who asks over HTTP.
    case probe
    /// None of these, but certainly made on behalf of one: the database's ping of a health check.
    case caused

    /// What a request is, by its head; nil when it is no telemetry, or cannot surely be told to be.
    init?(_ exchange: Exchange, _ fields: borrowing FieldBuffer) {
        switch exchange.protocol {
        case .http1, .http2, .fastcgi: break
        default: return nil
        }
        let marks = RequestMarks(exchange, fields)
        guard let kind = marks.gRPC(fields) ?? marks.otlp(fields) ?? marks.ingest(fields) ?? marks.inquiry(fields)
        else {
            return nil
        }
        self = kind
    }
}

/// A counter for each ``TelemetryKind``.
struct TelemetryCounters: Sendable, Equatable {
    private var counts = [UInt64](repeating: 0, count: TelemetryKind.allCases.count)

    /// How many were of a kind.
    subscript(kind: TelemetryKind) -> UInt64 {
        get { counts[Int(kind.rawValue)] }
        set { counts[Int(kind.rawValue)] = newValue }
    }

    /// All of them.
    var total: UInt64 { counts.reduce(0, &+) }

    /// Each kind by its name, with how many there were.
    var named: [(name: String, count: UInt64)] { TelemetryKind.allCases.map { ("\($0)", self[$0]) } }
}
