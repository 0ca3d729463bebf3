"""Answers MongoDB's clients as a server of a few fixed documents would. usage: mongodb_responder.py PORT"""
import itertools
import socketserver
import struct
import sys
import zlib

import bson

HEADER = struct.Struct("<iiii")
REPLY, QUERY, COMPRESSED, MESSAGE = 1, 2004, 2012, 2013
MORE_TO_COME, EXHAUST_ALLOWED = 2, 1 << 16
HELLO = {
    "ok": 1.0, "isWritablePrimary": True, "ismaster": True, "helloOk": True, "maxBsonObjectSize": 16 << 20,
    "maxMessageSizeBytes": 48000000, "maxWriteBatchSize": 100000, "minWireVersion": 0, "maxWireVersion": 21,
    "readOnly": False, "logicalSessionTimeoutMinutes": 30, "connectionId": 1}
ids = itertools.count(1000)


def answers(command, is_exhaust):
    """The documents that answer a command."""
    name = next(iter(command))
    where = f"{command['$db']}.{command.get('collection', command[name])}"
    if name in ("hello", "isMaster", "ismaster"):
        offered = command.get("compression", [])
        return [HELLO | ({"compression": ["zlib"]} if "zlib" in offered else {})]
    if command[name] == "broken":
        return [{"ok": 0.0, "errmsg": "s3cret", "code": 26, "codeName": "NamespaceNotFound"}]
    if name == "insert" and command[name] == "dups":
        return [{"n": 0, "writeErrors": [{"index": 0, "code": 11000, "errmsg": "s3cret"}], "ok": 1.0}]
    if name in ("find", "aggregate"):
        many = command[name] == "many"
        value = "s3cret" * (200_000 if command[name] == "long" else 1)
        return [{"cursor": {"firstBatch": [{"_id": 1, "v": value}], "id": 77 if many else 0, "ns": where}, "ok": 1.0}]
    if name == "getMore":
        left = range(3 if is_exhaust else 1)
        return [{"cursor": {"nextBatch": [{"_id": 10 + index}], "id": 0 if index == left[-1] else 77, "ns": where},
                 "ok": 1.0} for index in left]
    return [{"n": 1, "nModified": 1, "ok": 1.0}]


class Connection(socketserver.StreamRequestHandler):
    """One client."""

    def handle(self):
        while head := self.rfile.read(16):
            length, request, _, kind = HEADER.unpack(head)
            body = self.rfile.read(length - 16)
            is_compressed = kind == COMPRESSED
            if is_compressed:
                kind, = struct.unpack_from("<i", body)
                body = zlib.decompress(body[9:])
            if kind == QUERY:
                self.reply(request, bson.decode(body[body.index(b"\0", 4) + 9:]))
            else:
                self.message(request, body, is_compressed)

    def reply(self, request, command):
        documents = bson.encode(answers(command | {"$db": "admin"}, False)[0])
        body = struct.pack("<iqii", 8, 0, 0, 1) + documents
        self.send(HEADER.pack(16 + len(body), next(ids), request, REPLY) + body)

    def message(self, request, body, is_compressed):
        flags, kind = struct.unpack_from("<IB", body)
        size, = struct.unpack_from("<i", body, 5)
        assert kind == 0
        command = bson.decode(body[5:5 + size])
        if flags & MORE_TO_COME:
            return
        documents = answers(command, flags & EXHAUST_ALLOWED)
        for index, document in enumerate(documents):
            more = MORE_TO_COME if index + 1 < len(documents) else 0
            answer = struct.pack("<IB", more, 0) + bson.encode(document)
            number, kind = next(ids), MESSAGE
            if is_compressed:
                answer = struct.pack("<iiB", MESSAGE, len(answer), 2) + zlib.compress(answer)
                kind = COMPRESSED
            self.send(HEADER.pack(16 + len(answer), number, request, kind) + answer)
            request = number

    def send(self, message):
        self.wfile.write(message)


class Responder(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True


Responder(("127.0.0.1", int(sys.argv[1])), Connection).serve_forever()
