"""Sends a file's bytes over a connection and reads them, each in pieces of given sizes.

usage: stream.py tcp|unix FILE SENDS READS [vectors]     SENDS, READS: sizes joined by commas, used again and again;
each piece is read before the next is sent; with `vectors` it is sent from buffers of 1000 bytes."""
import itertools
import pathlib
import socket
import sys


def pair(kind):
    """Both ends of a connection."""
    if kind == "unix":
        return socket.socketpair()
    with socket.create_server(("127.0.0.1", 0)) as listener:
        near = socket.create_connection(listener.getsockname())
        far, _ = listener.accept()
    return near, far


def main():
    """Everything, in order."""
    kind, path, sends, reads, *options = sys.argv[1:]
    near, far = pair(kind)
    rest = pathlib.Path(path).read_bytes()
    sizes = itertools.cycle(map(int, sends.split(",")))
    takes = itertools.cycle(map(int, reads.split(",")))
    for size in sizes:
        if not rest:
            break
        piece, rest = rest[:size], rest[size:]
        if "vectors" in options:
            near.sendmsg([piece[at:at + 1000] for at in range(0, len(piece), 1000)])
        else:
            near.send(piece)
        left = len(piece)
        while left:
            left -= len(far.recv(min(left, next(takes))))


main()
