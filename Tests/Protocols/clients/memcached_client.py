"""Speaks to Memcached and prints the name of each command, as it went.

usage: memcached_client.py PORT STEP...
"""
import json
import socket
import sys

port, *steps = sys.argv[1:]
where = ("127.0.0.1", int(port))


def tell(name, status="UNSET"):
    print(json.dumps({"name": name, "status": status}), flush=True)


def text():
    """pymemcache: the text protocol."""
    from pymemcache.client.base import Client
    from pymemcache.exceptions import MemcacheClientError
    client = Client(where, default_noreply=False, timeout=10)
    client.set("user:1", "s3cret")
    client.get("user:1")
    client.get("none")
    client.get_many(["user:1", "b", "c"])
    client.add("user:1", "s3cret")
    client.append("user:1", "x")
    client.gets("user:1")
    client.delete("user:1")
    client.touch("none", 10)
    for name in ("set", "get", "get", "get", "add", "append", "gets", "delete", "touch"):
        tell(name)
    client.set("n", "1", noreply=True)
    client.incr("n", 2)
    client.set("long", "s3cret" + "x" * (900 << 10))
    client.get("long")
    for name in ("set", "incr", "set", "get"):
        tell(name)
    client.set("word", "s3cret")
    tell("set")
    try:
        client.incr("word", 1)
    except MemcacheClientError:
        tell("incr", "ERROR")
    client.stats()
    client.version()
    client.flush_all()
    for name in ("stats", "version", "flush_all"):
        tell(name)
    client.quit()


def meta():
    """The meta commands, as their documentation has them."""
    with socket.create_connection(where) as link:
        lines = link.makefile("rwb")
        lines.write(b"ms k 6 T60\r\ns3cret\r\n")
        lines.flush()
        lines.readline()
        lines.write(b"mg k v t\r\n")
        lines.flush()
        lines.readline(), lines.readline()
        lines.write(b"mg a q v O1\r\nmg k q v O2\r\nmg c q v O3\r\nmn\r\n")
        lines.flush()
        lines.readline(), lines.readline(), lines.readline()
        lines.write(b"md k\r\nma n N0 J5\r\n")
        lines.flush()
        lines.readline(), lines.readline()
    for name in ("ms", "mg", "mg", "mg", "mg", "md", "ma"):
        tell(name)


def binary():
    """python-binary-memcached: the binary protocol."""
    import bmemcached
    client = bmemcached.Client([f"127.0.0.1:{port}"])
    client.set("bin", "s3cret")
    client.get("bin")
    client.get("none")
    client.delete("bin")
    client.incr("count", 5, default=1)
    client.flush_all()
    for name in ("set", "get", "get", "delete", "incr", "flush_all"):
        tell(name)
    client.disconnect_all()


def joined():
    """A connection from before."""
    with socket.create_connection(where) as link:
        lines = link.makefile("rwb")
        lines.write(b"get before\r\n")
        lines.flush()
        lines.readline()
        print(json.dumps({"ready": True}), flush=True)
        sys.stdin.readline()
        for line in (b"set after 0 0 6\r\ns3cret\r\n", b"delete after\r\n", b"gets after\r\n"):
            lines.write(line)
            lines.flush()
            lines.readline()
            tell(line.split()[0].decode())


for step in steps:
    globals()[step]()
