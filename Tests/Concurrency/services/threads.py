#!/usr/bin/env python3
"""A service of blocking calls, in every way in which Python has them:
    thread      a thread for each connection
    fork        a process for each request
    prefork     processes made beforehand that accept from one socket, a request at a time
    handover    one thread waits for requests on all connections and hands them to a pool, whose threads call and answer
    helper      a thread for each connection reads and answers, a pool's threads make the calls

With --carry each call has the request's id in a header of its own.
"""
import concurrent.futures
import ctypes
import http.client
import os
import random
import selectors
import signal
import socket
import sys
import threading
import time

import common

ANSWER = b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n%s\r\ndone\n"
PREFORKED = 8
PR_SET_PDEATHSIG = 1
kept = threading.local()
options = truth = pool = None


def call(operation, request):
    """One call, over the thread's own connection."""
    if not hasattr(kept, "connection"):
        kept.connection = http.client.HTTPConnection("127.0.0.1", options.backend, timeout=30)
    headers = {"X-Truth": request} if options.carry else {}
    kept.connection.request("GET", f"/{operation}/{truth.call(request)}", headers=headers)
    with kept.connection.getresponse() as response:
        response.read()
        return response.status


def at_once(request):
    """Several calls at the same time."""
    for call_under_way in [pool.submit(call, "part", request) for _ in range(common.PARTS_OF_FAN)]:
        call_under_way.result()


def by_itself(function, *what):
    """Whoever reads a request makes its calls."""
    return function(*what)


def by_the_pool(function, *what):
    """The pool makes the calls."""
    return pool.submit(function, *what).result()


def work(operation, request, by=by_itself):
    """What a request wants; `by` is who makes the calls."""
    time.sleep(common.pause(options.wait))
    if operation == "order":
        by(call, "stock", request)
        time.sleep(common.pause(options.wait))
        by(call, "price", request)
    elif operation == "fan":
        at_once(request)
    elif operation == "retry":
        if by(call, "flaky", request) != 200:
            time.sleep(common.pause(options.wait))
            by(call, "stock", request)
    elif random.random() < 0.5:
        by(call, "price", request)
    time.sleep(common.pause(options.wait))


def read(connection, left=b""):
    """(the operation and the id of the next request, what was read beyond it); None at the end."""
    while b"\r\n\r\n" not in left:
        try:
            more = connection.recv(65536)
        except ConnectionError:
            more = b""
        if not more:
            return None, b""
        left += more
    head, _, left = left.partition(b"\r\n\r\n")
    return common.split(head.split(b" ", 2)[1].decode()), left


def converse(connection, by=by_itself):
    """Serves a connection to its end."""
    with connection:
        left = b""
        while True:
            wanted, left = read(connection, left)
            if wanted is None:
                return
            work(*wanted, by)
            connection.sendall(ANSWER % b"")


def serve_one(connection):
    """Serves one request of a connection, which ends with it."""
    with connection:
        wanted, _ = read(connection)
        if wanted is not None:
            work(*wanted)
            connection.sendall(ANSWER % b"Connection: close\r\n")


def each_by_a_thread(listener, by=by_itself):
    """A thread for each connection."""
    while True:
        threading.Thread(target=converse, args=(listener.accept()[0], by), daemon=True).start()


def each_by_a_process(listener):
    """A process for each connection, of one request."""
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    while True:
        connection, _ = listener.accept()
        if os.fork() == 0:
            listener.close()
            random.seed()
            serve_one(connection)
            os._exit(0)
        connection.close()


def each_by_a_worker(listener):
    """Processes made beforehand."""
    for _ in range(PREFORKED):
        if os.fork() == 0:
            ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
            random.seed()
            while True:
                serve_one(listener.accept()[0])
    os.wait()
    sys.exit("a worker ended")


def handed_over(listener):
    """One thread waits, a pool works. A connection that waits for its answer is not waited for."""
    selector = selectors.DefaultSelector()
    waker, woken = socket.socketpair()
    selector.register(listener, selectors.EVENT_READ)
    selector.register(woken, selectors.EVENT_READ)
    answered = []

    def handle(connection, wanted):
        work(*wanted)
        connection.sendall(ANSWER % b"")
        answered.append(connection)
        waker.send(b"x")

    while True:
        for key, _ in selector.select():
            if key.fileobj is listener:
                selector.register(listener.accept()[0], selectors.EVENT_READ)
            elif key.fileobj is woken:
                woken.recv(4096)
                while answered:
                    selector.register(answered.pop(), selectors.EVENT_READ)
            else:
                selector.unregister(key.fileobj)
                wanted, _ = read(key.fileobj)
                if wanted is None:
                    key.fileobj.close()
                else:
                    pool.submit(handle, key.fileobj, wanted)


def helped(listener):
    """A pool makes the calls of all connections' threads."""
    each_by_a_thread(listener, by_the_pool)


def main():
    """Listens, says where, and serves."""
    global options, truth, pool
    options = common.arguments(__doc__, model="thread", threads=64, carry=False)
    truth = common.Truth(options.truth)
    pool = concurrent.futures.ThreadPoolExecutor(options.threads)
    listener = socket.create_server(("127.0.0.1", 0), backlog=1024)
    print(f"listening {listener.getsockname()[1]}", flush=True)
    {"thread": each_by_a_thread, "fork": each_by_a_process, "prefork": each_by_a_worker, "handover": handed_over,
     "helper": helped}[options.model](listener)


main()
