"""Asks by HTTP/1.1 over one connection; prints what came. usage: http1_client.py PORT (METHOD PATH)..."""
import http.client
import json
import sys

port, *rest = sys.argv[1:]
connection = http.client.HTTPConnection("127.0.0.1", int(port), timeout=10)
connection.connect()
print(json.dumps({"ready": True}), flush=True)
sys.stdin.readline()
for method, path in zip(rest[::2], rest[1::2]):
    connection.request(method, path)
    response = connection.getresponse()
    response.read()
    print(json.dumps({"method": method, "path": path, "status": response.status}))
