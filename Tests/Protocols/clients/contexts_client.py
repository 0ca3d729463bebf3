"""Sends requests or messages that carry contexts. usage: contexts_client.py CARRIER PORT [SCRIPT], with lines of
JSON on standard input: a list of [NAME, [[HEADER, VALUE]...]], each of which it sends under its name; prints
which were sent and which came. Says that it is ready when it is connected.

CARRIER: one of the functions below."""
import asyncio
import http.client
import json
import socket
import struct
import sys
import threading
import time

PORT = int(sys.argv[2])
TIMEOUT = 20


def say(**what):
    print(json.dumps(what), flush=True)


def sets():
    """What is to be sent."""
    say(ready=True)
    for line in sys.stdin:
        yield from json.loads(line)


def http1():
    """Requests over one connection."""
    connection = http.client.HTTPConnection("127.0.0.1", PORT, timeout=TIMEOUT)
    for name, headers in sets():
        connection.putrequest("GET", f"/{name}")
        for header, value in headers:
            connection.putheader(header, value)
        connection.endheaders()
        connection.getresponse().read()
        say(sent=name)


def http2():
    """Streams of one connection, one after the other."""
    import httpx

    async def main():
        async with httpx.AsyncClient(http1=False, http2=True, timeout=TIMEOUT) as client:
            for name, headers in sets():
                response = await client.get(f"http://127.0.0.1:{PORT}/{name}", headers=headers)
                assert response.status_code == 200, response
                say(sent=name)

    asyncio.run(main())


def grpc():
    """Unary calls with metadata."""
    import grpc as library
    channel = library.insecure_channel(f"127.0.0.1:{PORT}", options=[("grpc.use_local_subchannel_pool", 1)])
    for name, headers in sets():
        metadata = [(header.lower(), value) for header, value in headers]
        channel.unary_unary(f"/test.Echo/Unary{name}")(b"x", metadata=metadata, timeout=TIMEOUT)
        say(sent=name)


def dubbo():
    """Calls with attachments."""
    import dubbo_wire as wire
    connection = socket.create_connection(("127.0.0.1", PORT))
    for number, (name, headers) in enumerate(sets(), 1):
        body = wire.call("com.example.Shop", name, "", b"", dict(headers))
        connection.sendall(wire.message(wire.REQUEST | wire.TWO_WAY | wire.HESSIAN, number, body))
        wire.receive(connection)
        say(sent=name)


def fastcgi():
    """Requests of a web server that has no other side: parameters have the headers' names as CGI spells them."""
    def record(kind, content=b""):
        return struct.pack(">BBHHBB", 1, kind, 1, len(content), 0, 0) + content

    connection = socket.create_connection(("127.0.0.1", PORT))
    for name, headers in sets():
        pairs = [("REQUEST_METHOD", "GET"), ("REQUEST_URI", f"/{name}"), ("SCRIPT_FILENAME", sys.argv[3])]
        pairs += [("HTTP_" + header.upper().replace("-", "_"), value) for header, value in headers]
        content = b"".join(
            struct.pack(">II", len(one) | 1 << 31, len(other) | 1 << 31) + one.encode() + other.encode()
            for one, other in pairs)
        connection.sendall(
            record(1, b"\0\1\1\0\0\0\0\0") + record(4, content) + record(4) + record(5))
        kind = None
        while kind != 3:
            _, kind, _, length, padding, _ = struct.unpack(">BBHHBB", exactly(connection, 8))
            exactly(connection, length + padding)
        say(sent=name)


def exactly(connection, count):
    """So many bytes."""
    data = b""
    while len(data) < count:
        more = connection.recv(count - len(data))
        assert more, "the connection ended"
        data += more
    return data


def kafka():
    """A topic for each set: a message that is sent, and taken by who has waited for it."""
    from confluent_kafka import Consumer, Producer, TopicPartition
    from confluent_kafka.admin import AdminClient, NewTopic
    server = f"127.0.0.1:{PORT}"
    admin = AdminClient({"bootstrap.servers": server})
    producer = Producer({"bootstrap.servers": server, "linger.ms": 0})
    for name, headers in sets():
        admin.create_topics([NewTopic(name, 1, 1)])[name].result(TIMEOUT)
        producer.produce(name, b"m", headers=[tuple(header) for header in headers])
        assert producer.flush(TIMEOUT) == 0
        consumer = Consumer({"bootstrap.servers": server, "group.id": "none", "enable.auto.commit": False})
        consumer.assign([TopicPartition(name, 0, 0)])
        message = consumer.poll(TIMEOUT)
        assert message is not None and not message.error(), message
        consumer.close()
        say(sent=name)


