/// A value for every `INTERSPAN_...` variable that the reference names.
enum DocumentedVariables {
    /// What is set besides, so that everything is in use and each key can be set alone.
    static let base: [String: String] = prefixed([
        "EXPORTERS__FILE__PATH": "/default", "EXPORTERS__OTLP_HTTP__SENDING_QUEUE__BATCH__MIN_SIZE": "5",
        "EXPORTERS__OTLP_GRPC__SENDING_QUEUE__BATCH__MIN_SIZE": "5",
        "EXPORTERS__OTLP_HTTP_BASE__SENDING_QUEUE__STORAGE": "file_storage",
        "EXTENSIONS__FILE_STORAGE__DIRECTORY": "/default",
        "SERVICE__PIPELINES__TRACES__EXPORTERS": "otlp_grpc,otlp_http,otlp_http/base,file,debug",
        "SERVICE__PIPELINES__TRACES__PROCESSORS": "batch,sample",
        "SERVICE__PIPELINES__TRACES__RECEIVERS": "ebpf,otlp",
        grpc + "TLS__CERT_FILE": "/default", grpc + "TLS__KEY_FILE": "/default", http + "TLS__CERT_FILE": "/default",
        http + "TLS__KEY_FILE": "/default",
    ])

    /// Those that can say one thing only, and the list of extensions, which follows from who names them.
    static let withoutEffect = Set(
        prefixed([
            grpc + "TRANSPORT": "", http + "TRANSPORT": "", "EXPORTERS__FILE__FORMAT": "",
            "EXPORTERS__OTLP_GRPC__SENDING_QUEUE__WAIT_FOR_RESULT": "",
            "EXPORTERS__OTLP_HTTP__SENDING_QUEUE__WAIT_FOR_RESULT": "", "SERVICE__EXTENSIONS": "",
        ]).keys)

    /// A value that is not the default.
    static let values: [String: String] = {
        var values = single
        for exporter in ["EXPORTERS__OTLP_GRPC__", "EXPORTERS__OTLP_HTTP__"] {
            for (key, value) in ofExporters { values[exporter + key] = value }
        }
        for place in [grpc, http] { for (key, value) in ofServers { values[place + key] = value } }
        for signal in ["METRICS", "LOGS"] {
            values["SERVICE__PIPELINES__\(signal)__RECEIVERS"] = "otlp"
            values["SERVICE__PIPELINES__\(signal)__PROCESSORS"] = "batch"
            values["SERVICE__PIPELINES__\(signal)__EXPORTERS"] = "otlp_grpc"
        }
        return prefixed(values)
    }()

    /// The base with one more variable, and what that one needs or excludes.
    static func environment(setting name: String, to value: String) -> [String: String] {
        var environment = base
        environment[name] = value
        for (key, other) in [("CERT_PEM", "CERT_FILE"), ("KEY_PEM", "KEY_FILE")] where name.hasSuffix(key) {
            environment[name.dropLast(key.count) + other] = nil
        }
        for (key, other) in [("CERT", "KEY_FILE"), ("KEY", "CERT_FILE")] {
            for kind in ["_FILE", "_PEM"] where name.hasSuffix("TLS__" + key + kind) {
                let place = name.dropLast((key + kind).count)
                if environment[place + other] == nil { environment[place + other] = "/other" }
            }
        }
        return environment
    }

    private static let grpc = "RECEIVERS__OTLP__PROTOCOLS__GRPC__"
    private static let http = "RECEIVERS__OTLP__PROTOCOLS__HTTP__"

    private static func prefixed(_ values: [String: String]) -> [String: String] {
        Dictionary(uniqueKeysWithValues: values.map { ("INTERSPAN_" + $0.key, $0.value) })
    }

