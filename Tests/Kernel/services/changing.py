#!/usr/bin/env python3
"""A server that becomes another while a connection lasts. When it has answered a request whose path ends with
`-change`, what comes over the same connection is answered

    exec    by another program in its process
    thread  the same, which a thread that is not the process's first has begun
    setuid  by itself, as another user
    fork    by a child of its own
    pass    by a process that was there before, which is given the connection
    again   by a process that comes after it and has its number (over a connection of its own)

usage: changing.py HOW. Prints where it listens, and the number of who answers first."""
import json
import os
import socket
import sys
import threading
import time

import numbered

NOBODY = 65534
ANSWER = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"


def serve(connection, change=None):
    """Answers until the peer has closed."""
    request = b""
    while piece := connection.recv(65536):
        request += piece
        if not request.endswith(b"\r\n\r\n"):
            continue
        connection.sendall(ANSWER)
        path, request = request.split()[1], b""
        if change and path.endswith(b"-change"):
            change(connection)


def become_program(connection):
    """The same connection, the same process."""
    connection.set_inheritable(True)
    os.execv(sys.executable, [sys.executable, "-S", __file__, "serve", str(connection.fileno())])


def become_program_in_a_thread(connection):
    """The same, by another thread, whose number is gone by that."""
    thread = threading.Thread(target=become_program, args=(connection,))
    thread.start()
    thread.join()


def become_user(_):
    """The same connection, the same program."""
    os.setgid(NOBODY)
    os.setuid(NOBODY)


def leave_to_child(connection):
    """The same connection, the same program and user."""
    child = os.fork()
    if child == 0:
        serve(connection)
        os._exit(0)
    connection.close()
    os.waitpid(child, 0)
    os._exit(0)


def passing():
    """Makes a process that serves what it is given, and gives it."""
    ours, theirs = socket.socketpair()
    if os.fork() == 0:
        ours.close()
        _, (descriptor, *_), _, _ = socket.recv_fds(theirs, 1, 1)
        serve(socket.socket(fileno=descriptor))
        os._exit(0)

    def give(connection):
        socket.send_fds(ours, [b"x"], [connection.fileno()])
        connection.close()
        time.sleep(60)

    return give


def born_again(listener):
    """Two processes with one number, one after the other."""
    number = numbered.spare()
    listener.set_inheritable(True)
    command = [sys.executable, "-S", __file__, "accept", str(listener.fileno())]
    for turn in range(2):
        while numbered_start(number, command) != number:
            number = numbered.spare()
        if turn == 0:
            say(listener, number)
        os.waitpid(number, 0)


def numbered_start(number, command):
    """The child's number; none when somebody has it."""
    try:
        return numbered.start(number, sys.executable, command, {"PATH": os.environ["PATH"]})
    except FileExistsError:
        return None


def say(listener, number):
    """Where it listens, and who answers."""
    print(json.dumps({"listening": listener.getsockname(), "pid": number}), flush=True)


def main(how):
    """Serves one connection. All on one processor: what the programs remember, they remember on each."""
    os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
    if how == "serve":
        serve(socket.socket(fileno=int(sys.argv[2])))
        return
    if how == "accept":
        serve(socket.socket(fileno=int(sys.argv[2])).accept()[0], lambda _: os._exit(0))
        return
    listener = socket.create_server(("127.0.0.1", 0))
    if how == "again":
        born_again(listener)
        return
    change = {
        "exec": become_program, "thread": become_program_in_a_thread, "setuid": become_user,
        "fork": leave_to_child}.get(how) or passing()
    say(listener, os.getpid())
    serve(listener.accept()[0], change)


main(sys.argv[1])
