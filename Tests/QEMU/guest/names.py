"""DNS over UDP, asked and answered by sockets of every kind: which calls tell who the peer is differs between them."""
import socket
import struct
import threading
import time

PORT = 53
# By which calls each name is asked for. Each asks twice: with a server that was not met before, the first may be
# special.
ASKED = ("connected", "named", "message", "mapped", "six")
# Once it has met a server, the agent has its calls' returns watched; emulated, that takes a while.
PAUSE_S = 3


def message(number, name, flags):
    """A question for an address, or a refusal of it."""
    return struct.pack("!6H", number, flags, 1, 0, 0, 0) + b"".join(
        bytes([len(label)]) + label.encode() for label in name.split(".")) + struct.pack("!BHH", 0, 1, 1)


def serve(link, is_over):
    """Answers until it is over."""
    link.settimeout(0.5)
    while not is_over.is_set():
        try:
            data, peer = link.recvfrom(512)
        except TimeoutError:
            continue
        link.sendto(data[:2] + b"\x81\x85" + data[4:], peer)


def ask(kind, name, number):
    """One question."""
    family = socket.AF_INET6 if kind in ("mapped", "six") else socket.AF_INET
    server = {"mapped": "::ffff:127.0.0.1", "six": "::1"}.get(kind, "127.0.0.1"), PORT
    with socket.socket(family, socket.SOCK_DGRAM) as link:
        link.settimeout(90)
        data = message(number, name, 0x0100)
        if kind == "connected":
            link.connect(server)
            link.send(data)
            link.recv(512)
        elif kind == "message":
            link.sendmsg([data[:9], data[9:]], [], 0, server)
            link.recvmsg(512)
        else:
            link.sendto(data, server)
            link.recvfrom(512)


def play(token):
    """Everything: the names that were asked for."""
    asked = []
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as four, \
            socket.socket(socket.AF_INET6, socket.SOCK_DGRAM) as six:
        six.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
        four.bind(("0.0.0.0", PORT))
        six.bind(("::", PORT))
        is_over = threading.Event()
        servers = [threading.Thread(target=serve, args=[link, is_over]) for link in (four, six)]
        for server in servers:
            server.start()
        for turn in range(2):
            time.sleep(PAUSE_S * turn)
            for number, kind in enumerate(ASKED):
                asked.append(f"{kind}{turn}.{token}test")
                ask(kind, asked[-1], 100 * turn + number)
        is_over.set()
        for server in servers:
            server.join()
    return asked
