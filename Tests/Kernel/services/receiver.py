#!/usr/bin/env python3
"""An OTLP/HTTP receiver that keeps what it gets: one file for each request, uncompressed, in the order of arrival.

usage: receiver.py --folder FOLDER [--answers 503,200]

Says where it listens. `--answers` are the statuses of the first requests, the last of them of all that follow.
"""
import argparse
import gzip
import http.server
import json
import pathlib
import threading

# An ExportTraceServiceResponse without a word is no bytes at all; in JSON it is an empty object.
EMPTY = {"application/x-protobuf": b"", "application/json": b"{}"}


def main():
    """Listens."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--folder", required=True, type=pathlib.Path)
    parser.add_argument("--answers", default="200")
    options = parser.parse_args()
    options.folder.mkdir(exist_ok=True)
    answers = [int(status) for status in options.answers.split(",")]
    lock, count = threading.Lock(), 0

    class Handler(http.server.BaseHTTPRequestHandler):
        """One exporter's connection."""
        protocol_version = "HTTP/1.1"
        wbufsize = 65536

        def do_POST(self):
            """One batch."""
            nonlocal count
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            kind = self.headers.get("Content-Type", "").split(";")[0]
            if self.headers.get("Content-Encoding") == "gzip":
                body = gzip.decompress(body)
            with lock:
                status = answers[min(count, len(answers) - 1)] if self.path == "/v1/traces" else 404
                count += 1
                if status == 200:
                    suffix = "json" if kind == "application/json" else "pb"
                    (options.folder / f"{count:06}.{suffix}").write_bytes(body)
            answer = EMPTY.get(kind, b"")
            self.send_response(status)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)

        def log_message(self, format, *args):
            """Nothing."""

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    print(json.dumps({"listening": server.socket.getsockname()}), flush=True)
    server.serve_forever()


main()
