/// What the reference says in prose.
enum ConfigurationReferenceText {
    static let introduction = """
        # Configuration

        This file is made by `interspan config reference`; a test compares the two.

        The configuration is YAML of the OpenTelemetry Collector's shape. Without a file, the environment alone gives a
        working agent: live capture, and one OTLP exporter to `http://localhost:4318`. `interspan config validate` lists
        everything that is wrong with a file, `interspan config print` shows what is in effect, with secrets masked.

        ```yaml
        receivers:
          ebpf: {payload_limit: 4096}
          otlp: {protocols: {grpc: {endpoint: "0.0.0.0:4317"}}}
        exporters:
          otlp_grpc/tempo: {endpoint: "http://tempo:4317", sending_queue: {storage: file_storage/queue}}
          otlp_http/other: {endpoint: "https://example.com", headers: {authorization: "${env:TOKEN}"}}
        extensions:
          file_storage/queue: {directory: /var/lib/interspan/queue}
        service:
          extensions: [file_storage/queue]
          pipelines:
            traces: {receivers: [ebpf, otlp], exporters: [otlp_grpc/tempo, otlp_http/other]}
        ```

        - Precedence: built-in default, then the file, then the environment.
        - A component is named `type` or `type/name`. One that a pipeline names without a section of its own has its
          defaults. `ebpf`, `correlate` and `merge` exist once per agent.
        - Valid configurations of the Collector's OTLP receivers and exporters are taken as they are: keys that only tune are
          accepted with a warning (below), keys that matter and are not available are errors.
        - Where there is no pipeline of metrics, metrics go from a receiver to the OTLP exporters of its pipelines of
          traces; logs likewise.
        - Without `ebpf` in any pipeline nothing is captured.
        - A pipeline without exporters, or no file at all, has the one exporter that the OpenTelemetry variables describe.
        - `${env:NAME}` (or `${NAME}`) in a value is replaced by the variable, `${env:NAME:-default}` by the default where
          it is unset or empty. `$$` is a dollar. A variable that is not set and has no default is an error.
        - Durations are written `10s`, `200ms`, `1m30s`; byte sizes `8MiB`, `64KiB`, `1GB` or a plain number.
        - `<<` merge keys are read. A file that is empty, larger than 4 MiB, or holds a key twice is refused, and so is
          every unknown key.
        - Errors go to stderr, one a line: `path.of.the.key: line N: what was expected`. The exit status is 2.
        - Every key can be set by an environment variable: `INTERSPAN_` and its path in upper case, levels joined by `__`,
          and `/`, `-` and `.` within a name written `_`: `INTERSPAN_EXPORTERS__OTLP_HTTP_TEMPO__TIMEOUT=5s`. Lists are
          written with commas, lists of mappings as YAML in one line (`INTERSPAN_RECEIVERS__EBPF__SELECT='[{ports: [80]}]'`),
          headers as `k=v,k2=v2`, percent-encoded. An empty variable counts as unset. One for a protocol
          of a receiver makes it listen, and leaves the other as the file has it.

        """

    static let ignored = """
        These keys of the OpenTelemetry Collector are accepted with a warning, since nothing is lost when they do nothing:


        """

    static let later = """
        These keys are documented, or known from the OpenTelemetry Collector, and refused with that message:


        """

    static let variables = """
        An empty variable counts as unset. A bad value is a warning, and the default holds. Those of the exporter describe
        the one exporter of a pipeline without exporters, and override sections `otlp_grpc` and `otlp_http` without a name; a
        section `otlp_http/name` takes nothing from them. Where they alone describe the exporter, compression is `none` and the
        timeout 10 s, as the specification says. `INTERSPAN_...` wins over them.

        | variable | sets |
        |---|---|
        | `OTEL_TRACES_EXPORTER` | the exporter: `otlp` (default), `console` (`debug`) or `none` |
        | `OTEL_EXPORTER_OTLP_PROTOCOL`, `..._TRACES_PROTOCOL` | which exporter the variables describe: `http/protobuf` (default) and `http/json` `otlp_http`, with its `encoding`; `grpc` `otlp_grpc` |
        | `OTEL_EXPORTER_OTLP_ENDPOINT` | `endpoint`. Of `otlp_http` a base URL, to which `/v1/traces` is added; it also replaces a `traces_endpoint`, `metrics_endpoint` and `logs_endpoint` of the file. Of `otlp_grpc` a URL, whose path is left out, or `host:port` |
        | `OTEL_EXPORTER_OTLP_TRACES_ENDPOINT` | `traces_endpoint` of `otlp_http`: the whole URL, as it is; `endpoint` of `otlp_grpc`, before the other |
        | `OTEL_EXPORTER_OTLP_METRICS_ENDPOINT`, `..._LOGS_ENDPOINT` | `metrics_endpoint` and `logs_endpoint` of `otlp_http` |
        | `OTEL_EXPORTER_OTLP_INSECURE`, `..._TRACES_INSECURE` | `tls.insecure` of `otlp_grpc`: `true` for plain text with an endpoint without a scheme; `http://` is always plain text and `https://` always TLS |
        | `OTEL_EXPORTER_OTLP_HEADERS`, `..._TRACES_HEADERS` | `headers`: `k=v,k2=v2`, percent-encoded; the traces form replaces the other |
        | `OTEL_EXPORTER_OTLP_COMPRESSION`, `..._TRACES_COMPRESSION` | `compression`: `gzip` or `none` |
        | `OTEL_EXPORTER_OTLP_TIMEOUT`, `..._TRACES_TIMEOUT` | `timeout`, in ms |
        | `OTEL_EXPORTER_OTLP_CERTIFICATE`, `..._TRACES_CERTIFICATE` | `tls.ca_file` |
        | `OTEL_EXPORTER_OTLP_CLIENT_CERTIFICATE`, `..._TRACES_CLIENT_CERTIFICATE` | `tls.cert_file` |
        | `OTEL_EXPORTER_OTLP_CLIENT_KEY`, `..._TRACES_CLIENT_KEY` | `tls.key_file` |
        | `OTEL_BSP_SCHEDULE_DELAY` | `sending_queue.batch.flush_timeout`, in ms |
        | `OTEL_BSP_EXPORT_TIMEOUT` | `timeout`, in ms, unless the exporter's own variable sets it |
        | `OTEL_BSP_MAX_QUEUE_SIZE` | `sending_queue.queue_size`, with `sizer: items`; a batch is then 512 spans, or what the next says, at most the queue |
        | `OTEL_BSP_MAX_EXPORT_BATCH_SIZE` | `sending_queue.batch.min_size` and `max_size` |
        | `OTEL_SERVICE_NAME` | `service.name` of the agent itself; wins over the next |
        | `OTEL_RESOURCE_ATTRIBUTES` | resource attributes of the agent itself: `k=v,...`, percent-encoded |
        | `OTEL_PROPAGATORS` | `propagators` of `merge`: its names, and `b3multi` for `b3`; `none` for none; `baggage` alone carries no context |
        | `OTEL_LOG_LEVEL` | `service.telemetry.logs.level` |
        | `OTEL_SDK_DISABLED` | `true`: nothing is exported, and the agent stays up |

        """
}