    private static let single: [String: String] = [
        "RECEIVERS__EBPF__SELECT": "[{ports: [80]}]", "RECEIVERS__EBPF__EXCLUDE": "[{user: root}]",
        "RECEIVERS__EBPF__HOOK": "fexit", "RECEIVERS__EBPF__PAYLOAD_LIMIT": "512",
        "RECEIVERS__EBPF__RING_BUFFER": "1MiB", "RECEIVERS__EBPF__PEERS": "10.0.0.0/8,fd00::/8",
        "RECEIVERS__EBPF__TELEMETRY": "keep",
        grpc + "MAX_RECV_MSG_SIZE_MIB": "9",
        grpc + "MAX_CONCURRENT_STREAMS": "9", http + "MAX_REQUEST_BODY_SIZE": "9", http + "TRACES_URL_PATH": "/t",
        http + "METRICS_URL_PATH": "/m", http + "LOGS_URL_PATH": "/l", "PROCESSORS__CORRELATE__ENABLED": "false",
        "PROCESSORS__CORRELATE__WINDOW": "3s", "PROCESSORS__CORRELATE__MIN_CONFIDENCE": "0.25",
        "PROCESSORS__CORRELATE__MAX_MEMORY": "2MiB", "PROCESSORS__CORRELATE__VALUE_ECHO": "false",
        "PROCESSORS__CORRELATE__ECHO_IGNORE": "id,truth*", "PROCESSORS__SAMPLE__RATIO": "0.5",
        "PROCESSORS__SAMPLE__PARENT_BASED": "false",
        "PROCESSORS__SAMPLE__ALWAYS_ON": "true", "PROCESSORS__SAMPLE__RATE_LIMIT": "5",
        "PROCESSORS__SAMPLE__WAIT": "1s",
        "PROCESSORS__SAMPLE__MAX_MEMORY": "1MiB", "PROCESSORS__SAMPLE__KEEP": "error",
        "PROCESSORS__MERGE__ENABLED": "false",
        "PROCESSORS__MERGE__PROPAGATORS": "sw8,b3", "PROCESSORS__MERGE__NATIVE": "jaeger",
        "PROCESSORS__MERGE__SQL_COMMENTS": "false", "PROCESSORS__MERGE__SDK_SPANS": "drop",
        "PROCESSORS__MERGE__REROOT": "link", "PROCESSORS__MERGE__TTL": "9s", "PROCESSORS__MERGE__WAIT": "9s",
        "PROCESSORS__MERGE__KEYS__TRACE_ID": "x-trace", "PROCESSORS__MERGE__KEYS__SPAN_ID": "x-span",
        "PROCESSORS__MERGE__KEYS__REQUEST_ID": "x-id,x-other", "PROCESSORS__MERGE__BAGGAGE": "tenant",
        "PROCESSORS__BATCH__TIMEOUT": "9s",
        "PROCESSORS__BATCH__SEND_BATCH_SIZE": "9", "PROCESSORS__BATCH__SEND_BATCH_MAX_SIZE": "9000",
        "EXPORTERS__OTLP_GRPC__AUTHORITY": "other", "EXPORTERS__OTLP_HTTP__TRACES_ENDPOINT": "http://v:2/t",
        "EXPORTERS__OTLP_HTTP__METRICS_ENDPOINT": "http://v:2/m", "EXPORTERS__OTLP_HTTP__LOGS_ENDPOINT": "http://v:2/l",
        "EXPORTERS__OTLP_HTTP__PROXY_URL": "http://v:2", "EXPORTERS__OTLP_HTTP__ENCODING": "json",
        "EXPORTERS__FILE__PATH": "/x.jsonl", "EXPORTERS__FILE__FORMAT": "json",
        "EXPORTERS__FILE__ROTATION__MAX_MEGABYTES": "1", "EXPORTERS__FILE__ROTATION__MAX_DAYS": "1",
        "EXPORTERS__FILE__ROTATION__MAX_BACKUPS": "1", "EXPORTERS__FILE__ROTATION__LOCALTIME": "true",
        "EXTENSIONS__FILE_STORAGE__DIRECTORY": "/q", "EXTENSIONS__FILE_STORAGE__MAX_SIZE": "9MiB",
        "EXTENSIONS__FILE_STORAGE__FSYNC": "true", "EXTENSIONS__FILE_STORAGE__CREATE_DIRECTORY": "false",
        "SERVICE__PIPELINES__TRACES__RECEIVERS": "ebpf", "SERVICE__PIPELINES__TRACES__PROCESSORS": "merge,correlate",
        "SERVICE__PIPELINES__TRACES__EXPORTERS": "otlp_http,otlp_http/base,file",
        "SERVICE__EXTENSIONS": "file_storage", "SERVICE__STATE_DIRECTORY": "/v",
        "SERVICE__TELEMETRY__METRICS__ADDRESS": "none", "SERVICE__TELEMETRY__METRICS__DERIVED": "true",
        "SERVICE__TELEMETRY__METRICS__READERS": "[{pull: {}}]",
        "SERVICE__TELEMETRY__HEALTH__ADDRESS": "none", "SERVICE__TELEMETRY__LOGS__LEVEL": "error",
        "SERVICE__IDENTITY__CONTAINER_RUNTIME": "none", "SERVICE__IDENTITY__KUBERNETES": "https://10.0.0.1:6443",
        "SERVICE__ROUTES": "/users/{id}", "PROCESSORS__REDACT__HEADERS__ALLOW": "x-tenant",
        "PROCESSORS__REDACT__QUERY": "keep", "PROCESSORS__REDACT__SQL": "drop",
        "PROCESSORS__REDACT__PATTERNS": "a{1,2}",
        "SERVICE__TELEMETRY__LOGS__FORMAT": "json",
    ]

