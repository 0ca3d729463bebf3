"""Asks itself over HTTP, over one connection.

usage: request.py COUNT
"""
import http.client
import http.server
import sys
import threading


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        body = self.path.encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *arguments):
        pass


server = http.server.HTTPServer(("127.0.0.1", 0), Handler)
threading.Thread(target=server.serve_forever, daemon=True).start()
client = http.client.HTTPConnection(*server.server_address)
for number in range(int(sys.argv[1])):
    client.request("GET", f"/{number}")
    assert client.getresponse().read() == f"/{number}".encode()
client.close()
server.shutdown()
