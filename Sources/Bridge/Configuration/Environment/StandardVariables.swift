/// What the OpenTelemetry specification's environment variables say, as far as this agent heeds them.
///
/// An empty variable is unset; a bad value is a warning, and the default holds.
struct StandardVariables {
    /// Which exporter the variables describe.
    enum Exporter: Equatable {
        case otlpHTTP
        /// Named by this variable, and not in this version.
        case grpc(variable: String)
        case console
        case none
    }

    /// A key of `exporters.otlp_http` (or another path) that a variable sets.
    struct Setting {
        var path: [String]
        var node: ConfigurationNode
    }

    /// `OTEL_TRACES_EXPORTER`, and the protocol.
    private(set) var exporter = Exporter.otlpHTTP
    /// What the variables set below `exporters.otlp_http`.
    private(set) var exporterSettings: [Setting] = []
    /// What the variables set elsewhere, by whole paths.
    private(set) var settings: [Setting] = []
    /// Whether the endpoint is given for all signals and none for traces.
    private(set) var replacesTracesEndpoint = false
    /// `OTEL_SDK_DISABLED`.
    private(set) var isDisabled = false
    /// `OTEL_SERVICE_NAME` and `OTEL_RESOURCE_ATTRIBUTES`, for the agent itself.
    private(set) var resource: [(String, String)] = []
    /// Bad values, a line each; never with the value of a header.
    private(set) var warnings: [String] = []

    private let environment: [String: String]

    /// Reads the variables.
    init(_ environment: [String: String]) {
        self.environment = environment
        readExporter()
        readEndpoints()
        readProtocol()
        readHeaders()
        readTransport()
        readBatching()
        readAgent()
        warnOfLater()
    }

    private static let exporterPrefix = "OTEL_EXPORTER_OTLP_"

    private func value(_ name: String) -> String? {
        guard let value = environment[name].map(HeaderList.trim), !value.isEmpty else { return nil }
        return value
    }

    /// The traces form of an exporter's variable, else the general one.
    private func exporterValue(_ name: String) -> (name: String, value: String)? {
        for name in [Self.exporterPrefix + "TRACES_" + name, Self.exporterPrefix + name] {
            if let value = value(name) { return (name, value) }
        }
        return nil
    }

    private mutating func warn(_ name: String, _ message: String) { warnings.append("\(name): \(message)") }

    private mutating func setExporter(_ path: String..., to text: String, from name: String) {
        exporterSettings.append(Setting(path: path, node: ConfigurationNode(.scalar(text), .environment(name))))
    }

    private mutating func readExporter() {
        guard let value = value("OTEL_TRACES_EXPORTER") else { return }
        switch value.lowercased() {
        case "otlp": exporter = .otlpHTTP
        case "console": exporter = .console
        case "none": exporter = .none
        default: warn("OTEL_TRACES_EXPORTER", "expected otlp, console or none, found '\(printable(value))'; otlp it is")
        }
    }

    private mutating func readEndpoints() {
        let general = Self.exporterPrefix + "ENDPOINT"
        let traces = Self.exporterPrefix + "TRACES_ENDPOINT"
        for (name, key) in [(general, "endpoint"), (traces, "traces_endpoint")] {
            guard let value = value(name) else { continue }
            guard HTTPURL(value) != nil else {
                warn(name, "expected a URL such as http://localhost:4318, found '\(printable(value))'; it is ignored")
                continue
            }
            setExporter(key, to: value, from: name)
            replacesTracesEndpoint = key == "endpoint"
        }
    }

    private mutating func readProtocol() {
        guard let (name, value) = exporterValue("PROTOCOL") else { return }
        switch value.lowercased() {
        case "http/protobuf": setExporter("encoding", to: "proto", from: name)
        case "http/json": setExporter("encoding", to: "json", from: name)
        case "grpc": if exporter == .otlpHTTP { exporter = .grpc(variable: name) }
        default: warn(name, "expected http/protobuf or http/json, found '\(printable(value))'; http/protobuf it is")
        }
    }

    private mutating func readHeaders() {
        guard let (name, value) = exporterValue("HEADERS") else { return }
        var entries: [ConfigurationNode.Entry] = []
        for pair in HeaderList.parse(value) {
            guard let (key, value) = pair, HeaderList.isFieldName(key), HeaderList.isFieldValue(value) else {
                warn(name, "expected key=value pairs with commas between them; one that is none is ignored")
                continue
            }
            let node = ConfigurationNode(.scalar(value), .environment(name))
            entries.append(.init(key: key, origin: .environment(name), value: node))
        }
        guard !entries.isEmpty else { return }
        exporterSettings.append(
            Setting(path: ["headers"], node: ConfigurationNode(.mapping(entries), .environment(name))))
    }

