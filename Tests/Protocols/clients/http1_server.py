"""Answers every request of HTTP/1.1, with the request's id and a context of its own, which is in the wrong place there.
usage: http1_server.py PORT"""
import http.server
import sys

BODY = b"hello"


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        self.send_response(200)
        self.send_header("Content-Length", str(len(BODY)))
        self.send_header("traceparent", "00-eeeeeeeeeeeeeeeeeeeeeeeeeeeeeeee-eeeeeeeeeeeeeeee-01")
        if "x-request-id" in self.headers:
            self.send_header("x-request-id", self.headers["x-request-id"])
        self.end_headers()
        self.wfile.write(BODY)

    def log_message(self, *_):
        pass


http.server.ThreadingHTTPServer(("127.0.0.1", int(sys.argv[1])), Handler).serve_forever()
