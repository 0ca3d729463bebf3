#!/usr/bin/env python3
"""A client and a server that move their bytes by every call there is, one kind a connection.

usage: calls.py server --listen ADDRESS --truth FILE
       calls.py client --connect ADDRESS --truth FILE --token TOKEN

ADDRESS is HOST:PORT or unix:PATH. Connection n of either side uses the n-th way of sending and the n-th way of
receiving, in turn. Each connection carries two requests.
"""
import argparse
import ctypes
import json
import os
import socket
import tempfile

libc = ctypes.CDLL(None, use_errno=True)


class Vector(ctypes.Structure):
    """struct iovec"""
    _fields_ = [("base", ctypes.c_void_p), ("length", ctypes.c_size_t)]


class Header(ctypes.Structure):
    """struct msghdr"""
    _fields_ = [
        ("name", ctypes.c_void_p), ("name_length", ctypes.c_uint32), ("vectors", ctypes.POINTER(Vector)),
        ("count", ctypes.c_size_t), ("control", ctypes.c_void_p), ("control_length", ctypes.c_size_t),
        ("flags", ctypes.c_int)]


class Message(ctypes.Structure):
    """struct mmsghdr"""
    _fields_ = [("header", Header), ("moved", ctypes.c_uint32)]


def message(vector):
    """A message of one vector."""
    return Message(Header(vectors=ctypes.pointer(vector), count=1))


def vector_of(buffer):
    """All of a buffer."""
    return Vector(ctypes.addressof(buffer), len(buffer))


def thirds(data):
    """A message in three parts, cut where it hurts."""
    return [data[:7], data[7:31], data[31:]]


def send_mmsg(connection, data):
    """sendmmsg of two messages."""
    half = len(data) // 2
    buffers = [ctypes.create_string_buffer(part, len(part)) for part in (data[:half], data[half:])]
    vectors = [vector_of(buffer) for buffer in buffers]
    messages = (Message * 2)(*map(message, vectors))
    assert libc.sendmmsg(connection.fileno(), messages, 2, 0) == 2


def file_of(data):
    """An unnamed file that holds the data, at its start."""
    file = tempfile.TemporaryFile()
    file.write(data)
    file.flush()
    return file


def send_file(connection, data):
    """The head by send, the body by sendfile."""
    head, body = data[:-BODY], data[-BODY:]
    connection.sendall(head)
    with file_of(body) as file:
        assert os.sendfile(connection.fileno(), file.fileno(), 0, len(body)) == len(body)


def send_splice(connection, data):
    """The head by send, the body by splice from a pipe."""
    head, body = data[:-BODY], data[-BODY:]
    connection.sendall(head)
    reader, writer = os.pipe()
    os.write(writer, body)
    assert libc.splice(reader, None, connection.fileno(), None, ctypes.c_size_t(len(body)), 0) == len(body)
    os.close(reader)
    os.close(writer)


def receive_mmsg(connection, size):
    """recvmmsg of one message."""
    buffer = ctypes.create_string_buffer(size)
    vector = vector_of(buffer)
    messages = (Message * 1)(message(vector))
    assert libc.recvmmsg(connection.fileno(), messages, 1, 0, None) == 1
    return buffer.raw[:messages[0].moved]


def receive_into(read):
    """A way of receiving that fills a buffer."""
    def receive(connection, size):
        first, second = bytearray(10), bytearray(size)
        count = read(connection, first, second)
        return bytes(first + second)[:count]
    return receive


def receive_peeking(connection, size):
    """A look, which must not count, and then the same bytes for good."""
    connection.recv(size, socket.MSG_PEEK)
    return connection.recv(size)


BODY = 64
SENDERS = {
    "write": lambda connection, data: os.write(connection.fileno(), data),
    "writev": lambda connection, data: os.writev(connection.fileno(), thirds(data)),
    "send": lambda connection, data: connection.send(data),
    "sendmsg": lambda connection, data: connection.sendmsg(thirds(data)),
    "sendmmsg": send_mmsg,
    "several": lambda connection, data: [connection.send(part) for part in thirds(data)],
}
# What has no bytes to look at can carry a body, but no head.
SERVER_SENDERS = {**SENDERS, "sendfile": send_file, "splice": send_splice}
RECEIVERS = {
    "read": lambda connection, size: os.read(connection.fileno(), size),
    "readv": receive_into(lambda connection, *buffers: os.readv(connection.fileno(), buffers)),
    "recv": lambda connection, size: connection.recv(size),
    "recvfrom": lambda connection, size: connection.recvfrom(size)[0],
    "recvmsg": lambda connection, size: connection.recvmsg(size)[0],
    "recvmsg_into": receive_into(lambda connection, *buffers: connection.recvmsg_into(buffers)[0]),
    "recvmmsg": receive_mmsg,
    "peek": receive_peeking,
    "little": lambda connection, size: connection.recv(11),
}
CONNECTIONS = 36


def receive_until(connection, receive, end, more=0):
    """Receives up to and with an end, and what follows it."""
    data = b""
    while end not in data or len(data) < data.index(end) + len(end) + more:
        piece = receive(connection, 4096)
        if not piece:
            return data
        data += piece
    return data


def open_socket(address, listen):
    """A connected or a listening socket."""
    family = socket.AF_UNIX if address.startswith("unix:") else socket.AF_INET
    where = address[5:] if family == socket.AF_UNIX else (address.rpartition(":")[0], int(address.rpartition(":")[2]))
    opened = socket.socket(family, socket.SOCK_STREAM)
    if listen:
        opened.bind(where)
        opened.listen()
    else:
        opened.connect(where)
    if family != socket.AF_UNIX:
        opened.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return opened


def serve(options, truth):
    """Answers every request of every connection, one connection after the other."""
    listener = open_socket(options.listen, True)
    print(json.dumps({"listening": listener.getsockname()}), flush=True)
    for number in range(CONNECTIONS):
        connection = listener.accept()[0]
        send = list(SERVER_SENDERS.values())[number % len(SERVER_SENDERS)]
        receive = list(RECEIVERS.values())[(number * 2 + 1) % len(RECEIVERS)]
        while request := receive_until(connection, receive, b"\r\n\r\n"):
            path = request.split(b" ")[1].decode()
            truth.write(json.dumps({"path": path, "pid": os.getpid(), "status": 200, "calls": []}) + "\n")
            truth.flush()
            send(connection, b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: %d\r\n\r\n%b" % (
                BODY, b"z" * BODY))
        connection.close()


def ask(options, truth):
    """Two requests on each connection."""
    for number in range(CONNECTIONS):
        connection = open_socket(options.connect, False)
        name, send = list(SENDERS.items())[number % len(SENDERS)]
        how, receive = list(RECEIVERS.items())[number % len(RECEIVERS)]
        for turn in range(2):
            path = f"/calls/{options.token}-{number}-{name}-{how}-{turn}"
            send(connection, f"GET {path} HTTP/1.1\r\nHost: calls\r\nX-Number: {number}\r\n\r\n".encode())
            receive_until(connection, receive, b"\r\n\r\n", BODY)
            truth.write(json.dumps({
                "path": None, "pid": os.getpid(), "calls": [{"path": path, "status": 200}]}) + "\n")
        connection.close()


def main():
    """One of the two sides."""
    parser = argparse.ArgumentParser()
    parser.add_argument("side", choices=["server", "client"])
    parser.add_argument("--listen")
    parser.add_argument("--connect")
    parser.add_argument("--token")
    parser.add_argument("--truth", required=True)
    options = parser.parse_args()
    with open(options.truth, "a") as truth:
        (serve if options.side == "server" else ask)(options, truth)


main()
