#!/usr/bin/env python3
"""An HTTP service of the tests of merging: does its steps for every request and answers. Ordinary code: whether
anything traces it, and in which dialect, is said by `--instrument`.

usage: service.py NAME --port N --truth FILE [--instrument none|opentelemetry|skywalking|jaeger] [--step STEP]...
                  [--forward HEADER]...

STEP is `http:PORT/PREFIX` (GET /PREFIX/NUMBER), `mysql:PORT` or `postgresql:PORT`. NUMBER is the last part of the
request's path: all that tells one request from another. `--forward` passes a header on as it came.

Writes down, a JSON line each, what it did: {"service":, "number":, "path":, "pid":, "tid":} for a request, and what is
said in instruments.py for a span of its own.
"""
import argparse
import http.server
import json
import os
import socketserver
import sys
import threading

import instruments
import steps


class Truth:
    """What happened, as this service knows it."""

    def __init__(self, path, service):
        self.file, self.service, self.current = open(path, "ab", buffering=0), service, threading.local()

    @property
    def number(self):
        """Of the request that this thread is handling; None outside of any."""
        return getattr(self.current, "number", None)

    def write(self, **line):
        """A line, whole whoever else writes."""
        self.file.write(json.dumps({"service": self.service, **line}).encode() + b"\n")


class Handler(http.server.BaseHTTPRequestHandler):
    """One connection."""
    protocol_version = "HTTP/1.1"
    # Head and body in one segment, as most services write them.
    wbufsize = 65536
    disable_nagle_algorithm = True

    def do_GET(self):
        """All steps, one after the other; a failure is the answer's status."""
        server = self.server
        server.truth.current.number = int(self.path.rpartition("/")[2])
        server.truth.write(
            number=server.truth.number, path=self.path, pid=os.getpid(), tid=threading.get_native_id())
        with server.instrument.serving(self):
            try:
                for step in server.steps:
                    step.run(server.truth.number, self.headers, server.instrument)
                self.answer(200)
            except Exception as error:
                print(f"{self.path}: {error!r}", file=sys.stderr, flush=True)
                self.answer(500)

    def answer(self, status):
        """A few bytes."""
        body = b"done\n"
        self.send_response(status)
        self.send_header("Content-Type", "text/plain")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        """Quiet: the truth tells."""


class Server(socketserver.ThreadingMixIn, http.server.HTTPServer):
    """A thread for each connection."""
    daemon_threads = True
    request_queue_size = 256

    def server_bind(self):
        """Without asking for the host's name, which may take a look-up."""
        socketserver.TCPServer.server_bind(self)
        self.server_name, self.server_port = self.server_address


def main():
    """Listens, and says so."""
    parser = argparse.ArgumentParser()
    parser.add_argument("name")
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--truth", required=True)
    parser.add_argument("--instrument", choices=instruments.ALL, default="none")
    parser.add_argument("--step", action="append", default=[])
    parser.add_argument("--forward", action="append", default=[])
    options = parser.parse_args()
    truth = Truth(options.truth, options.name)
    # Before anything else is imported that it changes.
    instrument = instruments.ALL[options.instrument](truth)
    server = Server(("127.0.0.1", options.port), Handler)
    server.truth, server.instrument = truth, instrument
    server.steps = [steps.parse(step, options.forward) for step in options.step]
    print("listening", flush=True)
    server.serve_forever()


main()
