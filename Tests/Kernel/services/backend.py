#!/usr/bin/env python3
"""An ordinary HTTP/1.1 service that answers each request after calling another service, and writes down what it did.

What a request wants stands in its query, so that one service serves every test:
    calls=N     how many calls to make, one after the other (default: 1 where there is somebody to call)
    size=N      bytes of body to answer with; chunked=1 sends them chunked
    status=N    what to answer with
    delay=MS    how long to wait before answering
    unframed=1  answer without a length and close
    break=1     close the connection in the middle of the response
    die=1       end the whole process there
    silent=1    close the connection without an answer
    upgrade=1   answer 101 and echo whatever follows
"""
import argparse
import concurrent.futures
import ctypes
import http.client
import http.server
import json
import os
import queue
import signal
import socket
import socketserver
import sys
import threading
import time
import urllib.parse

arguments = None
pool = queue.LifoQueue()
workers = None
# What a well-behaved service passes on.
PASSED_ON = ("X-Request-ID", "X-Correlation-ID")
# How long a call may take; longer where a machine is emulated.
CALL_S = float(os.environ.get("CALL_TIMEOUT_S", 10))


def call(path, headers):
    """Calls the other service on a kept connection, and says what came of it."""
    base = urllib.parse.urlsplit(arguments.call)
    try:
        connection = pool.get_nowait()
    except queue.Empty:
        connection = http.client.HTTPConnection(base.hostname, base.port, timeout=CALL_S)
    try:
        connection.request("GET", base.path + path, headers=headers)
        with connection.getresponse() as response:
            response.read()
            status = response.status
        pool.put(connection)
    except (OSError, http.client.HTTPException):
        connection.close()
        status = None
    return {"path": base.path + path, "status": status}


def hand_over(work, *what):
    """Does some work, by another thread if there are threads for it."""
    return workers.submit(work, *what).result() if workers else work(*what)


def start_workers(count):
    """Starts threads that work for those that read requests, all of them before the first request."""
    global workers
    workers = concurrent.futures.ThreadPoolExecutor(count)
    all_there = threading.Barrier(count)
    list(workers.map(lambda _: all_there.wait(), range(count)))


class Handler(http.server.BaseHTTPRequestHandler):
    """One connection."""
    protocol_version = "HTTP/1.1"
    # Headers and body in few segments, as real services write them.
    wbufsize = 65536
    disable_nagle_algorithm = True

    def answer(self):
        """One request."""
        address = urllib.parse.urlsplit(self.path)
        wanted = dict(urllib.parse.parse_qsl(address.query))
        if not self.read_body() or "silent" in wanted:
            write_truth({"path": address.path, "pid": os.getpid(), "status": None, "calls": []})
            self.close_connection = True
            return
        name = address.path.rpartition("/")[2]
        count = int(wanted.get("calls", 1 if arguments.call else 0))
        names = [*PASSED_ON, *arguments.passes_on]
        passed_on = {header: self.headers[header] for header in names if header in self.headers}
        calls = [hand_over(call, f"{name}.{number}", passed_on) for number in range(count)]
        time.sleep(int(wanted.get("delay", 0)) / 1000)
        status = 101 if "upgrade" in wanted else int(wanted.get("status", 200))
        write_truth({"path": address.path, "pid": os.getpid(), "status": status, "calls": calls})
        if status == 101:
            self.upgrade()
        else:
            self.respond(status, int(wanted.get("size", 12)), wanted)

    def handle_expect_100(self):
        carry_on = super().handle_expect_100()
        self.wfile.flush()
        return carry_on

    def read_body(self):
        """Reads the request's body, of either framing, and tells whether it was whole."""
        if self.headers.get("Transfer-Encoding", "").lower() == "chunked":
            while True:
                line = self.rfile.readline()
                if not line:
                    return False
                length = int(line.split(b";")[0], 16)
                self.rfile.read(length)
                self.rfile.readline()
                if length == 0:
                    return True
        left = int(self.headers.get("Content-Length", 0))
        while left > 0:
            piece = self.rfile.read(min(left, 1 << 18))
            if not piece:
                return False
            left -= len(piece)
        return True

    def respond(self, status, size, wanted):
        """The response, or half of it."""
        bodyless, chunked = status in (204, 304), "chunked" in wanted
        self.close_connection |= "unframed" in wanted
        self.send_response(status)
        self.send_header("Content-Type", "text/plain")
        if chunked:
            self.send_header("Transfer-Encoding", "chunked")
        elif not bodyless and "unframed" not in wanted:
            self.send_header("Content-Length", str(size))
        self.end_headers()
        if bodyless or self.command == "HEAD":
            return
        left = size // 2 if "break" in wanted or "die" in wanted else size
        while left > 0:
            piece = b"x" * min(left, 1 << 16)
            left -= len(piece)
            self.wfile.write(b"%x\r\n%b\r\n" % (len(piece), piece) if chunked else piece)
        if "die" in wanted:
            self.wfile.flush()
            os._exit(1)
        elif "break" in wanted:
            self.close_connection = True
        elif chunked:
            self.wfile.write(b"0\r\n\r\n")

    def upgrade(self):
        """101, then an echo of bytes that look like requests and are none."""
        self.wfile.write(b"HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: echo\r\n\r\n")
        self.wfile.flush()
        while piece := self.rfile.readline():
            self.wfile.write(piece)
            self.wfile.flush()
        self.close_connection = True

    do_GET = do_POST = do_PUT = do_DELETE = do_HEAD = do_OPTIONS = answer

    def address_string(self):
        return "client"

    def log_message(self, format, *args):
        """Nothing: the truth is the log."""