    private mutating func readTransport() {
        if let (name, value) = exporterValue("COMPRESSION") {
            if OTLPHTTPConfiguration.Compression(rawValue: value.lowercased()) != nil {
                setExporter("compression", to: value, from: name)
            } else {
                warn(name, "expected gzip or none, found '\(printable(value))'; it is ignored")
            }
        }
        if let milliseconds = milliseconds("OTEL_BSP_EXPORT_TIMEOUT") {
            setExporter("timeout", to: milliseconds, from: "OTEL_BSP_EXPORT_TIMEOUT")
        }
        if let name = exporterValue("TIMEOUT")?.name, let milliseconds = milliseconds(name) {
            setExporter("timeout", to: milliseconds, from: name)
        }
        for (variable, key) in [
            ("CERTIFICATE", "ca_file"), ("CLIENT_CERTIFICATE", "cert_file"), ("CLIENT_KEY", "key_file"),
        ] {
            guard let (name, value) = exporterValue(variable) else { continue }
            setExporter("tls", key, to: value, from: name)
        }
    }

    /// The duration of a variable in milliseconds, 1 ms to 1 h.
    private mutating func milliseconds(_ name: String) -> String? {
        number(name, 1...3_600_000).map { "\($0)ms" }
    }

    private mutating func number(_ name: String, _ range: ClosedRange<UInt64>) -> UInt64? {
        guard let value = value(name) else { return nil }
        if let number = UInt64(value), range.contains(number) { return number }
        let bounds = "\(range.lowerBound) to \(range.upperBound)"
        warn(name, "expected a whole number of \(bounds), found '\(printable(value))'; it is ignored")
        return nil
    }

    private mutating func readBatching() {
        if let delay = number("OTEL_BSP_SCHEDULE_DELAY", 1...600_000) {
            setExporter("sending_queue", "batch", "flush_timeout", to: "\(delay)ms", from: "OTEL_BSP_SCHEDULE_DELAY")
        }
        let queue = number("OTEL_BSP_MAX_QUEUE_SIZE", 1...10_000_000)
        if let queue {
            setExporter("sending_queue", "queue_size", to: "\(queue)", from: "OTEL_BSP_MAX_QUEUE_SIZE")
            setExporter("sending_queue", "sizer", to: "items", from: "OTEL_BSP_MAX_QUEUE_SIZE")
        }
        let batch = number("OTEL_BSP_MAX_EXPORT_BATCH_SIZE", 1...1_000_000)
        guard queue != nil || batch != nil else { return }
        // A batch must fit into the queue; 512 is the specification's default.
        let size = min(batch ?? 512, queue ?? .max)
        let name = batch == nil ? "OTEL_BSP_MAX_QUEUE_SIZE" : "OTEL_BSP_MAX_EXPORT_BATCH_SIZE"
        for key in ["min_size", "max_size"] {
            setExporter("sending_queue", "batch", key, to: "\(size)", from: name)
        }
    }

    private mutating func readAgent() {
        // A boolean is true only for `true` in any case, whatever else is written.
        isDisabled = value("OTEL_SDK_DISABLED")?.lowercased() == "true"
        if let value = value("OTEL_LOG_LEVEL") {
            let type = ConfigurationValueType<LogsConfiguration.Level>.choice(aliases: LogsConfiguration.levelAliases)
            if let level = type.parse(value) {
                let node = ConfigurationNode(.scalar(level.rawValue), .environment("OTEL_LOG_LEVEL"))
                settings.append(Setting(path: ["service", "telemetry", "logs", "level"], node: node))
            } else {
                warn("OTEL_LOG_LEVEL", type.complaint(about: value) + "; it is ignored")
            }
        }
        if let value = value("OTEL_RESOURCE_ATTRIBUTES") {
            let pairs = HeaderList.parse(value)
            if pairs.contains(where: { $0 == nil }) {
                warn(
                    "OTEL_RESOURCE_ATTRIBUTES",
                    "expected key=value pairs with commas between them; all of it is ignored")
            } else {
                for (key, value) in pairs.compactMap(\.self) { setResource(key, value) }
            }
        }
        if let name = value("OTEL_SERVICE_NAME") { setResource("service.name", name) }
    }

    private mutating func setResource(_ key: String, _ value: String) {
        resource.removeAll { $0.0 == key }
        resource.append((key, value))
    }

    private mutating func warnOfLater() {
        if let sampler = value("OTEL_TRACES_SAMPLER"), sampler != "parentbased_always_on" {
            warn("OTEL_TRACES_SAMPLER", "sampling is not available in this version; parentbased_always_on it is")
        }
        if let value = value("OTEL_PROPAGATORS") {
            let names = value.split(separator: ",").map { HeaderList.trim($0) }
            for name in names where name != "tracecontext" && name != "baggage" {
                warn("OTEL_PROPAGATORS", "'\(printable(name))' is not available in this version")
            }
        }
    }

    private func printable(_ text: String) -> String { ConfigurationProblems.printable(HTTPURL.masked(text)) }
}
