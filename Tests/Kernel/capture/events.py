"""What processes and event loops do besides moving bytes, with a line of JSON for each.

usage: events.py fork|turns|half|refused|reset|answered HOW ROUNDS|orphans|shut|halves|taken PORT|joined|send SIZE...
"""
import json
import os
import select
import socket
import struct
import subprocess
import sys
import threading


def pair():
    listener = socket.socket()
    listener.bind(("127.0.0.1", 0))
    listener.listen()
    client = socket.socket()
    client.connect(listener.getsockname())
    server, _ = listener.accept()
    return client, server


def say(**fields):
    print(json.dumps(fields), flush=True)


def fork():
    child = os.fork()
    if child == 0:
        os._exit(0)
    os.waitpid(child, 0)
    thread = threading.Thread(target=lambda: say(thread=threading.get_native_id()))
    thread.start()
    thread.join()
    program = subprocess.Popen(["/bin/true"])
    program.wait()
    say(child=child, program=program.pid)


def turns():
    client, server = pair()
    poll = select.epoll()
    poll.register(server, select.EPOLLIN)
    client.send(b"one")
    poll.poll(1)
    server.recv(10)
    client.send(b"two")
    poll.poll(1)
    server.recv(1)
    server.recv(10)
    client.send(b"three")
    select.select([server], [], [], 1)
    server.recv(10)


def half():
    client, server = pair()
    client.send(b"question")
    client.shutdown(socket.SHUT_WR)
    # Data and FIN in one receive.
    assert server.recv(100) == b"question"
    assert server.recv(100) == b""
    server.send(b"answer")
    server.close()
    assert client.recv(100) == b"answer"
    client.close()


def refused():
    listener = socket.socket()
    listener.bind(("127.0.0.1", 0))
    address = listener.getsockname()
    listener.close()
    try:
        socket.create_connection(address)
    except ConnectionRefusedError:
        pass


def reset():
    client, server = pair()
    client.send(b"unread")
    # Closing with bytes unread resets the connection.
    server.close()
    try:
        client.recv(10)
    except ConnectionResetError:
        pass
    client.close()


def answered(how, rounds):
    """Connections that the server ends right behind its answer, which may be read while that arrives: by a reset; or by
    a FIN, to a client that has sent its own, as soon as it can (`half`) or when it may read already (`late`)."""
    listener = socket.socket()
    listener.bind(("127.0.0.1", 0))
    listener.listen()
    address = listener.getsockname()
    if os.fork() == 0:
        for _ in range(int(rounds)):
            server, _ = listener.accept()
            server.recv(100)
            if how == "reset":
                server.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            server.send(b"answer")
            server.close()
        os._exit(0)
    for _ in range(int(rounds)):
        client = socket.create_connection(address)
        client.send(b"question")
        if how == "late":
            poll = select.poll()
            poll.register(client, select.POLLRDHUP)
            poll.poll(10_000)
        if how != "reset":
            client.shutdown(socket.SHUT_WR)
        client.setblocking(False)
        got = None
        while got is None:
            try:
                got = client.recv(100)
            except BlockingIOError:
                pass
        assert got == b"answer"
        if how == "late":
            assert client.recv(100) == b""
        client.close()
    os.wait()


def orphans():
    """AF_UNIX connections whose client is gone before anything of them is read, and that take no answer."""
    listener = socket.socket(socket.AF_UNIX)
    listener.bind(f"\0orphans-{os.getpid()}")
    listener.listen()
    ends = []
    for _ in range(2):
        client = socket.socket(socket.AF_UNIX)
        client.connect(listener.getsockname())
        client.send(b"question")
        client.close()
    for _ in range(2):
        server, _ = listener.accept()
        assert server.recv(100) == b"question"
        try:
            server.send(b"answer")
        except BrokenPipeError:
            pass
        ends.append(server)


def shut():
    """An AF_UNIX server that shuts its direction behind its answer, and closes later."""
    client, server = socket.socketpair()
    client.send(b"question")
    assert server.recv(100) == b"question"
    server.send(b"answer")
    server.shutdown(socket.SHUT_WR)
    assert client.recv(100) == b"answer"
    for _ in range(3):
        assert client.recv(100) == b""
    server.close()
    assert client.recv(100) == b""


def halves():
    """An AF_UNIX connection of which each end has shut its direction, before the client has read its answer."""
    client, server = socket.socketpair()
    client.send(b"question")
    client.shutdown(socket.SHUT_WR)
    assert server.recv(100) == b"question"
    server.send(b"answer")
    server.shutdown(socket.SHUT_WR)
    assert server.recv(100) == b""
    assert client.recv(100) == b"answer"
    assert client.recv(100) == b""
    server.close()
    assert client.recv(100) == b""


def taken(port):
    """Listens where somebody else has."""
    listener = socket.socket()
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.bind(("127.0.0.1", int(port)))
    listener.listen()
    client = socket.create_connection(("127.0.0.1", int(port)))
    server, _ = listener.accept()
    client.send(b"question")
    assert server.recv(100) == b"question"


def joined():
    """Connections that are there before the capture begins: it is told to begin by a line on standard input."""
    client, server = pair()
    client.send(b"before")
    server.recv(100)
    closing, closed = pair()
    closing.send(b"before")
    closed.recv(100)
    closing.shutdown(socket.SHUT_WR)
    say(ready=True)
    sys.stdin.readline()
    client.send(b"after")
    server.recv(100)
    closed.send(b"after")
    closing.recv(100)


def send(*sizes):
    client, server = socket.socketpair() if sizes[0] == "unix" else pair()
    for size in [int(size) for size in sizes if size != "unix"]:
        sender = threading.Thread(target=client.sendall, args=(bytes(i % 251 for i in range(size)),))
        sender.start()
        while size:
            size -= len(server.recv(1 << 20))
        sender.join()


globals()[sys.argv[1]](*sys.argv[2:])