def write_truth(line):
    """One line, whole, from whatever process."""
    truth = os.open(arguments.truth, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o644)
    os.write(truth, json.dumps(line).encode() + b"\n")
    os.close(truth)


class Listener(socketserver.TCPServer):
    """Listens where it is told: HOST:PORT, [HOST]:PORT or unix:PATH."""
    allow_reuse_address = True
    request_queue_size = 256

    def __init__(self, listen):
        if listen.startswith("unix:"):
            self.address_family, address = socket.AF_UNIX, listen[5:]
        else:
            host, _, port = listen.rpartition(":")
            self.address_family = socket.AF_INET6 if "[" in host else socket.AF_INET
            address = (host.strip("[]"), int(port))
        self.at = address
        Handler.disable_nagle_algorithm = self.address_family != socket.AF_UNIX
        super().__init__(address, Handler)

    def get_request(self):
        request, address = super().get_request()
        return request, address or ("unix", 0)

    def handle_error(self, request, client_address):
        """Clients that go away are part of the tests."""


class ThreadServer(socketserver.ThreadingMixIn, Listener):
    """A thread for every connection."""
    daemon_threads = True


class ForkServer(socketserver.ForkingMixIn, Listener):
    """A process for every connection."""
    max_children = 200

    def finish_request(self, request, client_address):
        die_with_parent()
        super().finish_request(request, client_address)


def die_with_parent():
    """Also when the parent is killed."""
    ctypes.CDLL(None).prctl(1, signal.SIGKILL)


def main():
    """Starts listening, says where, and serves."""
    global arguments
    parser = argparse.ArgumentParser()
    parser.add_argument("--listen", default="127.0.0.1:0")
    parser.add_argument("--model", choices=["thread", "fork", "prefork"], default="thread")
    parser.add_argument("--workers", type=int, default=0, help="threads that make the calls; 0: who reads does")
    parser.add_argument("--call", help="URL below which the service behind this one answers")
    parser.add_argument("--passes-on", nargs="*", default=[], help="headers that it passes on as they came")
    parser.add_argument("--truth", required=True)
    arguments = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: os._exit(0))
    if arguments.workers:
        start_workers(arguments.workers)
    server = (ForkServer if arguments.model == "fork" else ThreadServer)(arguments.listen)
    if arguments.model == "prefork":
        # The workers accept from one listening socket; the parent only waits.
        for _ in range(3):
            if os.fork() == 0:
                die_with_parent()
                server.serve_forever()
    print(json.dumps({"listening": server.socket.getsockname()}), flush=True)
    if arguments.model == "prefork":
        os.wait()
        sys.exit("a worker ended")
    server.serve_forever(poll_interval=0.1)


main()
