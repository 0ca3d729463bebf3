"""Takes requests of HTTP/1.1 with bodies of any length, chunked ones with trailers, and answers with what it got, as
JSON. usage: long_server.py PORT"""
import json
import socket
import socketserver
import sys

PIECE = 1 << 20


class Handler(socketserver.BaseRequestHandler):
    """A connection."""

    def setup(self):
        self.request.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.buffer = memoryview(bytearray(PIECE))
        self.rest = b""

    def line(self):
        """The next line, without its end; None when the other side has closed."""
        while b"\r\n" not in self.rest:
            piece = self.request.recv(65536)
            if not piece:
                return None
            self.rest += piece
        line, _, self.rest = self.rest.partition(b"\r\n")
        return line

    def skip(self, length):
        """So many bytes, which are not kept."""
        here = min(length, len(self.rest))
        self.rest = self.rest[here:]
        length -= here
        while length:
            count = self.request.recv_into(self.buffer, min(length, PIECE))
            if not count:
                raise ConnectionError("the other side closed")
            length -= count

    def headers(self):
        """Header lines, or trailers, until an empty one."""
        found = {}
        while line := self.line():
            name, _, value = line.partition(b":")
            found[name.decode().lower()] = value.strip().decode()
        return found

    def chunks(self):
        """The length of a chunked body."""
        length = 0
        while size := int(self.line().split(b";")[0], 16):
            self.skip(size)
            self.line()
            length += size
        return length

    def handle(self):
        while self.line():
            headers = self.headers()
            got = {"headers": sum(map(len, headers)) + sum(map(len, headers.values())), "body": 0, "trailers": {}}
            if headers.get("transfer-encoding") == "chunked":
                got["body"], got["trailers"] = self.chunks(), self.headers()
            answer = json.dumps(got).encode()
            head = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n" % len(answer)
            self.request.sendall(head + answer)


class Server(socketserver.ThreadingTCPServer):
    allow_reuse_address = daemon_threads = True


Server(("127.0.0.1", int(sys.argv[1])), Handler).serve_forever()
