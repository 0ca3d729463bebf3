internal import Capture

/// What marks are those of which kind of telemetry.
extension RequestMarks {
    /// OTLP/gRPC's port, which it has from IANA.
    private static let portOfOTLP: UInt16 = 4317

    /// Calls, by their service.
    func gRPC(_ fields: borrowing FieldBuffer) -> TelemetryKind? {
        guard isHTTP2 else { return nil }
        if let service, service.count > 0 { return fields.withBytes(of: service) { Self.kind(ofService: $0) } }
        if target.count > 0 {
            // Whether it is a call may be among what was said before the connection was met.
            guard contentType.count == 0, isPost(fields) else { return nil }
            return fields.withBytes(of: target) { path in
                path.first == UInt8(ascii: "/")
                    ? Self.kind(ofService: UnsafeRawBufferPointer(rebasing: path[1...])) : nil
            }
        }
        // Exporters keep one connection for good. Of one that was met in the middle nothing but what is sent to which port
        // tells what it is.
        guard method.count == 0 || isPost(fields) else { return nil }
        return carriesTelemetry || serverPort == Self.portOfOTLP ? .otlp : nil
    }

    /// OTLP/HTTP: by a binary body where OTLP has its paths, or by an exporter that says to be one.
    func otlp(_ fields: borrowing FieldBuffer) -> TelemetryKind? {
        guard isPost(fields) else { return nil }
        let isBinary = hasType("application/x-protobuf", fields)
        guard isBinary || hasType("application/json", fields) else { return nil }
        let isExporter =
            isAgent("OTel-OTLP-Exporter-", fields) || isAgent("OTel OTLP Exporter ", fields)
            || isAgent("OTel Go OTLP over HTTP", fields)
        if isExporter { return .otlp }
        guard isBinary || isAgent("OpenTelemetry Collector", fields) else { return nil }
        let isPath =
            endsPath("/v1/traces", fields) || endsPath("/v1/metrics", fields) || endsPath("/v1/logs", fields)
            || endsPath("/v1development/profiles", fields)
        return isPath ? .otlp : nil
    }

    /// What Jaeger and Zipkin take over HTTP.
    func ingest(_ fields: borrowing FieldBuffer) -> TelemetryKind? {
        guard isPost(fields) else { return nil }
        let isThrift =
            hasType("application/x-thrift", fields) || hasType("application/vnd.apache.thrift.binary", fields)
        if isThrift {
            if endsPath("/api/traces", fields) { return .jaeger }
            return endsPath("/api/v1/spans", fields) ? .zipkin : nil
        }
        if hasType("application/x-protobuf", fields) { return endsPath("/api/v2/spans", fields) ? .zipkin : nil }
        // JSON is anybody's: the whole path, and nobody who is traced himself.
        guard !hasContext, hasType("application/json", fields) else { return nil }
        return isPath("/api/v2/spans", fields) || isPath("/api/v1/spans", fields) ? .zipkin : nil
    }

    /// Scrapes and probes: who asks.
    func inquiry(_ fields: borrowing FieldBuffer) -> TelemetryKind? {
        let isGet = fields.withBytes(of: method) { Self.isEqual($0, "GET") }
        guard isGet || fields.withBytes(of: method, { Self.isEqual($0, "HEAD") }) else { return nil }
        if isGet, hasScrapeTimeout || isAgent("Prometheus/", fields) { return .scrape }
        let isProbe =
            isAgent("kube-probe/", fields) || isAgent("ELB-HealthChecker/", fields) || isAgent("GoogleHC/", fields)
            || isAgent("Consul Health Check", fields)
        return isProbe ? .probe : nil
    }

    /// By the beginning of a service's name: the packages are those projects' own.
    private static func kind(ofService name: UnsafeRawBufferPointer) -> TelemetryKind? {
        if begins(name, "opentelemetry.proto.") { return .otlp }
        if begins(name, "skywalking.v3.") { return .skywalking }
        if isService(name, "jaeger.api_v2.CollectorService") || isService(name, "jaeger.api_v2.SamplingManager") {
            return .jaeger
        }
        return isService(name, "grpc.health.v1.Health") ? .probe : nil
    }
}
