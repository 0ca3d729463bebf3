"""Asks by HTTP/2 with prior knowledge, over one connection, many requests at a time and then a long upload; prints
what came. usage: http2_client.py PORT PATH..."""
import asyncio
import json
import sys

import httpx

port, *paths = sys.argv[1:]


async def ask(client, path, method="GET", content=None):
    response = await client.request(method, f"http://127.0.0.1:{port}{path}", content=content)
    print(json.dumps({"path": path, "status": response.status_code}), flush=True)


async def main():
    limits = httpx.Limits(max_connections=1)
    async with httpx.AsyncClient(http1=False, http2=True, limits=limits, timeout=30) as client:
        await asyncio.gather(*[ask(client, path) for path in paths])
        await ask(client, "/upload", "POST", b"u" * 300_000)


asyncio.run(main())
