#!/usr/bin/env python3
"""What an SDK's exporter does: sends a span by OTLP/HTTP again and again, on a connection that it keeps and, each fifth
time, on a new one.

usage: exporter.py --port PORT [--every SECONDS]

Says in a line of JSON for each request what was answered and which spans it carried, until it is ended.
"""
import argparse
import http.client
import json
import secrets
import time

REQUESTS_ON_A_CONNECTION = 5


def field(number, content):
    """A protobuf field of fewer than 128 bytes."""
    return bytes([number << 3 | 2, len(content)]) + content


def main():
    """Sends."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--port", required=True, type=int)
    parser.add_argument("--every", default=0.1, type=float)
    options = parser.parse_args()
    headers = {"Content-Type": "application/x-protobuf", "User-Agent": "OTel-OTLP-Exporter-Python/1.45.2"}
    while True:
        connection = http.client.HTTPConnection("127.0.0.1", options.port, timeout=10)
        for _ in range(REQUESTS_ON_A_CONNECTION):
            span = secrets.token_bytes(8)
            content = field(1, secrets.token_bytes(16)) + field(2, span) + field(5, b"work of the SDK")
            connection.request("POST", "/v1/traces", field(1, field(2, field(2, content))), headers)
            response = connection.getresponse()
            response.read()
            print(json.dumps({"status": response.status, "spans": [span.hex()]}), flush=True)
            time.sleep(options.every)
        connection.close()


main()
