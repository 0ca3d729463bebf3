"""Addresses that nobody uses, or somebody does."""
import pathlib
import random
import socket
import time

from . import patience
from .process import Failure

LOWEST = 10_000
LISTENING = "0A"
RANGE = pathlib.Path("/proc/sys/net/ipv4/ip_local_port_range")


def port(address="127.0.0.1"):
    """A port that was free a moment ago: for programs that cannot choose one by themselves, or are to come back at the
    same one.

    Not one of those that the kernel gives to connections: between two lives of a server, one of them, even a client's
    that tries to reach it, could take its port."""
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    highest = int(RANGE.read_text().split()[0]) - 1
    for _ in range(1000):
        number = random.randint(LOWEST, highest)
        with socket.socket(family, socket.SOCK_STREAM) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((address, number))
            except OSError:
                continue
            return number
    raise OSError(f"no free port below {highest}")


def is_listening(port):
    """Whether anybody accepts connections there. Asked of the kernel: a connection would be one to be seen."""
    # A thread may be in a network of its own.
    for table in ("/proc/thread-self/net/tcp", "/proc/thread-self/net/tcp6"):
        try:
            lines = pathlib.Path(table).read_text().splitlines()[1:]
        except FileNotFoundError:
            continue
        for line in lines:
            _, local, _, state, *_ = line.split()
            if state == LISTENING and int(local.rpartition(":")[2], 16) == port:
                return True
    return False


def wait_until_listening(process, number, timeout=20.0):
    """Waits until a process that cannot say so itself listens at a port."""
    end = patience.now() + timeout
    while not is_listening(number):
        if process.status is not None or patience.now() > end:
            raise Failure(f"{process.name} does not listen: {process.last_words()}")
        time.sleep(0.02)
