"""A network of a test's own: loopback and nothing else, every port of it free."""
import contextlib
import ctypes
import os
import subprocess

CLONE_NEWNET = 0x40000000


def _must(result):
    if result:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number))


@contextlib.contextmanager
def own_network():
    """While it lasts, this thread and all it starts are in a network namespace of their own."""
    libc = ctypes.CDLL(None, use_errno=True)
    outer = os.open("/proc/thread-self/ns/net", os.O_RDONLY | os.O_CLOEXEC)
    try:
        _must(libc.unshare(CLONE_NEWNET))
        try:
            subprocess.run(["ip", "link", "set", "lo", "up"], check=True)
            yield
        finally:
            _must(libc.setns(outer, CLONE_NEWNET))
    finally:
        os.close(outer)
