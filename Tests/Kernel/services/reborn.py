#!/usr/bin/env python3
"""Has programs follow each other under one process number, each sending a request, and writes down the truth.

usage: reborn.py --truth FILE --folder FOLDER --at HOST:PORT --turns N [--waits NAME] PATH NAME...

Turn i runs the program NAME[i % n] with the path PATH + its name + `-` + i. The names are links to Python, so the
kernel knows each program by its own, and its environment says the same. One may be told to wait before its first call,
so that it can be looked at. Prints how often a number was taken over."""
import argparse
import errno
import json
import os
import pathlib
import sys

import numbered

ONCE = pathlib.Path(__file__).with_name("once.py")


def main():
    """Every turn, one after the other."""
    parser = argparse.ArgumentParser()
    for name in ("--truth", "--folder", "--at"):
        parser.add_argument(name, required=True)
    parser.add_argument("--turns", type=int, required=True)
    parser.add_argument("--waits")
    parser.add_argument("path")
    parser.add_argument("names", nargs="+")
    arguments = parser.parse_args()
    host, _, port = arguments.at.rpartition(":")
    for name in arguments.names:
        os.symlink(os.path.realpath(sys.executable), pathlib.Path(arguments.folder, name))
    number, taken_over, former = numbered.spare(), 0, None
    with open(arguments.truth, "a") as truth:
        for turn in range(arguments.turns):
            name = arguments.names[turn % len(arguments.names)]
            path = f"{arguments.path}{name}-{turn}"
            program = str(pathlib.Path(arguments.folder, name))
            command = [program, "-I", "-S", str(ONCE), host, port, path, *(["wait"] if name == arguments.waits else [])]
            environment = {"PATH": os.environ["PATH"], "OTEL_SERVICE_NAME": name}
            while True:
                try:
                    child = numbered.start(number, program, command, environment)
                    break
                except OSError as error:
                    if error.errno != errno.EEXIST:
                        raise
                    # Somebody else was given it meanwhile.
                    number = numbered.spare()
            taken_over += child == former
            former = child
            status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
            if status:
                sys.exit(f"{name} ended with {status}")
            truth.write(json.dumps({"path": None, "pid": child, "calls": [{"path": path, "status": 200}]}) + "\n")
    print(json.dumps({"taken_over": taken_over}), flush=True)


main()
