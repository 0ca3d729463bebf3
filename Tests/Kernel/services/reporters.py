#!/usr/bin/env python3
"""Calls of gRPC's as agents and probes make them, to a server of its own that takes whatever comes.

usage: reporters.py [--mark TEXT] [--every SECONDS]

Says in a line of JSON when it is ended how often each method was called.
"""
import argparse
import collections
import concurrent.futures
import json
import signal
import threading

import grpc

METHODS = [
    "/grpc.health.v1.Health/Check", "/skywalking.v3.TraceSegmentReportService/collectInSync",
    "/skywalking.v3.ManagementService/keepAlive", "/jaeger.api_v2.CollectorService/PostSpans",
]


class Anything(grpc.GenericRpcHandler):
    """Takes every call and answers nothing."""

    def service(self, details):
        """Any method."""
        return grpc.unary_unary_rpc_method_handler(lambda request, context: b"")


def main():
    """Calls until it is ended."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--mark")
    parser.add_argument("--every", default=0.25, type=float)
    options = parser.parse_args()
    over, called = threading.Event(), collections.Counter()
    signal.signal(signal.SIGTERM, lambda *_: over.set())
    server = grpc.server(concurrent.futures.ThreadPoolExecutor(2), handlers=[Anything()])
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    with grpc.insecure_channel(f"127.0.0.1:{port}") as channel:
        calls = {method: channel.unary_unary(method) for method in METHODS}
        while not over.wait(options.every):
            for method, call in calls.items():
                call(b"\x0a\x01x", timeout=10)
                called[method] += 1
    server.stop(1).wait()
    print(json.dumps(called), flush=True)


main()
