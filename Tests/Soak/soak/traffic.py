"""What talks: each kind has its servers, and rounds that are run again and again until the end.

A kind is a function of a folder that starts what it needs there and gives its round: a function without arguments
that returns when a client has done its work and is gone."""
import dataclasses
import json
import os
import random
import shutil
import socket
import struct
import subprocess
import sys
import typing

from harness.free import wait_until_listening
from harness.process import Skip
from live.world import CLIENTS
from scenarios import amqp, dns, dubbo, fastcgi, grpc, http2, kafka, memcached, mongodb, mqtt, mysql, nats, postgresql
from scenarios import redis, tls, websocket

from . import worlds

NAMES = 40
CHURN = 30


@dataclasses.dataclass
class Kind:
    """One of them. protocol: as the agent's metrics call what it speaks."""
    name: str
    protocol: str
    start: typing.Callable
    # Runs shorter than that leave it out: it takes too long to be there.
    least_minutes: float = 0
    # Has a thread of its own, in which it is also started, rather than its turn among all.
    is_apart: bool = False
    # A text in JSON that its spans alone have, where its protocol does not tell it from others.
    mark: str = ""


KINDS = []


def kind(protocol, **options):
    """Registers one by its function's name."""
    def register(function):
        KINDS.append(Kind(function.__name__, protocol, function, **options))
        return function
    return register


def client(world, script, *arguments, packages=(), line=""):
    """One client from its start to its end; its files are removed."""
    started = world.start_client(script, *arguments, packages=packages)
    if line is not None:
        started.go(line)
    said = started.wait()
    for file in (started.process.out, started.process.err):
        file.unlink()
    return said


