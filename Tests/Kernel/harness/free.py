"""Addresses that nobody uses."""
import socket


def port(address="127.0.0.1"):
    """A port that was free a moment ago: for programs that cannot choose one by themselves."""
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        probe.bind((address, 0))
        return probe.getsockname()[1]
