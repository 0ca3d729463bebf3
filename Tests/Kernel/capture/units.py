"""Sends in contexts of its own, and says in which: a JSON line for each, {"length", "unit"}, where a unit is a
context's address and 0 none at all. Waits for a line first, by when somebody may have looked at it.

Its lengths are nobody else's: other tests send at the same time.

usage: units.py contexts|fork|thread|exec PROGRAM...
"""
import contextvars
import json
import os
import socket
import sys
import threading

variable = contextvars.ContextVar("variable")


def pair():
    """Both ends of a TCP connection."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        client = socket.create_connection(listener.getsockname())
        return client, listener.accept()[0]


client, server = pair()


def send(length, context=None):
    """Sends so many bytes: in a context, or in what there is."""
    # The truth first: what is seen of it comes when it was sent.
    print(json.dumps({"length": length, "unit": 0 if context is None else id(context)}), flush=True)
    if context is not None:
        context.run(client.sendall, b"x" * length)
    else:
        client.sendall(b"x" * length)
    server.recv(length, socket.MSG_WAITALL)


def contexts():
    """In none, while the thread has none yet; in one after the other; in copies, before and after they set anything."""
    send(17_100)
    made = [contextvars.copy_context() for _ in range(3)]
    for index, context in enumerate(made):
        send(17_200 + index, context)
    made[0].run(variable.set, 1)
    parent = made[0]
    child, other = parent.run(contextvars.copy_context), parent.run(contextvars.copy_context)
    other.run(variable.set, 2)
    send(17_300, parent)
    send(17_301, child)
    send(17_302, other)


def fork():
    """A child that sends at once."""
    context = contextvars.copy_context()
    if (child := os.fork()) == 0:
        send(17_200, context)
        os._exit(0)
    os.waitpid(child, 0)


def thread():
    """Another thread, in a context and in none."""
    def work():
        send(17_100)
        send(17_200, contextvars.copy_context())
    worker = threading.Thread(target=work)
    worker.start()
    worker.join()


sys.stdin.readline()
if sys.argv[1] == "exec":
    # The same process, another program: what was known of it is no longer true.
    os.execv(sys.argv[2], sys.argv[2:])
{"contexts": contexts, "fork": fork, "thread": thread}[sys.argv[1]]()
