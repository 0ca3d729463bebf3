#!/usr/bin/env python3
"""Runs a command that the kernel answers as another kernel would, by a seccomp filter.

usage: refusing.py maps|bpf ERRNO COMMAND...

maps: bpf(BPF_MAP_CREATE) fails with a number, as it does for a kind of map that the kernel does not know; bpf: every
bpf()."""
import ctypes
import os
import struct
import sys

PR_SET_SECCOMP, SECCOMP_MODE_FILTER, PR_SET_NO_NEW_PRIVS = 22, 2, 38
# bpf()'s number and AUDIT_ARCH_*.
MACHINES = {"x86_64": (321, 0xC000003E), "aarch64": (280, 0xC00000B7)}
LOAD, EQUAL, RETURN = 0x20, 0x15, 0x06
ALLOW, FAIL = 0x7FFF0000, 0x00050000
# Where struct seccomp_data has them: the call's number, the machine, the first argument's lower half.
NUMBER, MACHINE, ARGUMENT = 0, 4, 16
BPF_MAP_CREATE = 0


def instruction(code, value, yes=0, no=0):
    """A struct sock_filter."""
    return struct.pack("=HBBI", code, yes, no, value)


def main():
    """Becomes the command."""
    what, number, command = sys.argv[1], int(sys.argv[2]), sys.argv[3:]
    call, machine = MACHINES[os.uname().machine]
    asks = [(MACHINE, machine), (NUMBER, call), *([(ARGUMENT, BPF_MAP_CREATE)] if what == "maps" else [])]
    program = b""
    for index, (offset, value) in enumerate(asks):
        # What differs goes to the end, where everything is allowed.
        program += instruction(LOAD, offset) + instruction(EQUAL, value, 0, 2 * (len(asks) - index - 1) + 1)
    program += instruction(RETURN, FAIL | number) + instruction(RETURN, ALLOW)
    memory = ctypes.create_string_buffer(program)
    # struct sock_fprog.
    filter_ = ctypes.create_string_buffer(struct.pack("HxxxxxxP", len(program) // 8, ctypes.addressof(memory)))
    libc = ctypes.CDLL(None, use_errno=True)
    libc.prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
    if libc.prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, filter_, 0, 0):
        sys.exit(f"prctl: {os.strerror(ctypes.get_errno())}")
    os.execv(command[0], command)


main()
