"""Stand-ins for who names containers: Docker's API and the CRI on a socket, Kubernetes' API over TLS. What they are
asked is written down, a JSON line for each.

usage: stand_in.py docker SOCKET ANSWERS | cri SOCKET ANSWERS | kubernetes PORT ANSWERS CERTIFICATE KEY | silent SOCKET

ANSWERS is a JSON file: by path for HTTP, labels by container id for the CRI."""
import concurrent.futures
import http.server
import json
import pathlib
import socket
import socketserver
import ssl
import sys


def say(**line):
    """What a test reads."""
    print(json.dumps(line), flush=True)


class Handler(http.server.BaseHTTPRequestHandler):
    """Answers what the file has for a path, else 404."""
    answers = {}
    protocol_version = "HTTP/1.1"

    def address_string(self):
        return "peer"

    def do_GET(self):
        """The one method that is asked for."""
        say(path=self.path, authorization=self.headers.get("Authorization"))
        answer = self.answers.get(self.path)
        body = json.dumps(answer if answer is not None else {"message": "not found"}).encode()
        self.send_response(200 if answer is not None else 404)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format, *arguments):
        """Nothing beside the lines."""


class UnixServer(socketserver.ThreadingUnixStreamServer):
    """HTTP on a socket's path."""
    daemon_threads = True

    def get_request(self):
        connection, _ = self.socket.accept()
        return connection, ("peer", 0)


def text(number, value):
    """A field of protobuf with bytes."""
    value = value.encode() if isinstance(value, str) else value
    length, size = len(value), b""
    while length >= 0x80:
        size += bytes([length & 0x7F | 0x80])
        length >>= 7
    return bytes([number << 3 | 2]) + size + bytes([length]) + value


def cri(path, answers):
    """`runtime.v1.RuntimeService/ContainerStatus`, by grpcio."""
    import grpc

    def status(request, context):
        container = request[2:2 + request[1]].decode()
        say(container=container)
        if container not in answers:
            context.abort(grpc.StatusCode.NOT_FOUND, "no such container")
        labels = answers[container]
        known = text(1, container) + text(2, text(1, "name")) + text(8, text(1, labels.pop("image", "image:1")))
        return text(1, known + b"".join(text(12, text(1, key) + text(2, value)) for key, value in labels.items()))

    handler = grpc.method_handlers_generic_handler("runtime.v1.RuntimeService", {
        "ContainerStatus": grpc.unary_unary_rpc_method_handler(status)})
    server = grpc.server(concurrent.futures.ThreadPoolExecutor(4))
    server.add_generic_rpc_handlers((handler,))
    server.add_insecure_port(f"unix:{path}")
    server.start()
    say(ready=True)
    server.wait_for_termination()


def main():
    """What was asked for."""
    kind, where = sys.argv[1:3]
    if kind == "silent":
        listener = socket.socket(socket.AF_UNIX)
        listener.bind(where)
        listener.listen(64)
        say(ready=True)
        kept = []
        while True:
            kept.append(listener.accept()[0])
            say(connection=len(kept))
    answers = json.loads(pathlib.Path(sys.argv[3]).read_text())
    if kind == "cri":
        return cri(where, answers)
    Handler.answers = answers
    if kind == "docker":
        server = UnixServer(where, Handler)
    else:
        server = http.server.ThreadingHTTPServer(("127.0.0.1", int(where)), Handler)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(sys.argv[4], sys.argv[5])
        server.socket = context.wrap_socket(server.socket, server_side=True)
    say(ready=True)
    return server.serve_forever()


main()
