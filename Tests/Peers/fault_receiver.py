"""An OTLP/HTTP receiver that misbehaves as it is told.

usage: fault_receiver.py LOG ACTION[,ACTION...] [--port N] [--bodies] [--most-tls12] [--tls CERT KEY [CLIENT_CA]]

Each POST takes the next action, the last one for ever; a line on standard input puts others in their place. Prints its
port, then, before it answers, a line of JSON into LOG for each request: path, headers, when it came, the action, the
span ids it carried, and whether they were taken; with TLS, the name that was asked for and the common name of the
client's certificate; with --bodies, the body as it was before compression, in base64. Ends when its standard input
does.

  200             taken
  partial:N       taken but for N spans
  NNN             that status, with a google.rpc.Status
  NNN:after:S     ... with Retry-After in seconds
  NNN:date:S      ... with Retry-After as a date so many seconds from now
  cut-request     resets the connection in the middle of the request's body
  cut-response    takes the spans and resets the connection in the middle of the answer
  bye             taken; the connection is then closed without having said so
  hang            reads the request and never answers
  flood           taken, with an answer of 4 MB
  junk            taken, with an answer that is no protobuf
"""
import base64
import email.utils
import gzip
import http.server
import json
import os
import socket
import ssl
import struct
import sys
import threading
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import otlp_wire

log_path, actions = sys.argv[1], sys.argv[2].split(",")
options = sys.argv[3:]
port = int(options[options.index("--port") + 1]) if "--port" in options else 0
most_tls12 = "--most-tls12" in options
with_bodies = "--bodies" in options
tls = options[options.index("--tls") + 1:] if "--tls" in options else None
lock = threading.Lock()
log = open(log_path, "w", buffering=1)


def next_action():
    with lock:
        return actions.pop(0) if len(actions) > 1 else actions[0]


def delimited(number, body):
    return bytes([number << 3 | 2, len(body)]) + body


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *_):
        pass

    def reset(self):
        # Closing with nothing to linger for sends RST.
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.close_connection = True
        self.connection.close()
        self.wfile = self.rfile = open(os.devnull, "r+b", buffering=0)

    def identity(self):
        certificate = self.connection.getpeercert() if tls else None
        return dict(pair for pairs in (certificate or {}).get("subject", ()) for pair in pairs).get("commonName")

    def note(self, action, spans, taken, body=b""):
        line = {
            "path": self.path, "action": action, "spans": spans, "taken": taken, "port": self.client_address[1],
            "identity": self.identity(), "serverName": getattr(self.connection, "asked_for", None),
            "at": time.time(), "headers": {name.lower(): value for name, value in self.headers.items()},
        }
        if with_bodies:
            line["body"] = base64.b64encode(body).decode()
        with lock:
            log.write(json.dumps(line) + "\n")

    def answer(self, status, body, **headers):
        self.send_response(status)
        is_json = self.headers["Content-Type"] == "application/json"
        self.send_header("Content-Type", "application/json" if is_json else "application/x-protobuf")
        self.send_header("Content-Length", str(len(body)))
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()
        self.wfile.write(body)

    def do_POST(self):
        action = next_action()
        length = int(self.headers["Content-Length"])
        if action == "cut-request":
            self.rfile.read(length // 2)
            self.note(action, [], False)
            return self.reset()
        body = self.rfile.read(length)
        if self.headers.get("Content-Encoding") == "gzip":
            body = gzip.decompress(body)
        is_json = self.headers["Content-Type"] == "application/json"
        is_grpc = self.headers["Content-Type"].startswith("application/grpc")
        if is_grpc or self.path.endswith(("/v1/metrics", "/v1/logs")):
            spans = []
        elif is_json:
            spans = otlp_wire.span_ids_of_json(json.loads(body))
        else:
            spans = otlp_wire.span_ids(body)
        if action == "hang":
            self.note(action, spans, False, body)
            time.sleep(3600)
        elif action == "cut-response":
            self.note(action, spans, True, body)
            self.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf")
            self.wfile.flush()
            self.reset()
        elif action in ("200", "bye", "flood", "junk") or action.startswith("partial:"):
            rejected = int(action[8:]) if action.startswith("partial:") else 0
            self.note(action, spans, True, body)
            if action == "flood":
                answer = b"\0" * 4_000_000
            elif action == "junk":
                answer = b"\xff\xff\xff\xff\xff"
            elif is_json:
                partial = {"rejectedSpans": str(rejected), "errorMessage": "no \u20ac \"here\""}
                answer = json.dumps({"partialSuccess": partial} if rejected else {}).encode()
            else:
                partial = bytes([8, rejected]) + delimited(2, b"not these")
                answer = delimited(1, partial) if rejected else b""
            self.answer(200, answer)
            self.close_connection |= action == "bye"
        else:
            status, _, wait = action.partition(":")
            self.note(action, spans, False, body)
            headers = {}
            if wait.startswith("after:"):
                headers["Retry_After"] = wait[6:]
            elif wait.startswith("date:"):
                headers["Retry_After"] = email.utils.formatdate(time.time() + float(wait[5:]), usegmt=True)
            if status == "301":
                headers["Location"] = "/elsewhere"
            message = json.dumps({"code": 3, "message": "wrong"}).encode() if is_json else delimited(2, b"wrong")
            self.answer(int(status), message, **headers)


class Server(http.server.ThreadingHTTPServer):
    daemon_threads = True
    allow_reuse_address = True
    request_queue_size = 128

    def handle_error(self, *_):
        pass


server = Server(("127.0.0.1", port), Handler)
if tls:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(tls[0], tls[1])
    if len(tls) > 2:
        context.load_verify_locations(tls[2])
        context.verify_mode = ssl.CERT_REQUIRED
    if most_tls12:
        context.maximum_version = ssl.TLSVersion.TLSv1_2
    context.sni_callback = lambda connection, name, _: setattr(connection, "asked_for", name)
    server.socket = context.wrap_socket(server.socket, server_side=True)
print(server.server_address[1], flush=True)
threading.Thread(target=server.serve_forever, daemon=True).start()
for others in sys.stdin:
    with lock:
        actions[:] = others.strip().split(",")
