#!/usr/bin/env python3
"""Sends requests over connections that it keeps, several on each before it reads an answer: pipelined (HTTP/1.1) or as
streams (HTTP/2 without TLS). It opens its connections at the start, with a request on each.

usage: across.py --url http://HOST:PORT/PREFIX/ --protocol 1|2 --connections N [--warm NAME]

Takes jobs as JSON lines on standard input and answers each with a line `done`:
    {"names": [...], "traceparents": {name: value}, "depth": N}
"""
import argparse
import json
import socket
import struct
import sys
import threading
import urllib.parse

PREFACE = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"
DATA, HEADERS, SETTINGS, PING = 0, 1, 4, 6
END_STREAM, END_HEADERS, ACK = 1, 4, 1


class Pipelined:
    """A connection with HTTP/1.1."""

    def __init__(self, url):
        self.host = url.netloc
        self.socket = connect(url)
        self.file = self.socket.makefile("rb")

    def exchange(self, requests):
        """Sends requests, and then reads as many answers."""
        self.socket.sendall(b"".join(
            f"GET {path} HTTP/1.1\r\nHost: {self.host}\r\n{header(traceparent)}\r\n".encode()
            for path, traceparent in requests))
        return [self.answer() for _ in requests]

    def answer(self):
        """One answer; its status."""
        status, length = int(self.file.readline().split()[1]), 0
        while (line := self.file.readline().strip()):
            name, _, value = line.partition(b":")
            if name.lower() == b"content-length":
                length = int(value)
        self.file.read(length)
        return status


class Multiplexed:
    """A connection with HTTP/2 (RFC 9113), as far as a client that sends no bodies needs it."""

    def __init__(self, url):
        self.host, self.stream = url.netloc, 1
        self.socket = connect(url)
        self.file = self.socket.makefile("rb")
        self.socket.sendall(PREFACE + frame(SETTINGS, 0, 0, b""))

    def exchange(self, requests):
        """Sends requests, each on a stream of its own, and then reads until all are answered."""
        waiting, out = set(), b""
        for path, traceparent in requests:
            fields = [(":method", "GET"), (":scheme", "http"), (":authority", self.host), (":path", path)]
            fields += [("traceparent", traceparent)] if traceparent else []
            out += frame(HEADERS, END_STREAM | END_HEADERS, self.stream, b"".join(map(literal, fields)))
            waiting.add(self.stream)
            self.stream += 2
        self.socket.sendall(out)
        while waiting:
            kind, flags, stream, payload = self.read()
            if kind == SETTINGS and not flags & ACK:
                self.socket.sendall(frame(SETTINGS, ACK, 0, b""))
            elif kind == PING and not flags & ACK:
                self.socket.sendall(frame(PING, ACK, 0, payload))
            elif kind in (DATA, HEADERS) and flags & END_STREAM:
                waiting.discard(stream)
            elif kind not in (DATA, HEADERS, SETTINGS, PING, 8):
                sys.exit(f"a frame of type {kind}: {payload!r}")
        return [200 for _ in requests]

    def read(self):
        """One frame."""
        start = self.file.read(9)
        if len(start) < 9:
            sys.exit("the connection was closed")
        length = int.from_bytes(start[:3])
        return start[3], start[4], struct.unpack(">I", start[5:])[0] & 0x7FFFFFFF, self.file.read(length)


def connect(url):
    """A connection."""
    connection = socket.create_connection((url.hostname, url.port), timeout=60)
    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return connection


def header(traceparent):
    """The line of a context."""
    return f"traceparent: {traceparent}\r\n" if traceparent else ""


def frame(kind, flags, stream, payload):
    """A frame (RFC 9113, section 4.1)."""
    return len(payload).to_bytes(3) + bytes([kind, flags]) + struct.pack(">I", stream) + payload


def literal(field):
    """A field that is not indexed and not compressed (RFC 7541, section 6.2.2): whoever joins later can read it."""
    name, value = (part.encode() for part in field)
    return b"\0" + string(name) + string(value)


def string(text):
    """A string (RFC 7541, section 5.2)."""
    if len(text) < 127:
        return bytes([len(text)]) + text
    return bytes([127, len(text) - 127]) + text


def main():
    """Jobs until standard input ends."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--url", required=True)
    parser.add_argument("--protocol", choices=["1", "2"], required=True)
    parser.add_argument("--connections", type=int, default=1)
    parser.add_argument("--warm", default="warm")
    options = parser.parse_args()
    url = urllib.parse.urlsplit(options.url)
    kind = Pipelined if options.protocol == "1" else Multiplexed
    connections = [kind(url) for _ in range(options.connections)]
    for number, connection in enumerate(connections):
        connection.exchange([(f"{url.path}{options.warm}-{number}", None)])
    print("ready", flush=True)
    for line in sys.stdin:
        job = json.loads(line)
        requests = [(url.path + name, job.get("traceparents", {}).get(name)) for name in job["names"]]
        failures = []

        def work(number):
            share, depth = requests[number::len(connections)], job.get("depth", 4)
            for first in range(0, len(share), depth):
                part = share[first:first + depth]
                failures.extend(status for status in connections[number].exchange(part) if status != 200)

        threads = [threading.Thread(target=work, args=(number,)) for number in range(len(connections))]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        print(f"failed {failures}" if failures else "done", flush=True)


main()
