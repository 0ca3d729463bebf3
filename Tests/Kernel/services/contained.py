#!/usr/bin/env python3
"""Runs a command as a container would: in the network namespace of another process, and a process namespace of its own.

usage: contained.py [--decoys N,N...] PID COMMAND...

In the process namespace are decoys beside it: processes with numbers that others have outside. Their environment calls
them `decoy`."""
import ctypes
import os
import signal
import sys

import numbered

CLONE_NEWNS, CLONE_NEWPID, CLONE_NEWNET = 0x00020000, 0x20000000, 0x40000000
MS_REC, MS_PRIVATE = 0x4000, 0x40000
PR_SET_PDEATHSIG = 1
libc = ctypes.CDLL(None, use_errno=True)


def must(result):
    """Fails where the system did."""
    if result:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number))


def main():
    """Becomes the parent of the command, hands it the signal that ends it, and ends as it does."""
    arguments, decoys = sys.argv[1:], []
    if arguments[0] == "--decoys":
        decoys, arguments = [int(number) for number in arguments[1].split(",")], arguments[2:]
    network = os.open(f"/proc/{arguments[0]}/ns/net", os.O_RDONLY)
    must(libc.setns(network, CLONE_NEWNET))
    must(libc.unshare(CLONE_NEWNS | CLONE_NEWPID))
    must(libc.mount(b"none", b"/", None, MS_REC | MS_PRIVATE, None))
    child = os.fork()
    if child == 0:
        must(libc.mount(b"proc", b"/proc", b"proc", 0, None))
        libc.prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
        for number in decoys:
            numbered.start(number, "/bin/sleep", ["sleep", "600"], {"OTEL_SERVICE_NAME": "decoy"})
        # As the first process it would get none of the signals that it does not ask for; it asks for those that end it.
        os.execv(arguments[1], arguments[1:])
    signal.signal(signal.SIGTERM, lambda number, _: os.kill(child, number))
    sys.exit(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))


main()
