"""Asks DNS servers in the ways that programs do; prints what came.

usage: dns_client.py udp|tcp|connected SERVER (NAME TYPE)...   one after the other, by dnspython
       dns_client.py together SERVER COUNT                     many from one socket, read as they come
       dns_client.py pipelined SERVER (NAME TYPE)...           all over one TCP connection, then the answers
       dns_client.py resolver SERVER NAME...                   by the C library, which asks for A and AAAA
       dns_client.py unanswered SERVER NAME                    twice the same, and nobody answers
       dns_client.py messages SERVER COUNT                     by sendmmsg and recvmmsg
"""
import ctypes
import json
import os
import pathlib
import socket
import struct
import subprocess
import sys

import dns.message
import dns.query
import dns.rcode

CLONE_NEWNS = 0x20000
how, server, *rest = sys.argv[1:]


def tell(**values):
    print(json.dumps(values), flush=True)


def report(name, kind, answer):
    tell(name=name, type=kind, id=answer.id, rcode=dns.rcode.to_text(answer.rcode()),
         answers=sum(len(group) for group in answer.answer), truncated=bool(answer.flags & dns.flags.TC))


def pairs():
    return list(zip(rest[::2], rest[1::2]))


def one_by_one():
    for name, kind in pairs():
        query = dns.message.make_query(name, kind, use_edns=kind != "A", want_dnssec=False, payload=1232)
        if how == "tcp":
            answer = dns.query.tcp(query, server, timeout=5)
        elif how == "udp":
            answer = dns.query.udp(query, server, timeout=5)
        else:
            with socket.socket(socket.AF_INET6 if ":" in server else socket.AF_INET, socket.SOCK_DGRAM) as link:
                link.settimeout(5)
                link.connect((server, 53))
                link.send(query.to_wire())
                answer = dns.message.from_wire(link.recv(65535))
        report(name, kind, answer)


def together():
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as link:
        link.settimeout(5)
        for index in range(int(rest[0])):
            name = f"{'host' if index % 3 else 'none'}{index}.shop.test"
            query = dns.message.make_query(name, "A", id=(index * 251) & 0xFFFF)
            link.sendto(query.to_wire(), (server, 53))
            if index % 8 == 7:
                read_answers(link, 8)
        read_answers(link, int(rest[0]) % 8)


def read_answers(link, count):
    for _ in range(count):
        answer = dns.message.from_wire(link.recvfrom(65535)[0])
        report(answer.question[0].name.to_text(omit_final_dot=True), "A", answer)


def pipelined():
    with socket.create_connection((server, 53), timeout=5) as link:
        wire = [dns.message.make_query(name, kind).to_wire() for name, kind in pairs()]
        link.sendall(b"".join(struct.pack("!H", len(message)) + message for message in wire))
        stream = link.makefile("rb")
        for _ in wire:
            length, = struct.unpack("!H", stream.read(2))
            answer = dns.message.from_wire(stream.read(length))
            question = answer.question[0]
            report(question.name.to_text(omit_final_dot=True), dns.rdatatype.to_text(question.rdtype), answer)


def resolver():
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.unshare(CLONE_NEWNS):
        raise OSError(ctypes.get_errno(), "unshare")
    subprocess.run(["mount", "--make-rprivate", "/"], check=True)
    for file, text in (("resolv.conf", f"nameserver {server}\n"), ("nsswitch.conf", "hosts: dns\n")):
        ours = pathlib.Path.cwd() / file
        ours.write_text(text)
        path = os.path.realpath(f"/etc/{file}")
        if not os.path.exists(path):
            pathlib.Path(path).touch()
        subprocess.run(["mount", "--bind", ours, path], check=True)
    for name in rest:
        try:
            addresses = {entry[4][0] for entry in socket.getaddrinfo(f"{name}.", 80, type=socket.SOCK_STREAM)}
        except socket.gaierror:
            addresses = set()
        tell(name=name, addresses=sorted(addresses))


def unanswered():
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as link:
        query = dns.message.make_query(rest[0], "A", id=77).to_wire()
        for _ in range(2):
            link.sendto(query, (server, 53))
    tell(sent=2)


class Vector(ctypes.Structure):
    _fields_ = [("base", ctypes.c_void_p), ("length", ctypes.c_size_t)]


class Message(ctypes.Structure):
    _fields_ = [("name", ctypes.c_void_p), ("name_length", ctypes.c_uint32), ("vectors", ctypes.POINTER(Vector)),
                ("count", ctypes.c_size_t), ("control", ctypes.c_void_p), ("control_length", ctypes.c_size_t),
                ("flags", ctypes.c_int)]


class Messages(ctypes.Structure):
    _fields_ = [("message", Message), ("length", ctypes.c_uint)]


def messages():
    count = int(rest[0])
    libc = ctypes.CDLL(None, use_errno=True)
    wire = [dns.message.make_query(f"host{index}.shop.test", "A", id=index).to_wire() for index in range(count)]
    address = ctypes.create_string_buffer(
        struct.pack("=H", socket.AF_INET) + struct.pack("!H", 53) + socket.inet_aton(server) + bytes(8))
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as link:
        def array(buffers, name):
            vectors = [Vector(ctypes.addressof(buffer), ctypes.sizeof(buffer)) for buffer in buffers]
            kept.append(vectors)
            return (Messages * count)(*[
                Messages(Message(ctypes.addressof(name) if name else None, 16 if name else 0,
                                 ctypes.pointer(vector), 1, None, 0, 0), 0) for vector in vectors])

        kept = []
        buffers = [ctypes.create_string_buffer(message, len(message)) for message in wire]
        sent = libc.sendmmsg(link.fileno(), array(buffers, address), count, 0)
        rooms = [ctypes.create_string_buffer(2048) for _ in range(count)]
        received = 0
        while received < count:
            got = libc.recvmmsg(link.fileno(), array(rooms, None), count, 0x10000, None)
            if got <= 0:
                raise OSError(ctypes.get_errno(), "recvmmsg")
            received += got
    tell(sent=sent, received=received)


{"together": together, "pipelined": pipelined, "resolver": resolver, "unanswered": unanswered,
 "messages": messages}.get(how, one_by_one)()
