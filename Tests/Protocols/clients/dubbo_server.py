"""Answers calls by Dubbo 2. usage: dubbo_server.py PORT"""
import socket
import sys
import threading
import time

import dubbo_wire as wire

VALUE, THROWN = b"\x91", b"\x90"
ANSWERS = {
    "list": (20, VALUE + wire.value(["a", "b"])), "order": (20, VALUE + wire.value({"id": 7})),
    "throw": (20, THROWN + wire.instance("com.example.NoStock", detailMessage="no s3cret")),
    "missing": (60, wire.text("no such service")), "upload": (20, VALUE + wire.value(bytes(100_000))),
}


def method_of(body, flags):
    """The name of the method that is called."""
    if flags & 0x1F == wire.FASTJSON:
        return body.split(b"\n")[3].strip(b'"').decode()
    at = 0
    for _ in range(3):
        at += 1 + body[at]
    return body[at + 1:at + 1 + body[at]].decode()


def serve(connection):
    """One connection."""
    late = []
    while (received := wire.receive(connection)) is not None:
        flags, _, identity, body = received
        if not flags & wire.TWO_WAY:
            continue
        kind = flags & 0x1F
        if flags & wire.EVENT:
            connection.sendall(wire.message(wire.EVENT | kind, identity, b"N", 20))
            continue
        method = method_of(body, flags)
        if method == "hang":
            time.sleep(60)
        if method.startswith("late"):
            late.append(wire.message(kind, identity, VALUE + wire.value(method), 20))
            if len(late) == 3:
                connection.sendall(b"".join(reversed(late)))
            continue
        status, answer = ANSWERS.get(method, (20, b"1\n{}\n" if kind == wire.FASTJSON else VALUE + b"N"))
        connection.sendall(wire.message(kind, identity, answer, status))


listener = socket.create_server(("127.0.0.1", int(sys.argv[1])))
while True:
    threading.Thread(target=serve, args=(listener.accept()[0],), daemon=True).start()
