#!/usr/bin/env python3
"""Exports to a receiver of ours with OpenTelemetry's own SDK: gRPC and HTTP, plain and gzip, in the clear and through
TLS with a client certificate; all three signals. Prints a line for each export that did not succeed, and `done`.

usage: otlp_send.py GRPC_PORT HTTP_PORT GRPC_TLS_PORT HTTP_TLS_PORT CERTIFICATES
  CERTIFICATES  a folder with server.pem, client.pem, client.key
"""
import logging
import os
import sys

import grpc
from opentelemetry.exporter.otlp.proto.grpc._log_exporter import OTLPLogExporter as GRPCLogs
from opentelemetry.exporter.otlp.proto.grpc.metric_exporter import OTLPMetricExporter as GRPCMetrics
from opentelemetry.exporter.otlp.proto.grpc.trace_exporter import OTLPSpanExporter as GRPCSpans
from opentelemetry.exporter.otlp.proto.http import Compression
from opentelemetry.exporter.otlp.proto.http._log_exporter import OTLPLogExporter as HTTPLogs
from opentelemetry.exporter.otlp.proto.http.metric_exporter import OTLPMetricExporter as HTTPMetrics
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter as HTTPSpans
from opentelemetry.sdk._logs import LoggerProvider, LoggingHandler
from opentelemetry.sdk._logs.export import SimpleLogRecordProcessor
from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.metrics.export import InMemoryMetricReader
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter


def spans(count):
    """Finished spans, with everything in them that the SDK makes."""
    memory = InMemorySpanExporter()
    provider = TracerProvider()
    provider.add_span_processor(SimpleSpanProcessor(memory))
    tracer = provider.get_tracer("peer", "1.0")
    for number in range(count):
        with tracer.start_as_current_span("parent") as span:
            span.set_attribute("größe", [1.5, 2.5])
            span.add_event("event", {"number": number})
            with tracer.start_as_current_span("child", links=[]):
                pass
    return memory.get_finished_spans()


def metrics():
    """What a reader hands over: three data points."""
    reader = InMemoryMetricReader()
    meter = MeterProvider(metric_readers=[reader]).get_meter("peer")
    meter.create_counter("requests").add(1, {"path": "/"})
    meter.create_histogram("duration").record(0.5)
    meter.create_up_down_counter("open").add(-1)
    return reader.get_metrics_data()


def send_logs(exporter):
    """One log record."""
    provider = LoggerProvider()
    provider.add_log_record_processor(SimpleLogRecordProcessor(exporter))
    logger = logging.getLogger(f"peer{id(exporter)}")
    logger.propagate = False
    logger.addHandler(LoggingHandler(logger_provider=provider))
    logger.warning("something happened")
    provider.shutdown()


def main():
    grpc_port, http_port, grpc_tls, http_tls, folder = sys.argv[1:]
    # Where they are set, `requests` takes them in place of the authority that its session was given.
    for name in ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"):
        os.environ.pop(name, None)

    def check(what, result):
        if result.name != "SUCCESS":
            print(f"{what}: {result}")

    some = spans(300)
    clear = f"http://127.0.0.1:{http_port}"
    for compression in (None, grpc.Compression.Gzip):
        exporter = GRPCSpans(endpoint=f"http://127.0.0.1:{grpc_port}", insecure=True, compression=compression)
        for _ in range(3):
            check(f"gRPC {compression}", exporter.export(some))
        exporter.shutdown()
    for compression in (Compression.NoCompression, Compression.Gzip):
        exporter = HTTPSpans(endpoint=clear + "/v1/traces", compression=compression)
        for _ in range(3):
            check(f"HTTP {compression}", exporter.export(some))
        exporter.shutdown()

    with open(f"{folder}/server.pem", "rb") as ca, open(f"{folder}/client.key", "rb") as key:
        with open(f"{folder}/client.pem", "rb") as certificate:
            credentials = grpc.ssl_channel_credentials(ca.read(), key.read(), certificate.read())
    check("gRPC TLS", GRPCSpans(endpoint=f"https://127.0.0.1:{grpc_tls}", credentials=credentials).export(some))
    exporter = HTTPSpans(
        endpoint=f"https://127.0.0.1:{http_tls}/v1/traces", certificate_file=f"{folder}/server.pem",
        client_certificate_file=f"{folder}/client.pem", client_key_file=f"{folder}/client.key")
    check("HTTP TLS", exporter.export(some))

    check("gRPC metrics", GRPCMetrics(endpoint=f"http://127.0.0.1:{grpc_port}", insecure=True).export(metrics()))
    check("HTTP metrics", HTTPMetrics(endpoint=clear + "/v1/metrics").export(metrics()))
    send_logs(GRPCLogs(endpoint=f"http://127.0.0.1:{grpc_port}", insecure=True))
    send_logs(HTTPLogs(endpoint=clear + "/v1/logs"))
    print("done")


main()
