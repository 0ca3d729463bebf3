internal import Propagation

/// What the OpenTelemetry specification's environment variables say, as far as this agent heeds them.
///
/// An empty variable is unset; a bad value is a warning, and the default holds.
struct StandardVariables {
    /// Which exporter the variables describe.
    enum Exporter: Equatable {
        case otlpHTTP
        case otlpGRPC
        case console
        case none

        /// The type of its section; nil when there is none.
        var type: String? {
            switch self {
            case .otlpHTTP: OTLPHTTPConfiguration.type
            case .otlpGRPC: OTLPGRPCConfiguration.type
            case .console: DebugExporterConfiguration.type
            case .none: nil
            }
        }
    }

    /// A key that a variable sets.
    struct Setting {
        var path: [String]
        var node: ConfigurationNode
    }

    /// What the variables say of one type of OTLP exporter.
    struct Section {
        /// What they set below it.
        var settings: [Setting] = []
        /// Keys that a variable replaces by setting another: an endpoint for one signal by that for all.
        var replaced: [String] = []
        /// Bad values, to be told where the section is in use.
        var warnings: [String] = []
    }

    /// `OTEL_TRACES_EXPORTER`, and the protocol.
    private(set) var exporter = Exporter.otlpHTTP
    /// The variable that chose a protocol.
    private(set) var protocolVariable: String?
    /// What is set below `exporters.otlp_http`.
    private(set) var http = Section()
    /// What is set below `exporters.otlp_grpc`.
    private(set) var grpc = Section()
    /// What the variables set elsewhere, by whole paths.
    private(set) var settings: [Setting] = []
    /// `OTEL_PROPAGATORS`, as `propagators` of `merge`; nil when it says nothing.
    private(set) var propagators: ConfigurationNode?
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
        readHTTPEndpoints()
        readGRPCEndpoint()
        readProtocol()
        readHeaders()
        readTransport()
        readBatching()
        readAgent()
        readPropagators()
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

    /// Sets a key of both types of OTLP exporters.
    private mutating func setExporter(_ path: String..., to text: String, from name: String) {
        let setting = Setting(path: path, node: ConfigurationNode(.scalar(text), .environment(name)))
        http.settings.append(setting)
        grpc.settings.append(setting)
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

    private mutating func readHTTPEndpoints() {
        let signals = ["TRACES_", "METRICS_", "LOGS_"].map { ($0 + "ENDPOINT", $0.lowercased() + "endpoint") }
        for (suffix, key) in [("ENDPOINT", "endpoint")] + signals {
            let name = Self.exporterPrefix + suffix
            guard let value = value(name) else { continue }
            guard HTTPURL(value) != nil else {
                let found = "found '\(printable(value))'; it is ignored"
                http.warnings.append("\(name): expected a URL such as http://localhost:4318, \(found)")
                continue
            }
            http.settings.append(Setting(path: [key], node: ConfigurationNode(.scalar(value), .environment(name))))
            // Of a signal the endpoint for all is as good as its own, when that is not given.
            if key == "endpoint" { http.replaced = signals.map(\.1) }
        }
    }

    private mutating func readGRPCEndpoint() {
        for name in ["TRACES_ENDPOINT", "ENDPOINT"].map({ Self.exporterPrefix + $0 }) {
            guard let value = value(name) else { continue }
            guard let endpoint = GRPCEndpoint(value) else {
                let found = "found '\(printable(value))'; it is ignored"
                grpc.warnings.append("\(name): expected an endpoint such as http://localhost:4317, \(found)")
                continue
            }
            // gRPC's paths are its own: one that is written for HTTP has no meaning.
            let text = String(value.dropLast(endpoint.path.count))
            grpc.settings.append(
                Setting(path: ["endpoint"], node: ConfigurationNode(.scalar(text), .environment(name))))
            break
        }
        guard let (name, value) = exporterValue("INSECURE") else { return }
        // A boolean is true only for `true` in any case. It counts for an endpoint without a scheme alone.
        let text = value.lowercased() == "true" ? "true" : "false"
        grpc.settings.append(
            Setting(path: ["tls", "insecure"], node: ConfigurationNode(.scalar(text), .environment(name))))
    }

    private mutating func readProtocol() {
        guard let (name, value) = exporterValue("PROTOCOL") else { return }
        func encode(_ encoding: String) -> Setting {
            Setting(path: ["encoding"], node: ConfigurationNode(.scalar(encoding), .environment(name)))
        }
        protocolVariable = name
        switch value.lowercased() {
        case "http/protobuf": http.settings.append(encode("proto"))
        case "http/json": http.settings.append(encode("json"))
        case "grpc": if exporter == .otlpHTTP { exporter = .otlpGRPC }
        default:
            protocolVariable = nil
            warn(name, "expected grpc, http/protobuf or http/json, found '\(printable(value))'; http/protobuf it is")
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
        let setting = Setting(path: ["headers"], node: ConfigurationNode(.mapping(entries), .environment(name)))
        http.settings.append(setting)
        grpc.settings.append(setting)
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
    }

    /// The specification's names, and ours for what it has none. `baggage` carries no context.
    private mutating func readPropagators() {
        let variable = "OTEL_PROPAGATORS"
        guard let value = value(variable) else { return }
        let type = ConfigurationValueType.choice(Propagator.configurable, aliases: ["b3multi": .b3])
        var known: [Propagator] = []
        var isUnderstood = false
        for name in value.split(separator: ",").map({ HeaderList.trim($0) }) {
            if let propagator = type.parse(name) {
                if !known.contains(propagator) { known.append(propagator) }
            } else if !["baggage", "none"].contains(name.lowercased()) {
                warn(variable, type.complaint(about: name) + "; it is ignored")
                continue
            }
            isUnderstood = true
        }
        guard isUnderstood else { return }
        let origin = ConfigurationNode.Origin.environment(variable)
        propagators = ConfigurationNode(
            .sequence(known.map { ConfigurationNode(.scalar($0.rawValue), origin) }), origin)
    }

    private func printable(_ text: String) -> String { ConfigurationProblems.printable(HTTPURL.masked(text)) }
}
