#!/usr/bin/env python3
"""A service of uvicorn that calls with httpx, on asyncio's own loop or uvloop's."""
import asyncio
import contextlib
import random

import httpx
import uvicorn

import common

options = common.arguments(__doc__, port=0, connections=20, loop="asyncio")
truth = common.Truth(options.truth)
client = httpx.AsyncClient(
    limits=httpx.Limits(max_connections=options.connections, max_keepalive_connections=options.connections),
    timeout=60)


async def call(operation, request):
    """One call for a request."""
    return await client.get(f"http://127.0.0.1:{options.backend}/{operation}/{truth.call(request)}")


async def pause():
    """A random wait."""
    await asyncio.sleep(common.pause(options.wait))


async def application(scope, _, send):
    """One request."""
    if scope["type"] != "http":
        return
    operation, request = common.split(scope["path"])
    await pause()
    if operation == "order":
        await call("stock", request)
        await pause()
        await call("price", request)
    elif random.random() < 0.5:
        await call("price", request)
    await pause()
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"5")]})
    await send({"type": "http.response.body", "body": b"done\n"})


with contextlib.suppress(KeyboardInterrupt):
    uvicorn.run(
        application, host="127.0.0.1", port=options.port, loop=options.loop, lifespan="off", access_log=False,
        log_level="warning", backlog=1024)
