#!/usr/bin/env python3
"""A service of asyncio's streams: a task for each connection, and calls over a pool of kept connections.

With --context a variable of the task's context is set for each request, as OpenTelemetry, structlog and many frameworks
do. With --beat calls are made that no request asks for.
"""
import asyncio
import contextvars
import random

import common

ANSWER = b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\ndone\n"
CHUNK = b"5\r\nmore\n\r\n"
current = contextvars.ContextVar("current")
options = truth = None


class Pool:
    """Connections to the backend, made when needed; who finds none waits."""

    def __init__(self, most):
        self._idle, self._may = [], asyncio.Semaphore(most)

    async def call(self, operation, request):
        """One call for a request; the status of its answer."""
        async with self._may:
            reader, writer = self._idle.pop() if self._idle else await asyncio.open_connection(
                "127.0.0.1", options.backend)
            writer.write(f"GET /{operation}/{truth.call(request)} HTTP/1.1\r\nHost: backend\r\n\r\n".encode())
            head = await reader.readuntil(b"\r\n\r\n")
            length = int(head.lower().partition(b"content-length:")[2].partition(b"\r\n")[0])
            await reader.readexactly(length)
            self._idle.append((reader, writer))
            return int(head.split(b" ", 2)[1])


async def pause(longest=None):
    """A random wait."""
    await asyncio.sleep(common.pause(options.wait if longest is None else longest))


async def work(pool, writer, operation, request):
    """What a request wants."""
    await pause()
    if operation == "order":
        await pool.call("stock", request)
        await pause()
        await pool.call("price", request)
    elif operation == "look":
        if random.random() < 0.5:
            await pool.call("price", request)
    elif operation == "fan":
        await asyncio.gather(*(pool.call("part", request) for _ in range(common.PARTS_OF_FAN)))
    elif operation == "retry":
        if await pool.call("flaky", request) != 200:
            await pause()
            await pool.call("stock", request)
    elif operation == "poll":
        await asyncio.sleep(1 + random.random())
        await pool.call("stock", request)
    await pause()
    if operation != "stream":
        writer.write(ANSWER)
        return
    writer.write(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
    for what in ("stock", "price"):
        writer.write(CHUNK)
        await pause()
        await pool.call(what, request)
    writer.write(CHUNK + b"0\r\n\r\n")


async def beat(pool, period):
    """Calls that no request asks for."""
    while True:
        await asyncio.sleep(period)
        await pool.call("beat", "-")


async def main():
    """Listens, says where, and serves."""
    pool = Pool(options.connections)

    async def converse(reader, writer):
        try:
            while True:
                head = await reader.readuntil(b"\r\n\r\n")
                operation, request = common.split(head.split(b" ", 2)[1].decode())
                if options.context:
                    current.set(request)
                await work(pool, writer, operation, request)
        except (asyncio.IncompleteReadError, ConnectionError):
            writer.close()

    server = await asyncio.start_server(converse, "127.0.0.1", 0, backlog=1024)
    print(f"listening {server.sockets[0].getsockname()[1]}", flush=True)
    beats = asyncio.create_task(beat(pool, options.beat)) if options.beat else None
    await server.serve_forever()
    del beats


options = common.arguments(__doc__, connections=20, context=False, beat=0.0)
truth = common.Truth(options.truth)
asyncio.run(main())
