#!/usr/bin/env python3
"""A program that OpenTelemetry's SDK traces and that does nothing else: a span every 0.1 s, exported each second.

usage: sdk.py [--mark TEXT] HOW=URL...      (HOW is grpc or http)

Says "exporting" once something was sent to each URL, and when it is ended a line of JSON with how many batches each has
taken.
"""
import argparse
import json
import signal
import threading

from opentelemetry.exporter.otlp.proto.grpc.trace_exporter import OTLPSpanExporter as GRPCSpans
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter as HTTPSpans
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor, SpanExportResult


def counting(exporter, url, taken):
    """The exporter, counting what was taken."""
    export = exporter.export

    def counted(spans):
        result = export(spans)
        taken[url] += result == SpanExportResult.SUCCESS
        return result

    exporter.export = counted
    return exporter


def main():
    """Spans until it is ended."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--mark")
    parser.add_argument("targets", nargs="+")
    targets = [target.split("=", 1) for target in parser.parse_args().targets]
    over, taken = threading.Event(), {url: 0 for _, url in targets}
    signal.signal(signal.SIGTERM, lambda *_: over.set())
    provider = TracerProvider(resource=Resource({"service.name": "traced"}), shutdown_on_exit=False)
    for how, url in targets:
        exporter = GRPCSpans(endpoint=url, insecure=True) if how == "grpc" else HTTPSpans(endpoint=url)
        provider.add_span_processor(
            BatchSpanProcessor(counting(exporter, url, taken), schedule_delay_millis=1000))
    tracer, has_told = provider.get_tracer("traced"), False
    while not over.wait(0.1):
        tracer.start_span("work of the SDK").end()
        if not has_told and all(taken.values()):
            has_told = True
            print("exporting", flush=True)
    provider.shutdown()
    print(json.dumps(taken), flush=True)


main()
