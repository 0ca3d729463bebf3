#!/usr/bin/env python3
"""Sends requests over kept connections, a thread each, and writes down what it sent and what came back.

Takes jobs as JSON lines on standard input, one after the other, and answers each with a line `done` on standard output.
Connections stay open from one job to the next. A job:
    {"url": base, "names": [...], "traceparents": {name: value}, "query": "", "method": "GET", "body": N,
     "chunked": false, "headers": {}, "id_header": "name of a header that gets an id of its own"}
"""
import argparse
import http.client
import json
import os
import socket
import sys
import threading
import urllib.parse
import uuid


def chunks(size):
    """A body in pieces, of which http.client makes chunks."""
    while size > 0:
        yield b"y" * min(size, 50_000)
        size -= 50_000


class Connection:
    """A kept connection; all its requests are sent by one thread at a time."""

    def __init__(self):
        self.http = None

    def send(self, base, job, name):
        """One request and its response, as truth."""
        headers = dict(job.get("headers", {}))
        traceparent = job.get("traceparents", {}).get(name)
        if traceparent:
            headers["TraceParent"] = traceparent
        if "id_header" in job:
            headers[job["id_header"]] = str(uuid.uuid4())
        if self.http is None:
            self.http = http.client.HTTPConnection(base.hostname, base.port, timeout=30)
            self.http.connect()
            self.http.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        size, path = job.get("body", 0), base.path + name
        body = None
        if size:
            body = chunks(size) if job.get("chunked") else b"y" * size
        query = job.get("query", "")
        try:
            self.http.request(
                job.get("method", "GET"), path + ("?" + query if query else ""), body, headers,
                encode_chunked=bool(job.get("chunked")))
            with self.http.getresponse() as response:
                status = response.status
                while response.read(1 << 18):
                    pass
        except (OSError, http.client.HTTPException) as error:
            self.http.close()
            self.http = None
            status = None
            print(f"{path}: {error!r}", file=sys.stderr)
        return {"path": path, "status": status, "traceparent": traceparent}


def run(job, connections, truth):
    """Does one job."""
    base, names, lock = urllib.parse.urlsplit(job["url"]), list(job["names"]), threading.Lock()

    def work(connection):
        while True:
            with lock:
                if not names:
                    return
                name = names.pop(0)
            call = connection.send(base, job, name)
            with lock:
                truth.write(json.dumps({"path": None, "pid": os.getpid(), "calls": [call]}) + "\n")

    threads = [threading.Thread(target=work, args=(connection,)) for connection in connections]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    truth.flush()


def main():
    """Jobs until standard input ends."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--truth", required=True)
    parser.add_argument("--connections", type=int, default=1)
    arguments = parser.parse_args()
    connections = [Connection() for _ in range(arguments.connections)]
    with open(arguments.truth, "a") as truth:
        for line in sys.stdin:
            run(json.loads(line), connections, truth)
            print("done", flush=True)


main()
