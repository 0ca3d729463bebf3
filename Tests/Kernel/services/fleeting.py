#!/usr/bin/env python3
"""Starts programs that are killed as soon as they have begun, and between them some that send a request and go.

usage: fleeting.py --truth FILE --at HOST:PORT --every N COUNT PATH NAME

Every Nth of COUNT processes sends one request, to PATH + NAME + `-` + its place; all others are killed right after
their exec, before they can have made a call. Prints how many were killed."""
import argparse
import json
import os
import pathlib
import signal
import sys

ONCE = pathlib.Path(__file__).with_name("once.py")


def main():
    """All of them, one after the other."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--truth", required=True)
    parser.add_argument("--at", required=True)
    parser.add_argument("--every", type=int, required=True)
    parser.add_argument("count", type=int)
    parser.add_argument("path")
    parser.add_argument("name")
    arguments = parser.parse_args()
    host, _, port = arguments.at.rpartition(":")
    killed = 0
    with open(arguments.truth, "a") as truth:
        for place in range(arguments.count):
            # Whoever is slow to kill may be late: what was sent then is nobody's truth.
            path = f"{arguments.path}{arguments.name}-{place}" if place % arguments.every == 0 else "/killed"
            command = [sys.executable, "-I", "-S", str(ONCE), host, port, path, "wait"]
            # It comes back when the child has become the program.
            child = os.posix_spawn(sys.executable, command, {"PATH": os.environ["PATH"]})
            if place % arguments.every:
                os.kill(child, signal.SIGKILL)
            status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
            if place % arguments.every:
                killed += status == -signal.SIGKILL
                continue
            if status:
                sys.exit(f"a request ended with {status}")
            truth.write(json.dumps({"path": None, "pid": child, "calls": [{"path": path, "status": 200}]}) + "\n")
    print(json.dumps({"killed": killed}), flush=True)


main()
