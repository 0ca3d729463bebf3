"""Calls by Dubbo 2 over one connection. usage: dubbo_client.py PORT [cut]; prints each call and the status it came back
with, when a line came on standard input. With `cut`, the last call is one that gets no answer."""
import json
import socket
import sys

import dubbo_wire as wire

connection = socket.create_connection(("127.0.0.1", int(sys.argv[1])))
TRACE = {"traceparent": "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"}
SERVICE = "com.example.Shop"


def heartbeat():
    """Asks whether the other side is there."""
    connection.sendall(wire.message(wire.REQUEST | wire.TWO_WAY | wire.EVENT | wire.HESSIAN, 77, b"N"))
    wire.receive(connection)


def said(method, status):
    """Prints a call."""
    print(json.dumps({"call": f"{SERVICE}/{method}", "status": status}), flush=True)


def two_way(identity, method, types="", arguments=b"", attachments=None):
    """A call that wants an answer."""
    body = wire.call(SERVICE, method, types, arguments, attachments or {})
    return wire.message(wire.REQUEST | wire.TWO_WAY | wire.HESSIAN, identity, body)


heartbeat()
print(json.dumps({"ready": True}), flush=True)
sys.stdin.readline()
if "cut" in sys.argv:
    connection.sendall(two_way(1, "hang"))
    said("hang", wire.receive(connection) and 20)
    sys.exit()
order = wire.instance("com.example.Order", id=7, items=["a", {"n": 1.5}], note="ä€😀", none=None, paid=True)
calls = [
    ("list", "", b"", {}), ("order", "Lcom/example/Order;I[B", order + wire.value(70_000) + wire.value(b"xy"), TRACE),
    ("throw", "Ljava/lang/String;", wire.value("s3cret"), {}), ("missing", "J", b"L" + bytes(8), {}),
    ("upload", "[B", wire.value(bytes(200_000)), TRACE),
]
for identity, (method, types, arguments, attachments) in enumerate(calls, 1):
    connection.sendall(two_way(identity, method, types, arguments, attachments))
    _, status, answered, _ = wire.receive(connection)
    assert answered == identity
    said(method, status)
heartbeat()
# Several at once, which the server answers from the last to the first.
connection.sendall(b"".join(two_way(identity, f"late{identity}") for identity in (11, 12, 13)))
answers = {}
for _ in range(3):
    _, status, identity, _ = wire.receive(connection)
    answers[identity] = status
for identity, status in sorted(answers.items()):
    said(f"late{identity}", status)
connection.sendall(wire.message(
    wire.REQUEST | wire.HESSIAN, 20, wire.call(SERVICE, "tell", "", b"", {})))
said("tell", None)
lines = "\n".join(json.dumps(item) for item in ("2.0.2", SERVICE, "1.0.0", "lines", "I", 5, TRACE)) + "\n"
connection.sendall(wire.message(wire.REQUEST | wire.TWO_WAY | wire.FASTJSON, 21, lines.encode()))
said("lines", wire.receive(connection)[1])