def kafka_batch():
    """All sets as messages of one batch, which is then taken at once."""
    from confluent_kafka import Consumer, Producer, TopicPartition
    from confluent_kafka.admin import AdminClient, NewTopic
    server = f"127.0.0.1:{PORT}"
    admin = AdminClient({"bootstrap.servers": server})
    admin.create_topics([NewTopic("batch", 1, 1)])["batch"].result(TIMEOUT)
    producer = Producer({"bootstrap.servers": server, "linger.ms": 300})
    names = []
    for name, headers in sets():
        producer.produce("batch", b"m", headers=[tuple(header) for header in headers])
        names.append(name)
    assert producer.flush(TIMEOUT) == 0
    consumer = Consumer({"bootstrap.servers": server, "group.id": "none", "enable.auto.commit": False})
    consumer.assign([TopicPartition("batch", 0, 0)])
    for name in names:
        message = consumer.poll(TIMEOUT)
        assert message is not None and not message.error(), message
        say(sent=name)
    consumer.close()


def amqp():
    """A queue for each set: a message that is delivered, and one that is got."""
    import pika
    connection = pika.BlockingConnection(pika.ConnectionParameters("127.0.0.1", PORT))
    channel = connection.channel()
    for name, headers in sets():
        properties = pika.BasicProperties(headers=dict(headers))
        channel.queue_declare(name)
        channel.basic_publish("", name, b"one", properties)
        _, _, body = next(channel.consume(name, auto_ack=True, inactivity_timeout=TIMEOUT))
        channel.cancel()
        channel.basic_publish("", name, b"other", properties)
        end = time.monotonic() + TIMEOUT
        while channel.basic_get(name, auto_ack=True)[0] is None and time.monotonic() < end:
            time.sleep(0.05)
        say(sent=name, came=body.decode())
    connection.close()


def nats():
    """A subject for each set: a message from one connection to another."""
    import nats as library

    async def main():
        url = f"nats://user:right@127.0.0.1:{PORT}"
        one, two = await library.connect(url), await library.connect(url)
        arrived = asyncio.Queue()
        await two.subscribe("shop.>", cb=arrived.put)
        await two.flush()
        for name, headers in sets():
            await one.publish(f"shop.{name}", b"x", headers=dict(headers))
            await asyncio.wait_for(arrived.get(), TIMEOUT)
            say(sent=name)
        await one.close()
        await two.close()

    asyncio.run(main())


def mqtt():
    """A topic for each set: a message from one client to another."""
    import paho.mqtt.client as library
    from paho.mqtt.packettypes import PacketTypes
    from paho.mqtt.properties import Properties
    arrived = threading.Semaphore(0)
    subscribed = threading.Event()

    def connected(name):
        client = library.Client(
            library.CallbackAPIVersion.VERSION2, client_id=name, protocol=library.MQTTv5)
        client.username_pw_set("user", "right")
        client.connect("127.0.0.1", PORT)
        client.loop_start()
        return client

    subscriber, publisher = connected("subscriber"), connected("publisher")
    subscriber.on_message = lambda *_: arrived.release()
    subscriber.on_subscribe = lambda *_: subscribed.set()
    while not (subscriber.is_connected() and publisher.is_connected()):
        time.sleep(0.02)
    subscriber.subscribe("shop/#", 1)
    assert subscribed.wait(TIMEOUT)
    for name, headers in sets():
        properties = Properties(PacketTypes.PUBLISH)
        for header, value in headers:
            properties.UserProperty = (header, value)
        publisher.publish(f"shop/{name}", b"x", 1, properties=properties)
        assert arrived.acquire(timeout=TIMEOUT)
        say(sent=name)
    publisher.disconnect()
    subscriber.disconnect()


globals()[sys.argv[1]]()
