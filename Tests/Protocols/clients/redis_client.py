"""Speaks to Redis by redis-py and prints the command of each line, as it went.

usage: redis_client.py WHERE PROTOCOL STEP...   WHERE: a port or a socket's path; PROTOCOL: 2 or 3
"""
import json
import socket
import sys
import time

import redis
from redis.backoff import NoBackoff
from redis.retry import Retry

where, protocol, *steps = sys.argv[1:]
options = {"protocol": int(protocol), "socket_timeout": 20, "retry": Retry(NoBackoff(), 0)}
if where.startswith("/"):
    client = redis.Redis(unix_socket_path=where, single_connection_client=True, **options)
else:
    client = redis.Redis(host="127.0.0.1", port=int(where), single_connection_client=True, **options)


def tell(name, status="UNSET", **more):
    print(json.dumps({"name": name, "status": status, **more}), flush=True)


def run(name, *arguments):
    """One command."""
    try:
        client.execute_command(name, *arguments)
        tell(name)
    except redis.ResponseError as error:
        tell(name, "ERROR", message=str(error))


def plain():
    run("SET", "user:1", "s3cret")
    run("GET", "user:1")
    run("GET", "none")
    run("LPUSH", "user:1", "x")
    run("HSET", "cart", "apple", "s3cret", "pear", "2")
    run("HGETALL", "cart")
    run("NOSUCH", "s3cret")
    run("SELECT", "3")
    run("MGET", "a", "b")
    run("SELECT", "0")
    run("CONFIG", "SET", "maxmemory", "0")


def pipeline(rounds=20):
    pipe = client.pipeline(transaction=False)
    for index in range(rounds):
        pipe.set(f"k{index}", "s3cret").get(f"k{index}").incr("n")
    pipe.execute()
    for _ in range(rounds):
        for name in ("SET", "GET", "INCRBY"):
            tell(name)


def long_pipeline():
    """Far more than one call shows at first, on a connection that has been known for a moment."""
    pipeline()
    time.sleep(0.5)
    pipeline(300)


def transaction():
    pipe = client.pipeline(transaction=True)
    pipe.set("t", "s3cret").incr("n").execute()
    for name in ("MULTI", "SET", "INCRBY", "EXEC"):
        tell(name)


def long():
    run("SET", "long", "s3cret" + "x" * (1 << 20))
    run("GET", "long")
    run("DEL", "long")


def subscribe():
    listener = client.pubsub()
    listener.subscribe("news", "sport")
    for _ in range(2):
        listener.get_message(timeout=5)
    tell("SUBSCRIBE")
    for _ in range(3):
        client.publish("news", "s3cret")
        tell("PUBLISH")
        listener.get_message(timeout=5)
    listener.unsubscribe("news", "sport")
    for _ in range(2):
        listener.get_message(timeout=5)
    tell("UNSUBSCRIBE")
    listener.close()


def blocking():
    run("RPUSH", "queue", "s3cret")
    run("BLPOP", "queue", "1")
    run("BLPOP", "queue", "0.3")


def login():
    try:
        client.execute_command("AUTH", "wrong")
    except redis.AuthenticationError:
        tell("AUTH", "ERROR")
    client.execute_command("AUTH", "hunter2")
    run("GET", "user:1")


def inline():
    with socket.create_connection(("127.0.0.1", int(where))) as link:
        link.sendall(b"*1\r\n$4\r\nPING\r\n")
        link.recv(100)
        link.sendall(b"SET inline s3cret\r\n")
        link.recv(100)
        link.sendall(b"GET inline\r\n")
        link.recv(100)
        link.sendall(b"*3\r\n$6\r\nCLIENT\r\n$5\r\nREPLY\r\n$3\r\nOFF\r\n*2\r\n$3\r\nDEL\r\n$6\r\ninline\r\n"
                     b"*3\r\n$6\r\nCLIENT\r\n$5\r\nREPLY\r\n$2\r\nON\r\n")
        link.recv(100)
    for name in ("SET", "GET", "DEL"):
        tell(name)


def wait():
    client.ping()
    print(json.dumps({"ready": True}), flush=True)
    sys.stdin.readline()


def never():
    """Asks and is never answered: the server is ended meanwhile."""
    print(json.dumps({"ready": True}), flush=True)
    try:
        client.execute_command("BLPOP", "never", "0")
    except redis.ConnectionError:
        tell("BLPOP", "ERROR")


for step in steps:
    globals()[step]()
