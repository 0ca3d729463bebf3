"""Moves bytes by every call that moves them, over one connection, and prints what it did: a JSON object a line.

usage: calls.py tcp4|tcp6|unix
"""
import ctypes
import json
import os
import socket
import sys
import tempfile

libc = ctypes.CDLL(None, use_errno=True)


class Vector(ctypes.Structure):
    _fields_ = [("base", ctypes.c_void_p), ("length", ctypes.c_size_t)]


class Message(ctypes.Structure):
    _fields_ = [
        ("name", ctypes.c_void_p), ("name_length", ctypes.c_uint32), ("vectors", ctypes.POINTER(Vector)),
        ("vector_count", ctypes.c_size_t), ("control", ctypes.c_void_p), ("control_length", ctypes.c_size_t),
        ("flags", ctypes.c_int)]


class Messages(ctypes.Structure):
    _fields_ = [("message", Message), ("length", ctypes.c_uint32)]


def connect(family):
    if family == "unix":
        path = os.path.join(tempfile.mkdtemp(), "socket")
        listener = socket.socket(socket.AF_UNIX)
        listener.bind(path)
        client = socket.socket(socket.AF_UNIX)
    else:
        path = ("127.0.0.1", 0) if family == "tcp4" else ("::1", 0)
        kind = socket.AF_INET if family == "tcp4" else socket.AF_INET6
        listener = socket.socket(kind)
        listener.bind(path)
        path = listener.getsockname()
        client = socket.socket(kind)
    listener.listen()
    client.connect(path)
    server, _ = listener.accept()
    return client, server


def say(direction, call, data, contents=True):
    print(json.dumps({
        "direction": direction, "call": call, "length": len(data), "payload": data.hex() if contents else None}))


def text(name, size=100):
    return (name.encode() + b" " + bytes(33 + i % 90 for i in range(size)))[:size]


def messages(buffers):
    array = (Messages * len(buffers))()
    for message, parts in zip(array, buffers):
        vectors = (Vector * len(parts))(*[Vector(ctypes.addressof(part), len(part)) for part in parts])
        message.message.vectors = vectors
        message.message.vector_count = len(parts)
    return array


def receive_all(server, count):
    """By recv, each byte of it."""
    while count:
        data = server.recv(min(count, 65536))
        say("receive", "recvfrom", data)
        count -= len(data)


def main():
    client, server = connect(sys.argv[1])
    # A thread's first look at its descriptors is no traffic.
    data = text("write")
    os.write(client.fileno(), data)
    say("send", "write", data)
    say("receive", "read", os.read(server.fileno(), 4096))

    data = text("sendto")
    client.send(data)
    say("send", "sendto", data)
    server.recv(10, socket.MSG_PEEK)
    receive_all(server, len(data))

    parts = [text("writev", 10), text("second", 300), text("third", 17)]
    os.writev(client.fileno(), parts)
    say("send", "writev", b"".join(parts))
    buffers = [bytearray(7), bytearray(1000)]
    os.readv(server.fileno(), buffers)
    say("receive", "readv", b"".join(parts))

    parts = [text("sendmsg", 50), text("more", 60)]
    client.sendmsg(parts)
    say("send", "sendmsg", b"".join(parts))
    server.recvmsg(5, 0, socket.MSG_PEEK)
    data, _, _, _ = server.recvmsg(4096)
    say("receive", "recvmsg", data)

    for turn in range(2):
        buffers = [[ctypes.create_string_buffer(text(f"sendmmsg {turn} {i}", 40 + i), 40 + i)] for i in range(3)]
        array = messages(buffers)
        assert libc.sendmmsg(client.fileno(), array, 3, 0) == 3
        for i in range(3):
            say("send", "sendmmsg", text(f"sendmmsg {turn} {i}", 40 + i))
        receive_all(server, 40 + 41 + 42)

    # Each message takes one part of the stream; the second call uses the array again after the first one stopped early.
    buffers = [[ctypes.create_string_buffer(30)] for _ in range(4)]
    array = messages(buffers)
    for turn in range(2):
        data = text(f"recvmmsg {turn}", 60)
        client.send(data)
        say("send", "sendto", data)
        received = libc.recvmmsg(server.fileno(), array, 4, socket.MSG_DONTWAIT, None)
        assert received == 2, (received, ctypes.get_errno())
        say("receive", "recvmmsg", data[:30])
        say("receive", "recvmmsg", data[30:])

    with tempfile.TemporaryFile() as file:
        data = text("sendfile", 500)
        file.write(data)
        file.flush()
        assert os.sendfile(client.fileno(), file.fileno(), 0, 500) == 500
        say("send", "sendfile", data, contents=False)
        receive_all(server, 500)

    reader, writer = os.pipe()
    data = text("splice", 200)
    os.write(writer, data)
    assert libc.splice(reader, None, client.fileno(), None, 200, 0) == 200
    say("send", "splice", data, contents=False)
    receive_all(server, 200)

    data = text("large", 20000)
    client.sendall(data)
    say("send", "sendto", data)
    whole = b""
    while len(whole) < len(data):
        part = os.read(server.fileno(), 65536)
        whole += part
        say("receive", "read", part)

    parts = [text(f"part {i}", 200) for i in range(40)]
    os.writev(client.fileno(), parts)
    say("send", "writev", b"".join(parts))
    count = sum(map(len, parts))
    while count:
        buffers = [bytearray(333) for _ in range(30)]
        got = os.readv(server.fileno(), buffers)
        say("receive", "readv", b"".join(buffers)[:got])
        count -= got

    data = text("answer")
    server.send(data)
    say("send", "sendto", data)
    say("receive", "read", os.read(client.fileno(), 4096))

    data = text("last")
    client.send(data)
    say("send", "sendto", data)
    client.close()
    receive_all(server, len(data))
    assert server.recv(100) == b""
    server.close()


main()
