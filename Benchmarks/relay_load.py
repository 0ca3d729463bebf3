"""Sends the same OTLP/gRPC request again and again, eight at a time, and tries again what was not taken.

usage: relay_load.py PORT REQUESTS SPANS
"""
import os
import sys
import threading
import time

import grpc
from opentelemetry.proto.collector.trace.v1 import trace_service_pb2

port, requests, spans = (int(argument) for argument in sys.argv[1:4])
message = trace_service_pb2.ExportTraceServiceRequest()
resource = message.resource_spans.add()
resource.resource.attributes.add(key="service.name").value.string_value = "shop"
scope = resource.scope_spans.add()
scope.scope.name = "load"
for number in range(spans):
    span = scope.spans.add(
        trace_id=os.urandom(16), span_id=os.urandom(8), parent_span_id=os.urandom(8), name="GET /cart/{id}", kind=2,
        start_time_unix_nano=time.time_ns(), end_time_unix_nano=time.time_ns() + 1000)
    for key in range(8):
        span.attributes.add(key=f"http.request.header.x-{key}").value.string_value = f"value {number} {key}"
    span.attributes.add(key="http.response.status_code").value.int_value = 200
    span.attributes.add(key="load.share").value.double_value = 0.5
body = message.SerializeToString()

channel = grpc.insecure_channel(f"127.0.0.1:{port}")
grpc.channel_ready_future(channel).result(timeout=15)
export = channel.unary_unary("/opentelemetry.proto.collector.trace.v1.TraceService/Export")
left = iter(range(requests))
lock = threading.Lock()
failures = []


def send():
    """Sends while there is something to send."""
    while not failures:
        with lock:
            if next(left, None) is None:
                return
        for _ in range(200):
            try:
                export(body, timeout=30)
                break
            except grpc.RpcError as error:
                if error.code() not in (grpc.StatusCode.UNAVAILABLE, grpc.StatusCode.RESOURCE_EXHAUSTED):
                    failures.append(error)
                    return
                time.sleep(0.05)
        else:
            failures.append("nothing was taken for ten seconds")


threads = [threading.Thread(target=send) for _ in range(8)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
sys.exit(str(failures[0]) if failures else 0)
