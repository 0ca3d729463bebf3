"""Addresses that nobody uses."""
import pathlib
import random
import socket

LOWEST = 10_000
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
