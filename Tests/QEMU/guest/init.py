"""The only program of the machine: makes the file systems and the loopback interface, lets the agent watch traffic,
reports, and ends the machine.

Its first line, with the path of the interpreter, is written when the ramdisk is made.
"""
import ctypes
import fcntl
import os
import pathlib
import socket
import struct
import sys
import traceback

sys.path[:0] = ["/test/Kernel", "/test/QEMU/guest"]
sys.dont_write_bytecode = True

from report import Report  # noqa: E402

SIOCSIFFLAGS, IFF_UP = 0x8914, 1
RB_AUTOBOOT = 0x01234567
_libc = ctypes.CDLL(None, use_errno=True)


def mount(kind, target):
    """Mounts a file system of the kernel's own."""
    pathlib.Path(target).mkdir(parents=True, exist_ok=True)
    if _libc.mount(kind.encode(), target.encode(), kind.encode(), 0, None) != 0:
        raise OSError(ctypes.get_errno(), f"mount {kind} at {target}")


def bring_up_loopback():
    """127.0.0.1 and ::1."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as any_socket:
        fcntl.ioctl(any_socket, SIOCSIFFLAGS, struct.pack("16sh22x", b"lo", IFF_UP))


def main():
    """From the first process to the last word."""
    mount("proc", "/proc")
    mount("sysfs", "/sys")
    mount("devtmpfs", "/dev")
    mount("tracefs", "/sys/kernel/tracing")
    mount("tmpfs", "/tmp")
    bring_up_loopback()
    # An emulated machine may stand still for longer than what it runs waits for a call elsewhere.
    os.environ.update(PATH="/usr/bin:/usr/sbin:/bin", HOME="/tmp", LC_ALL="C.UTF-8", CALL_TIMEOUT_S="90")
    with Report("/dev/ttyS1") as report:
        try:
            import session
            # The kernel gives what it does not know itself (interspan_hooks=...) to its first process.
            session.run(report, *([hook for hook in os.environ.get(name, "").split("+") if hook]
                                  for name in ("interspan_hooks", "interspan_lacking")))
        except BaseException:
            report.say("failure", traceback.format_exc())


try:
    main()
except BaseException:
    traceback.print_exc()
# With -no-reboot the machine ends here.
_libc.reboot(RB_AUTOBOOT)
