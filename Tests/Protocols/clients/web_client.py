"""Asks by HTTP/1.1 over one connection. usage: web_client.py PORT, with lines of JSON on standard input: a list of
requests [METHOD, PATH, HEADERS, LENGTH OF THE BODY], each of which it answers with their statuses and lengths."""
import http.client
import json
import sys

connection = http.client.HTTPConnection("127.0.0.1", int(sys.argv[1]), timeout=10)
connection.connect()
print(json.dumps({"ready": True}), flush=True)
for line in sys.stdin:
    for method, path, headers, length in json.loads(line):
        connection.request(method, path, headers=headers, body=b"x" * length if length else None)
        response = connection.getresponse()
        print(json.dumps({"status": response.status, "length": len(response.read())}), flush=True)
