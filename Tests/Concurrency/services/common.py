"""What every Python service of these tests does alike: arguments, ids, waits, and the truth.

Every exchange has an id of its own in its path, /OPERATION/ID. The id of a call says nothing of the request that it is
made for: that stands only in the truth, a file with a line `CALL REQUEST` for each call.
"""
import argparse
import os
import random
import secrets

PARTS_OF_FAN = 4


def arguments(description, **more):
    """What was asked for on the command line; more: further options with their defaults."""
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("--backend", type=int, required=True, help="its port")
    parser.add_argument("--truth", required=True)
    parser.add_argument("--wait", type=float, default=0.003, help="longest wait before, between and after calls, s")
    for name, default in more.items():
        if isinstance(default, bool):
            parser.add_argument(f"--{name}", action="store_true")
        else:
            parser.add_argument(f"--{name}", type=type(default), default=default)
    return parser.parse_args()


class Truth:
    """The truth, whole lines appended at once, by whatever thread or process."""

    def __init__(self, path):
        self._file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o644)

    def call(self, request):
        """The id of a new call that is made for a request (`-` for none)."""
        name = secrets.token_hex(8)
        os.write(self._file, f"{name} {request}\n".encode())
        return name


def pause(longest):
    """How long to wait, s."""
    return random.random() * longest


def split(path):
    """The operation and the id of a path."""
    operation, _, name = path.lstrip("/").partition("/")
    return operation, name
