"""Processes with a number that was chosen for them: clone3(2) with `set_tid`, as checkpoints are restored."""
import ctypes
import os
import signal
import struct

SYSTEM_CALL_CLONE3 = 435
_libc = ctypes.CDLL(None, use_errno=True)


def start(number, program, arguments, environment):
    """Starts a program as a child with a number, in our own pid namespace. OSError (EEXIST) when somebody has it."""
    wanted = (ctypes.c_int32 * 1)(number)
    # struct clone_args as far as `set_tid_size`; nothing is shared, so the child is as one of fork().
    arguments_of_clone = ctypes.create_string_buffer(
        struct.pack("=10Q", 0, 0, 0, 0, signal.SIGCHLD, 0, 0, 0, ctypes.addressof(wanted), 1))
    child = _libc.syscall(SYSTEM_CALL_CLONE3, arguments_of_clone, 80)
    if child == 0:
        try:
            os.execve(program, arguments, environment)
        finally:
            os._exit(127)
    if child < 0:
        error = ctypes.get_errno()
        raise OSError(error, os.strerror(error))
    return child


def spare():
    """A number that nobody has: a child's that is gone."""
    child = os.fork()
    if child == 0:
        os._exit(0)
    os.waitpid(child, 0)
    return child
