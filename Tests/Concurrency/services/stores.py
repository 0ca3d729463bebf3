#!/usr/bin/env python3
"""A service of asyncio's streams whose calls go to a database, over the pool of a driver that people use:
    postgresql    asyncpg
    redis         redis-py's asyncio client
or one with a thread for each connection:
    threads       psycopg2's threaded pool

The id of a call is a name in the statement, or a key. With --context a variable of the task's context is set for each
request: redis-py makes a task of its own for each command it sends.
"""
import asyncio
import contextvars
import random
import socket
import threading
import time

import common

ANSWER = b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\ndone\n"
current = contextvars.ContextVar("current")
options = truth = None


def statement(name):
    """A statement that takes its time and has a name in it."""
    return f"SELECT pg_sleep({random.random() * 0.005:.4f}) AS n{name}"


async def postgresql():
    """A call over asyncpg's pool."""
    import asyncpg

    pool = await asyncpg.create_pool(
        host="127.0.0.1", port=options.backend, user="postgres", database="postgres", min_size=options.connections,
        max_size=options.connections, statement_cache_size=0)

    async def call(request):
        async with pool.acquire() as connection:
            await connection.fetch(statement(truth.call(request)))

    return call


async def redis():
    """A call over redis-py's pool."""
    import redis.asyncio

    pool = redis.asyncio.BlockingConnectionPool(
        host="127.0.0.1", port=options.backend, max_connections=options.connections, timeout=60)
    client = redis.asyncio.Redis(connection_pool=pool)

    async def call(request):
        await client.get(f"n{truth.call(request)}")

    return call


async def serve(make_call):
    """A task for each connection."""
    call = await make_call()

    async def converse(reader, writer):
        try:
            while True:
                head = await reader.readuntil(b"\r\n\r\n")
                operation, request = common.split(head.split(b" ", 2)[1].decode())
                if options.context:
                    current.set(request)
                await asyncio.sleep(common.pause(options.wait))
                for _ in range(2 if operation == "order" else random.randrange(2)):
                    await call(request)
                    await asyncio.sleep(common.pause(options.wait))
                writer.write(ANSWER)
        except (asyncio.IncompleteReadError, ConnectionError):
            writer.close()

    server = await asyncio.start_server(converse, "127.0.0.1", 0, backlog=1024)
    print(f"listening {server.sockets[0].getsockname()[1]}", flush=True)
    await server.serve_forever()


def threads():
    """A thread for each connection."""
    from psycopg2.pool import ThreadedConnectionPool

    pool = ThreadedConnectionPool(
        options.connections, options.connections, host="127.0.0.1", port=options.backend, user="postgres")
    # The pool refuses who finds none; here they wait.
    may = threading.Semaphore(options.connections)

    def call(request):
        with may:
            connection = pool.getconn()
            connection.autocommit = True
            with connection.cursor() as cursor:
                cursor.execute(statement(truth.call(request)))
            pool.putconn(connection)

    def converse(connection):
        with connection:
            while head := connection.recv(65536):
                operation, request = common.split(head.split(b" ", 2)[1].decode())
                time.sleep(common.pause(options.wait))
                for _ in range(2 if operation == "order" else random.randrange(2)):
                    call(request)
                    time.sleep(common.pause(options.wait))
                connection.sendall(ANSWER)

    listener = socket.create_server(("127.0.0.1", 0), backlog=1024)
    print(f"listening {listener.getsockname()[1]}", flush=True)
    while True:
        threading.Thread(target=converse, args=(listener.accept()[0],), daemon=True).start()


options = common.arguments(__doc__, model="postgresql", connections=20, context=False)
truth = common.Truth(options.truth)
if options.model == "threads":
    threads()
else:
    asyncio.run(serve({"postgresql": postgresql, "redis": redis}[options.model]))
