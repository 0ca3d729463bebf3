#!/usr/bin/env python3
"""The demo's stock: knows three items, and takes a moment to look.

usage: stock.py PORT
"""
import http.server
import random
import sys
import time

ITEMS = {"tea", "coffee", "cocoa"}


class Stock(http.server.BaseHTTPRequestHandler):
    """GET /items/ITEM and POST /reservations"""
    protocol_version = "HTTP/1.1"
    wbufsize = 4096

    def do_GET(self):
        """Whether there is such an item."""
        self.answer(200 if self.path.rpartition("/")[2] in ITEMS else 404)

    def do_POST(self):
        """Reserves what the body names."""
        self.rfile.read(int(self.headers.get("Content-Length", 0)))
        self.answer(201)

    def answer(self, status):
        """After a moment."""
        time.sleep(random.uniform(0.002, 0.02))
        self.send_response(status)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, format, *args):
        """Quiet: the traces tell."""


http.server.ThreadingHTTPServer(("127.0.0.1", int(sys.argv[1])), Stock).serve_forever()
