"""Speaks WebSocket: some messages, one of them in pieces, and waits for an echo of each.
usage: websocket_client.py URL COUNT [abort]; waits for a line on standard input when it is connected."""
import json
import os
import sys

from websockets.sync.client import connect

url, count = sys.argv[1], int(sys.argv[2])
websocket = connect(url, max_size=None, compression=None if "plain" in sys.argv else "deflate")
print(json.dumps({"ready": True}), flush=True)
sys.stdin.readline()
received = 0
for index in range(count):
    # The last but one in pieces, the last one long.
    websocket.send(["pi", "ec", "es"] if index == count - 2 else "x" * (70_000 if index == count - 1 else 5 + index))
    websocket.recv()
    received += 1
if "abort" in sys.argv:
    print(json.dumps({"sent": count, "received": received}), flush=True)
    os._exit(0)
websocket.ping().wait()
# What the server sends of its own accord.
websocket.send("more")
for _ in range(3):
    websocket.recv()
print(json.dumps({"sent": count + 1, "received": received + 3}), flush=True)
websocket.close()
