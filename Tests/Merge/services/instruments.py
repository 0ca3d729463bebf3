"""What may trace a service. Each is the real thing; what it needs is imported only where it is used."""
import contextlib
import logging
import os
import time


class Nothing:
    """Nobody traces it."""

    def __init__(self, truth):
        self.truth = truth

    def serving(self, handler):
        """Around the handling of a request."""
        return contextlib.nullcontext()

    def calling(self, request):
        """Around a request to another service; headers are added to it."""
        return contextlib.nullcontext()


class OpenTelemetry(Nothing):
    """OpenTelemetry's SDK and its instrumentation of psycopg2. OTEL_PROPAGATORS and its like are heeded; spans go to
    each of the base URLs in SPANS_TO, and their clock is CLOCK_AHEAD_MS ahead of this machine's. CALLS_ITSELF is the
    service's name in its code, which no one else can know; with SERVES_ONLY its calls have no spans. Every span that
    ended is a line of truth: {"sdk": 1, "number":, "kind":, "trace":, "span":, "parent":, "start":}."""

    def __init__(self, truth):
        super().__init__(truth)
        ahead, right = int(float(os.environ.get("CLOCK_AHEAD_MS", 0)) * 1e6), time.time_ns
        time.time_ns = lambda: right() + ahead
        from opentelemetry import propagate, trace
        from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
        from opentelemetry.instrumentation.psycopg2 import Psycopg2Instrumentor
        from opentelemetry.sdk.resources import Resource
        from opentelemetry.sdk.trace import SpanProcessor, TracerProvider
        from opentelemetry.sdk.trace.export import BatchSpanProcessor
        self.trace, self.propagate = trace, propagate

        class Writer(SpanProcessor):
            """Writes spans down."""

            def on_end(self, span):
                truth.write(
                    sdk=1, number=truth.number, kind=span.kind.name, trace=f"{span.context.trace_id:032x}",
                    span=f"{span.context.span_id:016x}", parent=f"{span.parent.span_id:016x}" if span.parent else "",
                    start=span.start_time)

        name = os.environ.get("CALLS_ITSELF")
        provider = TracerProvider(resource=Resource({"service.name": name}) if name else None)
        provider.add_span_processor(Writer())
        for base in filter(None, os.environ.get("SPANS_TO", "").split(",")):
            provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter(endpoint=f"{base}/v1/traces")))
        trace.set_tracer_provider(provider)
        self.tracer = trace.get_tracer("shop")
        Psycopg2Instrumentor().instrument(enable_commenter=True, skip_dep_check=True)

    def serving(self, handler):
        """A SERVER span."""
        attributes = {
            "http.request.method": handler.command, "url.path": handler.path, "url.scheme": "http",
            "client.address": handler.client_address[0], "client.port": handler.client_address[1]}
        return self.tracer.start_as_current_span(
            handler.command, self.propagate.extract(handler.headers), self.trace.SpanKind.SERVER, attributes)

    @contextlib.contextmanager
    def calling(self, request):
        """A CLIENT span, whose context goes along."""
        if os.environ.get("SERVES_ONLY"):
            yield
            return
        attributes = {"http.request.method": request.get_method(), "url.full": request.full_url}
        with self.tracer.start_as_current_span(
                request.get_method(), kind=self.trace.SpanKind.CLIENT, attributes=attributes):
            headers = {}
            self.propagate.inject(headers)
            for name, value in headers.items():
                request.add_header(name, value)
            yield


class SkyWalking(Nothing):
    """Apache SkyWalking's agent. It has no backend: of it there is only what it puts on the wire."""

    def __init__(self, truth):
        super().__init__(truth)
        logging.getLogger("skywalking").setLevel(logging.CRITICAL)
        from skywalking import agent, config
        config.init(
            agent_name=truth.service, agent_collector_backend_services="127.0.0.1:9",
            agent_logging_level="CRITICAL", agent_profile_active=False, agent_meter_reporter_active=False,
            agent_log_reporter_active=False, agent_collector_heartbeat_period=3600)
        agent.start()


class Jaeger(Nothing):
    """Jaeger's own client, of before there was OpenTelemetry. Its spans go nowhere."""

    def __init__(self, truth):
        super().__init__(truth)
        import opentracing
        from jaeger_client import ConstSampler, Tracer
        from jaeger_client.reporter import NullReporter
        self.format = opentracing.Format.HTTP_HEADERS
        self.tracer = Tracer(
            service_name=truth.service, reporter=NullReporter(), sampler=ConstSampler(True),
            generate_128bit_trace_id=True)

    @contextlib.contextmanager
    def serving(self, handler):
        """A span that continues what the request brings."""
        context = self.tracer.extract(self.format, dict(handler.headers.items()))
        with self.tracer.start_active_span(handler.command, child_of=context) as scope:
            self.write(scope.span, "SERVER")
            yield

    @contextlib.contextmanager
    def calling(self, request):
        """A span of its own, whose context goes along."""
        with self.tracer.start_active_span(request.get_method()) as scope:
            self.write(scope.span, "CLIENT")
            headers = {}
            self.tracer.inject(scope.span, self.format, headers)
            for name, value in headers.items():
                request.add_header(name, value)
            yield

    def write(self, span, kind):
        """What OpenTelemetry's spans write too."""
        self.truth.write(
            sdk=1, number=self.truth.number, kind=kind, trace=f"{span.trace_id:032x}", span=f"{span.span_id:016x}",
            parent=f"{span.parent_id:016x}" if span.parent_id else "")


ALL = {"none": Nothing, "opentelemetry": OpenTelemetry, "skywalking": SkyWalking, "jaeger": Jaeger}
