#!/usr/bin/env python3
"""A service of aiohttp: its server, and its client with a pool of connections."""
import asyncio
import random

import aiohttp
from aiohttp import web

import common

options = common.arguments(__doc__, port=0, connections=20)
truth = common.Truth(options.truth)


async def pause():
    """A random wait."""
    await asyncio.sleep(common.pause(options.wait))


async def handle(incoming):
    """One request."""
    operation, request = common.split(incoming.path)
    session = incoming.app["session"]

    async def call(what):
        url = f"http://127.0.0.1:{options.backend}/{what}/{truth.call(request)}"
        async with session.get(url) as response:
            await response.read()

    await pause()
    if operation == "order":
        await call("stock")
        await pause()
        await call("price")
    elif random.random() < 0.5:
        await call("price")
    await pause()
    return web.Response(text="done\n")


async def with_session(application):
    """The client lives as long as the server."""
    connector = aiohttp.TCPConnector(limit=options.connections)
    async with aiohttp.ClientSession(connector=connector) as application["session"]:
        yield


application = web.Application()
application.router.add_get("/{tail:.*}", handle)
application.cleanup_ctx.append(with_session)
web.run_app(application, host="127.0.0.1", port=options.port, print=None, access_log=None, backlog=1024)
