"""Echoes WebSocket messages, and sends three for "more". usage: websocket_server.py PORT"""
import sys

from websockets.sync.server import serve


def handle(websocket):
    """One connection."""
    for message in websocket:
        for answer in [message] if message != "more" else ["one", "two", b"three"]:
            websocket.send(answer)


with serve(handle, "127.0.0.1", int(sys.argv[1]), max_size=None) as server:
    server.serve_forever()
