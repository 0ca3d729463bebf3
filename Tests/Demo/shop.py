#!/usr/bin/env python3
"""The demo's shop: each checkout asks the stock for the item and then reserves it. Knows nothing of tracing.

usage: shop.py PORT STOCK_PORT
"""
import http.client
import http.server
import sys


class Shop(http.server.BaseHTTPRequestHandler):
    """GET /checkout/ITEM"""
    protocol_version = "HTTP/1.1"
    wbufsize = 4096

    def do_GET(self):
        """Asks, reserves, answers with what the stock says."""
        item = self.path.rpartition("/")[2]
        stock = http.client.HTTPConnection("127.0.0.1", int(sys.argv[2]), timeout=5)
        status, answer = ask(stock, "GET", f"/items/{item}")
        if status == 200:
            status, answer = ask(stock, "POST", "/reservations", item.encode())
        stock.close()
        self.send_response(status)
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    def log_message(self, format, *args):
        """Quiet: the traces tell."""


def ask(stock, method, path, body=None):
    """One call: (status, body)."""
    stock.request(method, path, body)
    response = stock.getresponse()
    return response.status, response.read()


http.server.ThreadingHTTPServer(("127.0.0.1", int(sys.argv[1])), Shop).serve_forever()
