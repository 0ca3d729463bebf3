"""Speaks NATS by nats-py, as two connections; prints what it did. usage: nats_client.py PORT [jetstream]"""
import asyncio
import json
import sys

import nats

port = int(sys.argv[1])
with_jetstream = "jetstream" in sys.argv
CONTEXT = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"


async def main():
    url = f"nats://user:right@127.0.0.1:{port}"
    one = await nats.connect(url)
    two = await nats.connect(url)
    arrived = []

    async def take(message):
        arrived.append(message.subject)

    async def answer(message):
        arrived.append(message.subject)
        await message.respond(b"answer")

    await two.subscribe("shop.>", cb=take)
    await two.subscribe("work", queue="workers", cb=take)
    await two.subscribe("ask", cb=answer)
    await two.flush()
    # The first request makes the inbox. The server may not have heard of the subscription yet.
    for _ in range(100):
        try:
            await one.request("ask", b"first", timeout=10)
            break
        except nats.errors.NoRespondersError:
            await asyncio.sleep(0.05)
    print(json.dumps({"ready": True}), flush=True)
    await asyncio.to_thread(sys.stdin.readline)
    arrived.clear()
    sent = []

    async def publish(subject, payload, headers=None):
        await one.publish(subject, payload, headers=headers)
        sent.append(subject)

    await publish("shop.small", b"x")
    await publish("shop.headers", b"yy", {"traceparent": CONTEXT, "Nats-Msg-Id": "m1"})
    await publish("shop.large", b"z" * 300_000)
    await publish("work", b"w")
    await one.flush()
    await one.request("ask", b"?", timeout=10)
    sent.append("ask")
    try:
        await one.request("nobody", b"?", timeout=10)
    except nats.errors.NoRespondersError:
        pass
    sent.append("nobody")
    while len(arrived) < 5:
        await asyncio.sleep(0.01)
    stored = 0
    if with_jetstream:
        stream = one.jetstream()
        await stream.add_stream(name="kept", subjects=["kept.*"])
        await stream.publish("kept.one", b"k")
        stored = 1
    await one.close()
    await two.close()
    refusals = 0
    try:
        await nats.connect(f"nats://user:wrong@127.0.0.1:{port}", max_reconnect_attempts=0, allow_reconnect=False)
    except Exception:
        refusals = 1
    print(json.dumps({"sent": sent, "arrived": arrived, "stored": stored, "refusals": refusals}))


asyncio.run(main())