    private static let ofServers: [String: String] = [
        "ENDPOINT": "127.0.0.1:1", "TRANSPORT": "tcp", "TLS__CERT_FILE": "/c", "TLS__CERT_PEM": "c",
        "TLS__KEY_FILE": "/k", "TLS__KEY_PEM": "k", "TLS__CLIENT_CA_FILE": "/ca", "TLS__MIN_VERSION": "1.3",
        "TLS__MAX_VERSION": "1.3", "TLS__RELOAD_INTERVAL": "9s",
    ]

    private static let ofExporters: [String: String] = [
        "ENDPOINT": "http://v:1", "HEADERS": "a=1,b=%20", "COMPRESSION": "none", "TIMEOUT": "9s",
        "TLS__INSECURE": "true", "TLS__INSECURE_SKIP_VERIFY": "true", "TLS__CA_FILE": "/ca", "TLS__CA_PEM": "ca",
        "TLS__INCLUDE_SYSTEM_CA_CERTS_POOL": "true", "TLS__CERT_FILE": "/c", "TLS__CERT_PEM": "c",
        "TLS__KEY_FILE": "/k", "TLS__KEY_PEM": "k", "TLS__SERVER_NAME_OVERRIDE": "v", "TLS__MIN_VERSION": "1.3",
        "TLS__MAX_VERSION": "1.3", "TLS__RELOAD_INTERVAL": "9s", "RETRY_ON_FAILURE__ENABLED": "false",
        "RETRY_ON_FAILURE__INITIAL_INTERVAL": "1s", "RETRY_ON_FAILURE__MAX_INTERVAL": "7s",
        "RETRY_ON_FAILURE__MAX_ELAPSED_TIME": "8s", "RETRY_ON_FAILURE__MULTIPLIER": "3",
        "RETRY_ON_FAILURE__RANDOMIZATION_FACTOR": "0.125", "SENDING_QUEUE__ENABLED": "false",
        "SENDING_QUEUE__NUM_CONSUMERS": "9", "SENDING_QUEUE__WAIT_FOR_RESULT": "false",
        "SENDING_QUEUE__QUEUE_SIZE": "11", "SENDING_QUEUE__SIZER": "items", "SENDING_QUEUE__BLOCK_ON_OVERFLOW": "true",
        "SENDING_QUEUE__STORAGE": "file_storage", "SENDING_QUEUE__BATCH__FLUSH_TIMEOUT": "6s",
        "SENDING_QUEUE__BATCH__SIZER": "items", "SENDING_QUEUE__BATCH__MIN_SIZE": "12",
        "SENDING_QUEUE__BATCH__MAX_SIZE": "13",
    ]
}