@kind("http1", is_apart=True)
def nginxAndServices(folder):
    """nginx in front of two services, on connections that are kept, with processes that answer and end."""
    world = worlds.services(folder)
    behind = world.backend("b", model="prefork")
    service = world.backend("a", call=behind)
    forking = world.backend("f", model="fork")
    port = worlds.port()
    world.nginx([f"127.0.0.1:{port}"], {"edge": service, "forking": forking}, keepalive=8)
    asking = world.client(8)

    def turn():
        asking.send(f"http://127.0.0.1:{port}/edge/", world.names(NAMES), query="delay=2")
        asking.send(f"http://127.0.0.1:{port}/forking/", world.names(NAMES // 8))
        asking.send(service.url, world.names(NAMES // 4), method="POST", body=300_000)
        worlds.forget_truth(world)
    return turn


@kind("http1", is_apart=True)
def connectionsThatBreak(folder):
    """Half requests and resets, half answers, and a service that dies in the middle of one and is started anew."""
    world = worlds.services(folder)
    steady, mortal = world.backend("steady"), None

    def ask(service, request, hear):
        connection = socket.create_connection(("127.0.0.1", service.port), timeout=10)
        try:
            connection.sendall(request.encode())
            while hear and connection.recv(1 << 16):
                pass
        except OSError:
            pass
        finally:
            # Away at once, with a reset.
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            connection.close()

    def turn():
        nonlocal mortal
        for query, hear in (("break=1&size=9000", True), ("silent=1", True), ("size=200000", False)):
            ask(steady, f"GET /steady/broken?{query} HTTP/1.1\r\nHost: x\r\n\r\n", hear)
        ask(steady, "POST /steady/broken HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\nhalf", False)
        ask(steady, "GET /steady/bro", False)
        ask(steady, random.randbytes(2000).decode("latin-1"), False)
        mortal = world.backend("mortal")
        ask(mortal, "GET /mortal/last?die=1&size=9000 HTTP/1.1\r\nHost: x\r\n\r\n", True)
        mortal.process.stop()
        worlds.forget_truth(world)
    return turn


@kind("http1", is_apart=True)
def processesThatComeAndGo(folder):
    """Programs that do nothing, and some that send one request and are gone."""
    world = worlds.services(folder)
    service = world.backend("c")
    once = worlds.KERNEL_SERVICES / "once.py"

    def turn():
        for number in range(CHURN):
            subprocess.run(["/bin/true"], check=True)
            if number % 10 == 0:
                once_asked = [sys.executable, "-I", "-S", once, "127.0.0.1", str(service.port), "/c/once"]
                subprocess.run(once_asked, check=True)
        worlds.forget_truth(world)
    return turn


@kind("http1", mark='"::1"')
def requestsOverIPv6(folder):
    """On connections that are kept."""
    world = worlds.services(folder)
    service = world.backend("six", listen="[::1]:0")
    asking = world.client(4)

    def turn():
        asking.send(service.url, world.names(NAMES))
        worlds.forget_truth(world)
    return turn


@kind("http2")
def http2Requests(folder):
    world = worlds.protocol(folder)
    port = http2.served(world)
    paths = [f"/p{number}" for number in range(20)]
    return lambda: client(world, "http2_client.py", port, *paths, packages=("httpx[http2]",))


@kind("http2")
def grpcCalls(folder):
    world = worlds.protocol(folder)
    port = grpc.served(world)
    return lambda: [client(world, "grpc_client.py", port, what, packages=("grpcio",)) for what in ("all", "many")]


@kind("http1")
def webSocketMessages(folder):
    world = worlds.protocol(folder)
    url = f"ws://127.0.0.1:{websocket.served(world)}/chat"
    return lambda: [client(world, "websocket_client.py", url, 20, *how, packages=("websockets",))
                    for how in ((), ("abort",))]


@kind("fastcgi")
def phpBehindNginx(folder):
    world = worlds.protocol(folder)
    address = f"127.0.0.1:{world.port()}"
    fastcgi.fpm(world, address)
    port = fastcgi.front(world, address)
    requests = json.dumps([request for request, _, _ in fastcgi.REQUESTS])
    return lambda: client(world, "web_client.py", port, line=requests)


@kind("tls")
def tlsHandshakes(folder):
    world = worlds.protocol(folder)
    port = tls.served(world)
    return lambda: [tls.curl(world, port, *options) for options in (("-k",), ())]


@kind("mysql")
def mariadbStatements(folder):
    world = worlds.protocol(folder)
    port, _ = mysql.served(world)
    drop = ["mariadb", "--no-defaults", "-h127.0.0.1", f"-P{port}", "-uann", "-psecret", "-e",
            "DROP TABLE IF EXISTS orders, things", "shop"]

    def turn():
        world.command(drop)
        client(world, "mysql_client.py", port, "text", packages=("pymysql",))
        client(world, "mysql_client.py", port, "binary", packages=("mysql-connector-python",))
    return turn


@kind("postgresql")
def postgresqlStatements(folder):
    world = worlds.protocol(folder)
    port, _ = postgresql.served(world)
    drop = ["psql", "-h", "127.0.0.1", "-p", port, "-U", "postgres", "-q", "-c",
            "SET client_min_messages = error; DROP TABLE IF EXISTS orders, things, many", "shop"]

    def turn():
        world.command(drop)
        client(world, "postgresql_client.py", port, "simple", packages=postgresql.SIMPLE)
        for what in ("extended", "pipeline"):
            client(world, "postgresql_client.py", port, what, packages=postgresql.EXTENDED)
    return turn


@kind("redis")
def redisCommands(folder):
    world = worlds.protocol(folder)
    _, port = redis.server(world)
    steps = ("plain", "pipeline", "transaction", "long", "subscribe", "blocking", "inline")
    return lambda: client(world, "redis_client.py", port, random.choice((2, 3)), *steps, packages=("redis",))


@kind("memcached")
def memcachedCommands(folder):
    world = worlds.protocol(folder)
    port = memcached.server(world)
    return lambda: client(
        world, "memcached_client.py", port, "text", "meta", "binary", packages=("pymemcache",
                                                                               "python-binary-memcached"))


@kind("mongodb")
def mongodbCommands(folder):
    world = worlds.protocol(folder)
    port = mongodb.responder(world)
    return lambda: client(world, "mongodb_client.py", port, "plain", packages=("pymongo",))


@kind("kafka")
def kafkaMessages(folder):
    world = worlds.protocol(folder)
    port, _ = kafka.broker(world)
    kafka.client(world, port, "create")
    return lambda: [client(world, kafka.CLIENT, port, *what, packages=kafka.PACKAGES)
                    for what in (("produce", *kafka.CODECS), ("consume", "-", 5))]


@kind("amqp", least_minutes=4)
def rabbitMessages(folder):
    world = worlds.protocol(folder)
    port, _ = amqp.broker(world)
    return lambda: client(world, "amqp_client.py", port, packages=("pika",))


@kind("mqtt")
def mqttMessages(folder):
    """What is retained would be there the next time: each round has a broker of its own."""
    world = worlds.protocol(folder)
    if not shutil.which("mosquitto", path="/usr/sbin:/usr/bin"):
        raise Skip("mosquitto is not installed")

    def turn():
        port, server = mqtt.broker(world)
        try:
            client(world, "mqtt_client.py", port, random.choice((3, 5)), packages=("paho-mqtt",))
        finally:
            server.stop()
    return turn


@kind("nats")
def natsMessages(folder):
    world = worlds.protocol(folder)
    port, _ = nats.server(world)
    return lambda: client(world, "nats_client.py", port, packages=("nats-py",))


@kind("dubbo")
def dubboCalls(folder):
    world = worlds.protocol(folder)
    port, _ = dubbo.served(world)
    return lambda: client(world, "dubbo_client.py", port)


@kind("dns", is_apart=True)
def dnsQuestions(folder):
    """In a network namespace of this thread's own, where port 53 is free."""
    world = worlds.protocol(folder)
    worlds.enter_own_network(dns.alone())
    dns.bind(world)
    questions = ["www.shop.test", "A", "www.shop.test", "AAAA", "mail.shop.test", "MX", "none.shop.test", "A"]
    return lambda: [client(world, "dns_client.py", way, dns.BIND, *questions, packages=("dnspython",))
                    for way in ("connected", "udp", "tcp")]


def concurrent(name):
    """A service of a model of concurrency, asked eight requests at a time."""
    def start(folder):
        world = worlds.concurrency(folder)
        model = worlds.MODELS[name]
        port = model.start(world)

        def turn():
            world.load(port, 8, 150, model.mix)
            for file in world.folder.glob("load*"):
                file.unlink()
            worlds.empty(world.truth_file)
        return turn
    return start


KINDS += [Kind(f"model-{name}", "http1", concurrent(name)) for name in (
    "python-handover", "asyncio", "uvicorn", "go-http", "node", "java-selector-4")]


@kind("http1", is_apart=True)
def eventStreamsAndUploads(folder):
    """Long bodies, by a server that takes anything."""
    world = worlds.protocol(folder)
    port = world.port()
    process = world.process("long", [sys.executable, "-B", CLIENTS / "long_server.py", port])
    wait_until_listening(process, port)
    return lambda: [client(world, "long_client.py", port, *what, line=None)
                    for what in (("upload", 16 << 20), ("headers", 60 << 10, "00-" + os.urandom(16).hex()
                                                        + "-" + os.urandom(8).hex() + "-01"))]
